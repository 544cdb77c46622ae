"""Count-tag control: one sheet for every round of every location, from the events of a journal."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from scanstation.counting.events import CountEvent, EventKind
from scanstation.counting.ledger import UNDOABLE, LocationCount
from scanstation.reports.model import CountSheet, ParkedRead


@dataclass(slots=True)
class _Sheet:
    count: LocationCount
    opened_at: int | None = None
    closed_at: int | None = None
    operators: dict[str, None] = field(default_factory=dict)
    devices: dict[str, None] = field(default_factory=dict)

    def take(self, event: CountEvent) -> None:
        if event.operator:
            self.operators.setdefault(event.operator)
        if event.device:
            self.devices.setdefault(event.device)
        match event.kind:
            case EventKind.LOCATION_OPENED:
                self.opened_at = event.ts
            case EventKind.LOCATION_CLOSED:
                self.closed_at = event.ts
            case EventKind.LOCATION_REOPENED:
                self.closed_at = None
            case EventKind.VOIDED if event.ref is not None:
                self.count.void(event.ref)
            case kind if kind in UNDOABLE:
                self.count.add(event)


def count_sheets(events: Iterable[CountEvent], audit: str) -> tuple[tuple[CountSheet, ...], tuple[ParkedRead, ...]]:
    """The sheets of an audit by location and round, and the codes that wait at places that count."""
    sheets: dict[tuple[str, int], _Sheet] = {}
    for event in events:
        if event.audit == audit and event.location and event.kind is not EventKind.RECOUNT_REQUESTED:
            sheets.setdefault((event.location, event.round), _Sheet(LocationCount(event.location))).take(event)
    counting = _rounds_that_count(sheets)
    waiting = [
        event
        for key, sheet in sheets.items()
        if counting.get(key[0]) == key[1]
        for event in sheet.count.parked.values()
    ]
    return (
        tuple(_sheet(key, sheet, counting.get(key[0]) == key[1]) for key, sheet in sorted(sheets.items())),
        tuple(_parked(event) for event in sorted(waiting, key=lambda event: event.seq)),
    )


def _rounds_that_count(sheets: dict[tuple[str, int], _Sheet]) -> dict[str, int]:
    """Of each location the highest closed round."""
    best: dict[str, int] = {}
    for (location, number), sheet in sheets.items():
        if sheet.closed_at is not None:
            best[location] = max(number, best.get(location, 0))
    return best


def _sheet(key: tuple[str, int], sheet: _Sheet, counts: bool) -> CountSheet:
    return CountSheet(
        location=key[0],
        round=key[1],
        operators=tuple(sheet.operators),
        devices=tuple(sheet.devices),
        opened_at=sheet.opened_at,
        closed_at=sheet.closed_at,
        lines=len(sheet.count.lines),
        units=sheet.count.units,
        parked=len(sheet.count.parked),
        counts=counts,
    )


def _parked(event: CountEvent) -> ParkedRead:
    why = str(event.data.get("why", ""))
    return ParkedRead(seq=event.seq, location=event.location, payload=event.payload or "", why=why, ts=event.ts)
