"""How far the counts of the audits are, from the journal: closed places, and who is counting where."""

import threading
from collections.abc import Collection
from dataclasses import dataclass, field

from scanstation.counting.events import CountEvent, EventKind
from scanstation.counting.ports import Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPlace:
    """A location that is being counted now."""

    location: str
    station: str
    operator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditProgress:
    """How many locations of the scope are counted, which are under way, and which wait for a recount."""

    closed: int
    total: int
    open: tuple[OpenPlace, ...]
    recounts_due: tuple[str, ...]


_SETTLE = frozenset({EventKind.APPROVED, EventKind.POSTED})
"""After these nobody counts any more."""


@dataclass(slots=True)
class _Places:
    closed: set[str] = field(default_factory=set)
    open: dict[str, OpenPlace] = field(default_factory=dict)
    recount: set[str] = field(default_factory=set)

    def take(self, event: CountEvent) -> None:
        place = event.location
        match event.kind:
            case EventKind.LOCATION_OPENED | EventKind.LOCATION_REOPENED:
                self.open[place] = OpenPlace(location=place, station=event.station, operator=event.operator)
                self.closed.discard(place)
                self.recount.discard(place)
            case EventKind.LOCATION_CLOSED:
                self.open.pop(place, None)
                self.closed.add(place)
            case EventKind.RECOUNT_REQUESTED:
                self.closed.discard(place)
                self.recount.add(place)
            case kind if kind in _SETTLE:
                self.open.clear()


class Progress:
    """Follows a journal: the first call reads all of it, a later one only what is new.  Safe to use from threads."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._places: dict[str, _Places] = {}
        self._seq = 0
        self._lock = threading.Lock()

    def of(self, audit: str, scope: Collection[str]) -> AuditProgress:
        """The progress of one audit; ``scope`` are the locations that it counts."""
        with self._lock:
            self._catch_up()
            places = self._places.get(audit, _Places())
            return AuditProgress(
                closed=len(places.closed & set(scope)),
                total=len(scope),
                open=tuple(places.open[name] for name in sorted(places.open)),
                recounts_due=tuple(sorted(places.recount)),
            )

    def _catch_up(self) -> None:
        if self._journal.head[0] == self._seq:
            return
        for event in self._journal.events(after=self._seq):
            if event.location or event.kind in _SETTLE:
                self._places.setdefault(event.audit, _Places()).take(event)
            self._seq = event.seq
