"""Presence in the journal: tags that came to a fixed antenna's location or left it, and what that adds up to."""

from collections.abc import Iterable

from scanstation.counting.events import CountEvent, EventKind, Source
from scanstation.counting.whereabouts import Change, Spot
from scanstation.stock.catalogue import Found


def arrival_event(change: Change, ts: int, station: str, found: Found | None) -> CountEvent:
    """The event of a change; ``found`` is what the tag names, where that is known and one thing.

    ``payload`` is the EPC, ``device`` the reader; ``data`` holds ``antenna``, the times ``first`` and ``last`` of its
    reads there, and of an arrival ``reads``, ``rssi`` (1/100 dBm) and ``before``, the location that it left.
    """
    data: dict[str, int | str] = {"first": change.first, "last": change.last}
    if change.spot.antenna is not None:
        data["antenna"] = change.spot.antenna
    if change.arrived:
        data["reads"] = change.reads
    if change.arrived and change.rssi_dbm is not None:
        data["rssi"] = round(100 * change.rssi_dbm)
    if change.before:
        data["before"] = change.before
    line = found.lines[0] if found is not None and len(found.lines) == 1 else None
    return CountEvent(
        kind=EventKind.TAG_ARRIVED if change.arrived else EventKind.TAG_LEFT,
        ts=ts,
        station=station,
        device=change.spot.reader,
        location=change.location,
        item=line.item.item if line else None,
        lot=line.lot if line else None,
        serial=line.serial if line else None,
        source=Source.RFID,
        payload=change.epc,
        data=data,
    )


def change_of(event: CountEvent) -> Change | None:
    """The change that an event tells; None for events of other kinds."""
    if event.kind not in (EventKind.TAG_ARRIVED, EventKind.TAG_LEFT):
        return None
    data = event.data
    return Change(
        epc=event.payload or "",
        arrived=event.kind is EventKind.TAG_ARRIVED,
        location=event.location,
        before=data.get("before", ""),
        spot=Spot(event.device, data.get("antenna")),
        reads=data.get("reads", 0),
        rssi_dbm=data["rssi"] / 100 if "rssi" in data else None,
        first=data.get("first", event.ts),
        last=data.get("last", event.ts),
    )


def tags_present(events: Iterable[CountEvent]) -> list[CountEvent]:
    """The arrivals that still hold at the end of a journal, in their order; a tag is at one place at a time."""
    present: dict[str, CountEvent] = {}
    for event in events:
        if event.kind is EventKind.TAG_ARRIVED:
            present.pop(event.payload or "", None)
            present[event.payload or ""] = event
        elif event.kind is EventKind.TAG_LEFT:
            present.pop(event.payload or "", None)
    return list(present.values())
