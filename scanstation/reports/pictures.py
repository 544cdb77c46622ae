"""The pictures that the counts of an audit rest on, from the events of a journal."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scanstation.counting.events import CountEvent, EventKind
from scanstation.reports.model import PictureLabel

Key = tuple[str, str, int]
"""Name of the picture, location, round."""


@dataclass(slots=True)
class PictureList:
    """Listens to a journal that somebody else reads, and lists the pictures of one audit."""

    audit: str
    _events: dict[int, CountEvent] = field(default_factory=dict)

    def follow(self, events: Iterable[CountEvent]) -> Iterator[CountEvent]:
        """Pass ``events`` on; what names a picture and was not voided stays in the list."""
        for event in events:
            if event.audit == self.audit:
                if event.kind is EventKind.VOIDED and event.ref is not None:
                    self._events.pop(event.ref, None)
                elif "picture" in event.data:
                    self._events[event.seq] = event
            yield event

    def groups(self) -> dict[Key, list[CountEvent]]:
        """The events by picture, location and round, in the order of the journal."""
        groups: dict[Key, list[CountEvent]] = {}
        for event in self._events.values():
            groups.setdefault((str(event.data["picture"]), event.location, event.round), []).append(event)
        return groups


def label_of(event: CountEvent) -> PictureLabel:
    """The label that ``event`` counted or parked, with its place in the picture."""
    corners = tuple((int(x), int(y)) for x, y in event.data.get("region", ()))
    return PictureLabel(
        seq=event.seq, payload=event.payload or "", item=event.item or "", qty=event.qty, corners=corners
    )
