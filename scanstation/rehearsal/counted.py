"""What the locations hold by the journal: counted rows, and codes that wait."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from scanstation.counting.events import CountEvent, EventKind
from scanstation.counting.ledger import Ledger
from scanstation.counting.tally import Tally, tally
from scanstation.rehearsal.parts import payload_text

Row = Mapping[str, Any]
_Line = tuple[str, str, str | None]
"""(item, location, lot)."""
_Kind = tuple[str | None, str | None]
"""(serial, expiry) of units of a line."""
_Kinds = dict[_Kind, int]
_KEY = ("location", "item", "lot", "serial", "status", "expires")


def booked(events: Sequence[CountEvent], serial_tracked: Collection[str]) -> list[Row]:
    """One row for each location, item, lot, serial, status and expiry, of open locations too.

    A location holds what the audit found that opened it last; a unit with a serial lies where it was seen last.
    """
    by_seq = {event.seq: event for event in events}
    rows: list[Row] = []
    for audit, places in _audits(events).items():
        counted = tally(_closed(events, audit), audit)
        lines: dict[_Line, _Kinds] = defaultdict(lambda: defaultdict(int))
        for seq, location, item, lot, serial, qty in _standing(counted):
            if location in places:
                fact = by_seq[seq]
                own = fact.serial if item in serial_tracked and serial is not None else None
                lines[item, location, lot][own, fact.data.get("expiry")] += qty
        marks = {"damaged": counted.damaged, "quarantined": counted.quarantined}
        for line, kinds in lines.items():
            rows += _rows(line, kinds, {status: of[line] for status, of in marks.items() if line in of})
    return sorted(rows, key=lambda row: [str(row[name] or "") for name in _KEY])


def parked(events: Sequence[CountEvent]) -> list[Row]:
    """The codes that wait at each location, in their order."""
    ledger = Ledger(event for event in events if event.kind is not EventKind.POSTED)  # it forgets a posted audit
    waiting = [
        one
        for audit, places in _audits(events).items()
        for place in places
        for one in ledger.audit(audit).location(place).parked.values()
    ]
    return [
        {"location": one.location, "payload": payload_text(one.payload or ""), "why": one.data.get("why", "")}
        for one in sorted(waiting, key=lambda one: one.seq)
    ]


def _audits(events: Iterable[CountEvent]) -> dict[str, set[str]]:
    """The locations of each audit in which no later one opened or asked about them."""
    begun = (EventKind.LOCATION_OPENED, EventKind.PARKED)
    last = {one.location: one.audit for one in events if one.kind in begun}
    audits: dict[str, set[str]] = defaultdict(set)
    for location, audit in last.items():
        audits[audit].add(location)
    return audits


def _closed(events: Sequence[CountEvent], audit: str) -> Iterator[CountEvent]:
    """The events of a journal, and then the close of every round that is open: only closed ones are added up."""
    opened: dict[tuple[str, int], CountEvent] = {}
    for event in events:
        if event.audit == audit and event.kind in (EventKind.LOCATION_OPENED, EventKind.LOCATION_REOPENED):
            opened[event.location, event.round] = event
        elif event.audit == audit and event.kind is EventKind.LOCATION_CLOSED:
            opened.pop((event.location, event.round), None)
        yield event
    for event in opened.values():
        yield replace(event, kind=EventKind.LOCATION_CLOSED)


def _standing(counted: Tally) -> Iterator[tuple[int, str, str, str | None, str | None, int]]:
    """The facts that count; of a serial the one that was read last."""
    columns = [counted.reads[name] for name in ("event_id", "ts", "location", "item", "lot", "serial", "qty", "voided")]
    rows = [row for row in zip(*columns, strict=True) if not row[-1]]
    last: dict[tuple[str, str], tuple[int, int]] = {}
    for seq, ts, _, item, _, serial, _, _ in rows:
        if serial is not None:
            last[item, serial] = max(last.get((item, serial), (0, 0)), (ts, seq))
    for seq, ts, location, item, lot, serial, qty, _ in rows:
        if serial is None or last[item, serial] == (ts, seq):
            yield seq, location, item, lot, serial, qty


def _rows(line: _Line, kinds: _Kinds, marked: Mapping[str, int]) -> Iterator[Row]:
    """The rows of one line: corrections and marks name no serial and no expiry, so they take units as they come."""
    item, location, lot = line
    _take(kinds, sum(-qty for qty in kinds.values() if qty < 0))
    held = [(status, kind, qty) for status, units in marked.items() for kind, qty in _take(kinds, units)]
    left = [("available", kind, qty) for kind, qty in kinds.items() if qty > 0]
    for status, (serial, expires), qty in held + left:
        key = (location, item, lot, serial, status, expires)
        yield dict(zip(_KEY, key, strict=True)) | {"qty": qty}


def _take(kinds: _Kinds, units: int) -> list[tuple[_Kind, int]]:
    """Take units out of the line, and return which they were."""
    taken = []
    for kind, qty in list(kinds.items()):
        if qty < 0:
            kinds[kind] = 0
        elif part := min(units, qty):
            kinds[kind], units = qty - part, units - part
            taken.append((kind, part))
    return taken
