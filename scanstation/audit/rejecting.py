"""Rejecting: a record that the count proves wrong, and that stays as it is all the same, for a reason.

A rejection is of figures.  When they change (a recount, a booking that came late) it lapses, and what is found then
waits for a decision of its own.  Taking part in the count and rejecting what was found goes by the same limit as
approving it: what is not posted hides a loss as well as what is.
"""

from scanstation.access.roles import Permission
from scanstation.audit.approving import ApprovedPart, spelt
from scanstation.audit.errors import AuditError, AuditReason
from scanstation.audit.findings import RecordKey
from scanstation.audit.model import AuditState, Rejection
from scanstation.audit.rejections import figures, found_of, worth
from scanstation.audit.review import Review
from scanstation.audit.steps import AuditSteps, allowed
from scanstation.counting.events import EventKind


class RejectingSteps(AuditSteps):
    """The decisions about single records, between reconciling and approving."""

    def reject(
        self, audit: str, operator: str, role: str, key: RecordKey, reason: str, *, alone: bool = False
    ) -> Rejection:
        """Leave a record as it is: neither its variance nor a change of its status is posted.  Again: another reason.

        What it shares with the other side of a transfer stays out of the books there too, unless it is rejected
        ``alone``: then the other side is booked whole, and the item's total changes by it.

        Refused: a role that may not approve, no reason, a record of which nothing was found, and what is worth more,
        with everything else that is rejected, than who took part in the count may decide.
        """
        self._require(audit, AuditState.RECONCILED)
        allowed(role, Permission.APPROVE, operator, "reject")
        if not reason.strip():
            raise AuditError(AuditReason.NO_REASON, "a rejection needs a reason", "Say why the record stays as it is.")
        review = self._found(audit, key)
        self._four_eyes(operator, "reject", worth(review, key, alone=alone), review)
        data: dict[str, object] = {**_named(key), "reason": reason.strip(), "figures": figures(found_of(review, key))}
        if alone:
            data["alone"] = True
        self._submit(self._event(EventKind.FINDING_REJECTED, audit, operator, data=data))
        return next(row for row in self._found(audit, key).rejections if row.key == key)

    def withdraw_rejection(self, audit: str, operator: str, role: str, key: RecordKey) -> None:
        """Take a rejection back: the record is approved with the others again."""
        self._require(audit, AuditState.RECONCILED)
        allowed(role, Permission.APPROVE, operator, "withdraw a rejection")
        if all(row.key != key for row in self._found(audit, key).rejections):
            raise AuditError(
                AuditReason.UNKNOWN_FINDING, f"audit {audit}: {spelt(key)} is not rejected", "List what is."
            )
        self._submit(self._event(EventKind.REJECTION_WITHDRAWN, audit, operator, data=_named(key)))

    def _found(self, audit: str, key: RecordKey) -> Review:
        """The review of an audit in which something was found of a record."""
        review = self.reviews.review(self._require(audit), *self.reviews.counted(audit), full=False)
        ApprovedPart("", rejected={key}).check(review)
        return review


def _named(key: RecordKey) -> dict[str, str | None]:
    return dict(zip(("item", "location", "lot"), key, strict=True))
