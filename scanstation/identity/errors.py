"""Why a payload names nothing, at which position, and what was expected there."""

from enum import StrEnum


class IdentityReason(StrEnum):
    """The kind of fault in a payload."""

    EMPTY = "empty"
    LENGTH = "length"
    CHARACTER = "character"
    CHECK_DIGIT = "check_digit"
    DATE = "date"
    CODE = "code"  # a value outside its code list (ISO country, currency, ...)
    UNKNOWN_AI = "unknown_ai"
    UNKNOWN_SYMBOLOGY = "unknown_symbology"
    SEPARATOR = "separator"  # missing, doubled or misplaced FNC1, RS, EOT
    ASSOCIATION = "association"  # required companion missing, excluded companion present
    REPEATED = "repeated"
    STRUCTURE = "structure"
    DAMAGED = "damaged"  # looks like keyboard-wedge damage
    UNSUPPORTED = "unsupported"


class IdentityError(ValueError):
    """A payload that names nothing.

    The text has one fixed pattern: ``<what> at <position>: expected <expected>, got <got>``.
    """

    def __init__(self, reason: IdentityReason, what: str, position: int, expected: str, got: str) -> None:
        super().__init__(f"{what} at {position}: expected {expected}, got {got}")
        self.reason = reason
        self.position = position
        self.expected = expected
