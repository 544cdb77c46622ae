"""Why the workflow of an audit refuses a step."""

from enum import StrEnum

from scanstation.errors import ScanstationError


class AuditReason(StrEnum):
    """Why a step was refused."""

    UNKNOWN_AUDIT = "unknown_audit"
    WRONG_STATE = "wrong_state"  # the step does not follow from where the audit stands
    NOTHING_COUNTED = "nothing_counted"
    NOT_ALLOWED = "not_allowed"  # the operator's role may not do this
    FOUR_EYES = "four_eyes"  # who counted may not approve an amount like this
    RECOUNT_DUE = "recount_due"
    CHANGED = "changed"  # the figures are not those that were approved
    UNKNOWN_FINDING = "unknown_finding"
    NO_REASON = "no_reason"


class AuditError(ScanstationError):
    """A step that was refused; nothing was changed."""

    def __init__(self, reason: AuditReason, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.reason = reason
