"""What can go wrong with a device, and what a person can do about it."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a device is not delivering reads."""

    NOT_FOUND = "not_found"
    PERMISSION = "permission"
    BUSY = "busy"
    UNPLUGGED = "unplugged"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"
    BAD_URL = "bad_url"
    BAD_FILE = "bad_file"
    MISSING_LIBRARY = "missing_library"
    CLOSED = "closed"


_FINAL = frozenset({Reason.BAD_URL, Reason.BAD_FILE, Reason.MISSING_LIBRARY})


class DriverError(Exception):
    """A device failed: ``reason`` for programs, ``str(error)`` for people, ``remedy`` says how to mend it.

    ``final`` tells that another attempt meets the same error until a person has changed something and starts anew: a
    wrong URL, a broken file, and what whoever raises it calls so.
    """

    def __init__(self, reason: Reason, message: str, remedy: str = "", *, final: bool = False) -> None:
        super().__init__(message)
        self.reason = reason
        self.remedy = remedy
        self.final = final or reason in _FINAL
