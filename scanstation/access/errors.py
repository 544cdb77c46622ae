"""Why somebody was not let in."""

from enum import StrEnum

from scanstation.errors import ScanstationError


class AccessReason(StrEnum):
    """The kind of refusal."""

    WRONG = "wrong"  # badge or PIN; which of the two is not told
    LOCKED = "locked"  # too many wrong attempts
    WEAK_PIN = "weak_pin"
    BAD_BADGE = "bad_badge"
    BAD_NAME = "bad_name"
    TAKEN = "taken"  # the badge or the token name exists already
    UNKNOWN = "unknown"  # no such operator or token
    SETUP_CODE = "setup_code"  # wrong, or used already
    NOT_ALLOWED = "not_allowed"  # the role does not have the permission


class AccessError(ScanstationError):
    """A refusal: ``reason`` for programs, the text and ``remedy`` for people; ``retry_after_s`` where waiting helps."""

    def __init__(self, reason: AccessReason, message: str, remedy: str = "", *, retry_after_s: int = 0) -> None:
        super().__init__(message, remedy)
        self.reason = reason
        self.retry_after_s = retry_after_s
