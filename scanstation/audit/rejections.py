"""Rejections as the journal has them: which of them still stand."""

from collections.abc import Collection, Sequence

from scanstation.audit.approving import ApprovedPart
from scanstation.audit.findings import Finding, HeldRecord, RecordKey
from scanstation.audit.model import Rejection
from scanstation.audit.review import Review
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


def worth(review: Review, keys: Collection[RecordKey]) -> int:
    """Return the sum of the absolute values of what was found of some records and would be posted, 1/10000."""
    return sum(abs(row.value) for row in review.changes if row.key in keys and row.posts)
