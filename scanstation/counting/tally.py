"""The tally: from the events of a journal to the tables that the reconciliation takes in.

- `Tally.reads`: one row a quantity fact of a closed location in its highest closed round: ``event_id`` (the event's
  seq), ``ts``, ``station``, ``location``, ``item``, ``lot``, ``serial``, ``qty``, ``voided``.  A RESOLVED fact counts
  like a COUNTED one; a CORRECTED one is a signed difference; a PARKED one never counts.  A pack with a serial and a
  logistic unit are wholes: their rows have no serial, and count at the closed place where the unit was counted last;
  those of its earlier visits, to this place and to others, are ``voided``.  Where units of one item have one serial by
  several issuers, ``serial`` of all but the first issuer has ``@`` and the issuer behind it: each is a unit.
- `Tally.counts`: one row a closed location: ``location`` and ``count_ts``, when its count began in that round.

Which fact of a serial wins over all locations, and what expected means, is the reconciliation's business.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from scanstation.counting.events import CountEvent, EventKind
from scanstation.counting.sameness import SerialNames
from scanstation.counting.visits import QUANTITY, unit_of
from scanstation.stock.model import StockStatus

READ_COLUMNS = ("event_id", "ts", "station", "location", "item", "lot", "serial", "qty", "voided")
COUNT_COLUMNS = ("location", "count_ts")

Columns = dict[str, list[Any]]
"""A table as plain lists, all of one length, by column name."""

LineAt = tuple[str, str, str | None]
"""(item, location, lot)."""

_ITEM = 4
"""Place of the item in a row of a round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What one audit counted.  All quantities are base units.

    ``other_counts`` holds (item, location, lot, units) of the earlier closed rounds of counted locations: what another
    count of the same place found, 0 where it missed what the round that counts found.
    ``parked`` gives the codes that still wait per location; ``damaged`` and ``quarantined`` units per line; and
    ``head`` is (seq, hash) of the last event that was read, so that a report can say what it rests on; ``last`` is the
    seq of the last event of this audit at a location: while it stays the same, so does everything but the head.
    """

    audit: str
    reads: Columns
    counts: Columns
    parked: dict[str, int]
    damaged: dict[LineAt, int]
    quarantined: dict[LineAt, int]
    other_counts: list[tuple[str, str, str | None, int]]
    counters: frozenset[str]  # operators with a fact in a round that counts
    head: tuple[int, str]
    last: int


@dataclass(slots=True)
class _Round:
    """One round of one location: when it began, whether it is closed, and the rows of its facts."""

    count_ts: int
    closed: bool = False
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    units: dict[str, list[tuple[int, int]]] = field(default_factory=dict)  # pack, logistic unit -> (ts, seq) of rows
    marks: list[CountEvent] = field(default_factory=list)
    parked: set[int] = field(default_factory=set)
    resolutions: dict[int, int] = field(default_factory=dict)  # seq of RESOLVED -> seq of PARKED
    operators: set[str] = field(default_factory=set)


def tally(events: Iterable[CountEvent], audit: str) -> Tally:
    """Add up one audit in one pass over the events (all of a journal, in order)."""
    tallying = Tallying(audit)
    for event in events:
        tallying.take(event)
    return tallying.sum_up()


_Rounds = dict[str, dict[int, _Round]]
"""By location and number."""


class Tallying:
    """A tally that grows with the journal: take every event in order, add up whenever it is asked for."""

    def __init__(self, audit: str) -> None:
        self.audit = audit
        self.head, self._last = (0, ""), 0
        self._rounds: _Rounds = {}
        self._voided: set[int] = set()
        self._places_of: dict[str, list[str]] = {}  # by item: where it was counted or marked; a place may come twice
        self._places_of_unit: dict[str, list[str]] = {}
        self._serials = SerialNames()

    def take(self, event: CountEvent) -> None:
        """Take note of an event of any audit."""
        self.head = (event.seq, event.hash)
        if event.audit == self.audit and event.location:
            self._last = event.seq
            rounds = self._rounds.setdefault(event.location, {})
            if event.kind in QUANTITY:
                if (this := rounds.get(event.round)) is not None:
                    _count(event, self._serials.name(event), this)
            else:
                _take(event, rounds, self._voided)
            _note(self._places_of, event.item, event.location)
            _note(self._places_of_unit, unit_of(event), event.location)

    def sum_up(self) -> Tally:
        """Everything that was counted so far."""
        left = _left(_counting(self._rounds).values(), self._voided)
        return _sum_up(self.audit, self._rounds, self._voided, left, self.head, self._last)

    def sum_up_of(self, items: Collection[str], places: Iterable[str]) -> Tally:
        """What was counted of some items so far: `sum_up` without the other items, and without the locations that
        neither are among ``places`` nor hold any of the items.

        The time it takes depends on these locations, not on how much was counted elsewhere.
        """
        rounds = self._rounds_of({*places, *(place for item in items for place in self._places_of.get(item, ()))})
        units = {unit for this in _counting(rounds).values() for unit in this.units}
        visited = self._rounds_of({place for unit in units for place in self._places_of_unit[unit]})
        left = _left(_counting(visited).values(), self._voided)
        narrow = {
            place: {number: _narrowed(this, items) for number, this in by_number.items()}
            for place, by_number in rounds.items()
        }
        return _sum_up(self.audit, narrow, self._voided, left, self.head, self._last)

    def items_at(self, locations: Collection[str]) -> set[str]:
        """The items that were counted or marked at these locations, in whatever round."""
        rounds = [this for by_number in self._rounds_of(locations).values() for this in by_number.values()]
        marked = {mark.item for this in rounds for mark in this.marks if mark.item is not None}
        return marked | {row[_ITEM] for this in rounds for row in this.rows}

    def _rounds_of(self, places: Iterable[str]) -> _Rounds:
        return {place: self._rounds[place] for place in places if place in self._rounds}


def _note(places_of: dict[str, list[str]], what: str | None, place: str) -> None:
    if what is not None:
        places = places_of.setdefault(what, [])
        if place not in places[-1:]:
            places.append(place)


def _narrowed(this: _Round, items: Collection[str]) -> _Round:
    return replace(
        this,
        rows=[row for row in this.rows if row[_ITEM] in items],
        marks=[mark for mark in this.marks if mark.item in items],
    )


def _take(event: CountEvent, rounds: dict[int, _Round], voided: set[int]) -> None:
    """Take in what is no quantity."""
    if event.kind is EventKind.LOCATION_OPENED:
        rounds[event.round] = _Round(event.ts)
    elif (this := rounds.get(event.round)) is not None:
        _take_other(event, this, voided)


def _count(event: CountEvent, serial: str | None, this: _Round) -> None:
    """Take in a quantity: nearly all events of a journal are one."""
    unit = unit_of(event)
    place, what = (event.station, event.location), (event.item, event.lot, serial, event.qty)
    this.rows.append((event.seq, event.ts, *place, *what))
    if unit is not None:
        this.units.setdefault(unit, []).append((event.ts, event.seq))
    this.operators.add(event.operator)
    if event.ref is not None and event.kind is EventKind.RESOLVED:
        this.resolutions[event.seq] = event.ref
        this.parked.discard(event.ref)


def _take_other(event: CountEvent, this: _Round, voided: set[int]) -> None:
    match event.kind:
        case EventKind.LOCATION_CLOSED:
            this.closed = True
        case EventKind.LOCATION_REOPENED:
            this.closed = False
        case EventKind.VOIDED if event.ref is not None:
            voided.add(event.ref)
            this.parked.discard(event.ref)
            waiting = this.resolutions.get(event.ref)
            if waiting is not None and waiting not in voided:
                this.parked.add(waiting)
        case EventKind.PARKED:
            this.parked.add(event.seq)
        case EventKind.MARKED:
            this.marks.append(event)


def _sum_up(audit: str, rounds: _Rounds, voided: set[int], left: set[int], head: tuple[int, str], last: int) -> Tally:
    reads: Columns = {name: [] for name in READ_COLUMNS}
    counts: Columns = {name: [] for name in COUNT_COLUMNS}
    parked: dict[str, int] = {}
    marks: dict[str, dict[LineAt, int]] = {StockStatus.DAMAGED: {}, StockStatus.QUARANTINED: {}}
    counters: set[str] = set()
    columns = [reads[name] for name in READ_COLUMNS[:-1]]
    counting = _counting(rounds)
    for location, this in counting.items():
        counts["location"].append(location)
        counts["count_ts"].append(this.count_ts)
        counters |= this.operators
        if this.parked:
            parked[location] = len(this.parked)
        for column, values in zip(columns, zip(*this.rows, strict=True), strict=False):
            column.extend(values)
        reads["voided"].extend(row[0] in voided or row[0] in left for row in this.rows)
        _add_marks(this, voided, marks)
    return Tally(
        audit=audit,
        reads=reads,
        counts=counts,
        parked=parked,
        damaged=marks[StockStatus.DAMAGED],
        quarantined=marks[StockStatus.QUARANTINED],
        other_counts=_other_counts(rounds, counting, voided, left),
        counters=frozenset(counters),
        head=head,
        last=last,
    )


def _counting(rounds: _Rounds) -> dict[str, _Round]:
    """The highest closed round of every location that has one, by location."""
    found = {}
    for location, by_number in sorted(rounds.items()):
        number = max((number for number, this in by_number.items() if this.closed), default=None)
        if number is not None:
            found[location] = by_number[number]
    return found


def _other_counts(
    rounds: _Rounds, counting: dict[str, _Round], voided: set[int], left: set[int]
) -> list[tuple[str, str, str | None, int]]:
    """The last closed round before the one that counts, by line, at every location that has one."""
    found = []
    for location, this in counting.items():
        before = [other for _, other in sorted(rounds[location].items()) if other.closed and other is not this]
        if before:
            first = _lines(before[-1], voided, _left((before[-1],), voided))
            last = _lines(this, voided, left)
            found += [(item, location, lot, first.get((item, lot), 0)) for item, lot in first.keys() | last.keys()]
    return sorted(found, key=lambda row: (row[1], row[0], row[2] or ""))


def _lines(this: _Round, voided: set[int], left: set[int]) -> dict[tuple[str, str | None], int]:
    """Units by (item, lot) of one round; a serial counts once, as it came last."""
    units: dict[tuple[str, str | None], int] = {}
    seen: set[tuple[str, str]] = set()
    for seq, _, _, _, item, lot, serial, qty in reversed(this.rows):
        if seq in voided or seq in left or (serial is not None and (item, serial) in seen):
            continue
        if serial is not None:
            seen.add((item, serial))
        units[item, lot] = units.get((item, lot), 0) + qty
    return units


def _left(rounds: Iterable[_Round], voided: set[int]) -> set[int]:
    """Seqs of the rows of packs and logistic units that were counted again later, there or elsewhere."""
    places: dict[str, list[list[tuple[int, int]]]] = {}
    for this in rounds:
        for unit, rows in this.units.items():
            standing = [row for row in rows if row[1] not in voided]
            if standing:
                places.setdefault(unit, []).append(standing)
    left: set[int] = set()
    for visits in places.values():
        last = max(visits, key=max)
        last_ts, _ = max(last)
        left.update(seq for rows in visits for ts, seq in rows if rows is not last or ts != last_ts)
    return left


def _add_marks(this: _Round, voided: set[int], marks: dict[str, dict[LineAt, int]]) -> None:
    for mark in this.marks:
        if mark.seq not in voided and mark.item is not None and mark.status in marks:
            key = (mark.item, mark.location, mark.lot)
            marks[mark.status][key] = marks[mark.status].get(key, 0) + mark.qty
