"""What is booked over has two sides, and they are decided together.

Taking units off the record that is short of them and not adding them where they lie would destroy them; the other way
round it would invent them.  So where one side is rejected, the units that it shares with another side stay out of the
books there too, and whatever else that one is wrong by is booked.  Whoever rejects may say otherwise.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scanstation.audit.findings import Finding, HeldRecord, RecordKey, Transfer
from scanstation.reconcile import fewest

if TYPE_CHECKING:
    from scanstation.audit.review import Review

Wrong = tuple[RecordKey, int, str]
"""A wrong record: its key, its variance, its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Units that one record is ``short`` of and another has ``over``."""

    short: RecordKey
    over: RecordKey
    units: int


def pairs_of(wrong: Sequence[Wrong], transfers: Sequence[Transfer]) -> tuple[Pair, ...]:
    """Return the proposed transfers as pairs of records, and the pairs of lots: what is left of a record after its
    transfers, met by what another lot of the item has left, at the same place, or anywhere where the whole item is
    misplaced."""
    pairs = [
        Pair(short=(row.item, row.source, row.lot), over=(row.item, row.target, row.lot), units=row.units)
        for row in transfers
    ]
    left = Counter({key: variance for key, variance, _ in wrong})
    for pair in pairs:
        left[pair.short] += pair.units
        left[pair.over] -= pair.units
    groups: dict[tuple[str, str], dict[tuple[str, str], int]] = defaultdict(dict)
    lots: dict[tuple[str, str, str], str | None] = {}
    for (item, place, lot), _, kind in wrong:
        if left[item, place, lot]:
            groups[item, "" if kind == "misplaced" else place][place, lot or ""] = left[item, place, lot]
            lots[item, place, lot or ""] = lot
    for (item, _), group in sorted(groups.items()):
        for source, target, units in fewest(group) if min(group.values()) < 0 < max(group.values()) else ():
            short, over = ((item, place, lots[item, place, lot]) for place, lot in (source, target))
            pairs.append(Pair(short=short, over=over, units=units))
    return tuple(pairs)


def with_other_sides(keys: Iterable[RecordKey], pairs: Sequence[Pair]) -> set[RecordKey]:
    """Return records with those that share units with one of them, and those that share units with these, and so on."""
    ends: dict[RecordKey, list[RecordKey]] = defaultdict(list)
    for pair in pairs:
        ends[pair.short].append(pair.over)
        ends[pair.over].append(pair.short)
    reached, waiting = set(), list(keys)
    while waiting:
        key = waiting.pop()
        if key not in reached:
            reached.add(key)
            waiting.extend(ends[key])
    return reached


def sides_of(pairs: Sequence[Pair]) -> dict[RecordKey, str]:
    """Return the other sides of each record in words, with the units that it shares with each."""
    shared: dict[RecordKey, Counter[str]] = defaultdict(Counter)
    for pair in pairs:
        shared[pair.short][place_of(pair.over, pair.short)] += pair.units
        shared[pair.over][place_of(pair.short, pair.over)] += pair.units
    return {
        key: ", ".join(f"{units} at {place}" for place, units in sorted(sides.items())) for key, sides in shared.items()
    }


def settled(review: "Review", rejected: Mapping[RecordKey, bool]) -> "Review":
    """Return a review with what is booked of each finding once these records are rejected (True: together with the
    other sides of what they share)."""
    kept: dict[RecordKey, Counter[RecordKey]] = defaultdict(Counter)
    for pair in review.pairs if rejected else ():
        for side, other in ((pair.short, pair.over), (pair.over, pair.short)):
            if rejected.get(side):
                kept[other][side] += pair.units
    findings = {row.key: _settled(row, rejected, kept.get(row.key, {})) for row in review.findings}
    held = tuple(_held(row, rejected, findings.get(row.key)) for row in review.held)
    return replace(review, findings=tuple(findings.values()), held=held)


def _settled(row: Finding, rejected: Collection[RecordKey], kept: Mapping[RecordKey, int]) -> Finding:
    booked, stays = row.variance, ""
    if row.key in rejected or not row.posts:
        booked = 0
    elif kept:
        units = sum(kept.values())
        booked -= units if row.variance > 0 else -units
        sides = ", ".join(place_of(side, row.key) for side in sorted(kept, key=repr))
        whole = f"{units} of {abs(row.variance)} units stay out" if booked else "The record stays as it is"
        stays = f"{whole}: the other side, {sides}, is rejected."
    return row if (booked, stays) == (row.booked, row.stays) else replace(row, booked=booked, stays=stays)


def _held(row: HeldRecord, rejected: Collection[RecordKey], finding: Finding | None) -> HeldRecord:
    """Statuses change where the record will have the units for it."""
    booked = row.posts and row.key not in rejected
    if finding is not None and finding.stays:
        booked = booked and row.damaged + row.quarantined <= finding.expected + finding.booked
    return row if booked == row.booked else replace(row, booked=booked)


def place_of(key: RecordKey, other: RecordKey) -> str:
    """Return where a record lies, and its lot where that is what tells it from ``other``."""
    return key[1] if key[2] == other[2] else f"{key[1]} {f'lot {key[2]}' if key[2] else 'without a lot'}"
