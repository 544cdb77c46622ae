"""Rejections as the journal has them: which of them still stand."""

from collections.abc import Sequence

from scanstation.audit.approving import ApprovedPart
from scanstation.audit.findings import Finding, HeldRecord, RecordKey
from scanstation.audit.model import Rejection
from scanstation.audit.review import Review
from scanstation.audit.sides import settled
from scanstation.audit.trail import Trail

Found = Finding | HeldRecord


def standing(review: Review, trail: Trail) -> tuple[Rejection, ...]:
    """Return the rejections whose figures are those of the review, by place; after approval, those it took in."""
    approved = ApprovedPart.of_data(trail.approved.data).rejected if trail.approved else frozenset()
    rejections = []
    for key, event in trail.rejected.items():
        found = found_of(review, key)
        if found and (key in approved or figures(found) == event.data["figures"]):
            item, location, lot = key
            rejections.append(
                Rejection(
                    item=item,
                    name=found[0].name,
                    location=location,
                    lot=lot,
                    variance=sum(row.variance for row in found if isinstance(row, Finding)),
                    units=sum(row.units for row in found if isinstance(row, HeldRecord)),
                    value=sum(abs(row.value) for row in found),
                    operator=event.operator,
                    at=event.ts,
                    reason=str(event.data["reason"]),
                    alone=bool(event.data.get("alone")),
                    others=_others(found, alone=bool(event.data.get("alone"))),
                )
            )
    return tuple(sorted(rejections, key=lambda row: (row.location, row.item, row.lot or "")))


def found_of(review: Review, key: RecordKey) -> list[Found]:
    """Return what was found of a record: its variance, a change of its status, or both."""
    return [row for row in review.changes if row.key == key]


def figures(found: Sequence[Found]) -> list[int]:
    """Return what a rejection is about: the variance, and the units that come into each held status."""
    variance = sum(row.variance for row in found if isinstance(row, Finding))
    moved = [units for row in found if isinstance(row, HeldRecord) for units in row.moved.values()]
    return [variance, *moved]


def worth(review: Review, key: RecordKey, *, alone: bool) -> int:
    """Return the sum of the absolute values of what is left out of the books once a record is rejected too, 1/10000."""
    rejected = {row.key: not row.alone for row in review.rejections} | {key: not alone}
    whole = sum(abs(row.value) for row in review.changes if row.posts)
    return whole - settled(review, rejected).amount


def _others(found: Sequence[Found], *, alone: bool) -> str:
    """What becomes of the other sides of a rejected record, in words; nothing where it has none."""
    sides = "".join(row.sides for row in found if isinstance(row, Finding))
    if not sides:
        return ""
    if alone:
        return f"The other side is booked all the same, which changes the item's total: {sides}."
    return f"The other side stays too: {sides}."
