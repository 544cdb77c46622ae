"""What is said of a posted audit when bookings that are dated before its count come in afterwards."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from scanstation.audit.findings import RecordKey
from scanstation.audit.ports import AdjustmentLike
from scanstation.audit.review import Review


def as_posted(review: Review, adjustments: Iterable[AdjustmentLike]) -> tuple[Review, tuple[str, ...]]:
    """Return the review of a posted audit with what was posted of each finding, and in words where the books, as they
    are now, would have had it otherwise.

    Units that only change their status cancel out in the sum of a record's adjustments.
    """
    posted: Counter[RecordKey] = Counter()
    for row in adjustments:
        posted[row.item, row.location, row.lot] += row.delta
    findings = {row.key: row for row in review.findings}
    told = {key: 0 for key, units in posted.items() if units and key not in findings}
    told |= {
        key: row.booked
        for key, row in findings.items()
        if row.booked != posted[key] and (posted[key] or not row.within_tolerance)
    }
    named = {key: findings[key].name if key in findings else key[0] for key in told}
    words = tuple(_words(named[key], key[1], posted[key], told[key]) for key in sorted(told, key=repr))
    rows = tuple(replace(row, booked=posted[key]) for key, row in findings.items())
    return replace(review, findings=rows), words


def _words(name: str, location: str, posted: int, now: int) -> str:
    return (
        f"{name} at {location}: {posted:+d} was posted; with what was booked later and is dated before the count "
        f"it would be {now:+d}; count it in a new audit"
    )
