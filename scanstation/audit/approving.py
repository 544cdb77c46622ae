"""Which part of a review was approved, and the adjustments that follow from it."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanstation.audit.errors import AuditError, AuditReason
from scanstation.audit.findings import RecordKey
from scanstation.audit.model import Adjustment, Approval
from scanstation.audit.review import Review
from scanstation.audit.trail import Trail
from scanstation.counting.events import CountEvent
from scanstation.stock.model import StockStatus


@dataclass(frozen=True, slots=True)
class ApprovedPart:
    """Everything that posts, but what was rejected; with reason codes.  It is kept in the APPROVED event."""

    reason_code: str
    reasons: Mapping[RecordKey, str] = field(default_factory=dict)
    rejected: Collection[RecordKey] = frozenset()

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> "ApprovedPart":
        """Read it from the data of an APPROVED event."""
        reasons = {(item, place, lot): code for item, place, lot, code in data.get("reasons", ())}
        rejected = frozenset((item, place, lot) for item, place, lot in data.get("rejected", ()))
        return cls(str(data["reason_code"]), reasons, rejected)

    def to_data(self) -> dict[str, Any]:
        """Write it as data of an APPROVED event."""
        return {
            "reason_code": self.reason_code,
            "reasons": sorted(([*key, code] for key, code in self.reasons.items()), key=repr),
            "rejected": sorted((list(key) for key in self.rejected), key=repr),
        }

    def check(self, review: Review) -> None:
        """Refuse keys that no finding has: a slip in a rejection would post what was meant to stay."""
        known = {row.key for row in review.changes}
        strange = [key for key in (*self.rejected, *self.reasons) if key not in known]
        if strange:
            names = ", ".join(map(spelt, strange[:5]))
            raise AuditError(
                AuditReason.UNKNOWN_FINDING,
                f"audit {review.audit} has no finding for {names}",
                "Give item, location and lot as the review shows them.",
            )


def spelt(key: RecordKey) -> str:
    """Return the name of a record for people: item/location/lot."""
    return "/".join(part or "-" for part in key)


def adjustments_of(review: Review, part: ApprovedPart) -> list[Adjustment]:
    """Return the approved adjustments, sorted by key and status, as deltas.

    The variance of a record changes its available stock; units that come into a held status leave the available ones.
    """
    deltas: Counter[tuple[RecordKey, StockStatus]] = Counter()
    for finding in review.findings:
        deltas[finding.key, StockStatus.AVAILABLE] += finding.booked
    for held in review.held:
        for status, units in held.moved.items() if held.booked else ():
            deltas[held.key, status] += units
            deltas[held.key, StockStatus.AVAILABLE] -= units
    rows = (
        Adjustment(
            item=key[0],
            location=key[1],
            lot=key[2],
            status=status,
            delta=delta,
            reason_code=part.reasons.get(key, part.reason_code),
        )
        for (key, status), delta in deltas.items()
        if delta
    )
    return sorted(rows, key=lambda row: (row.item, row.location, row.lot or "", row.status))


def fingerprint(rows: Sequence[Adjustment]) -> str:
    """Return the SHA-256 of adjustments: what is posted must be what was approved."""
    lines = (json.dumps([row.item, row.location, row.lot, row.status, row.delta, row.reason_code]) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def not_overtaken(review: Review) -> None:
    """Refuse to correct a record that another audit has corrected since it was counted here: it would be done twice."""
    found = {row.key: review.overtaken[row.key] for row in review.changes if row.booked and row.key in review.overtaken}
    if found:
        key, audit = next(iter(found.items()))
        more = f", and {len(found) - 1} more" if len(found) > 1 else ""
        raise AuditError(
            AuditReason.CHANGED,
            f"audit {review.audit}: {spelt(key)} was corrected by audit {audit} after it was counted here{more}",
            "Have the location counted again, or reject the finding.",
        )


def as_reconciled(audit: str, trail: Trail) -> None:
    """Refuse to approve a count that went on after it was compared: nobody has reviewed its figures.

    What the supervisor decides changes no count; what is booked late shows in the figures that are approved.
    """
    if changed := trail.changed_since_reconciled():
        raise AuditError(
            AuditReason.CHANGED,
            f"audit {audit}: {', '.join(changed)} was counted or reopened after the comparison, "
            "so nobody has reviewed these figures",
            "Compare again, review, then approve.",
        )


def approved_adjustments(review: Review, approved: CountEvent | None) -> list[Adjustment]:
    """Return the adjustments that the APPROVED event covers; refuse when they are not what the approver saw."""
    if approved is None:
        raise AuditError(
            AuditReason.WRONG_STATE,
            f"audit {review.audit} has no approval in this station's journal",
            "Reconcile and approve it.",
        )
    rows = adjustments_of(review, ApprovedPart.of_data(approved.data))
    if fingerprint(rows) != approved.data["sha256"]:
        raise AuditError(
            AuditReason.CHANGED,
            f"audit {review.audit}: the figures are not those that were approved (a booking came in late)",
            "Withdraw the approval, review, and approve again.",
        )
    return rows


def approval_of(event: CountEvent) -> Approval:
    """Return what the stock file keeps of an APPROVED event."""
    return Approval(
        operator=event.operator,
        at=event.ts,
        reason_code=str(event.data["reason_code"]),
        amount=int(event.data["amount"]),
    )
