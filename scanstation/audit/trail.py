"""What the journal says of one audit besides quantities: rounds, people, recounts, rejections, approvals."""

from dataclasses import dataclass, field

from scanstation.audit.findings import RecordKey
from scanstation.counting.events import CountEvent, EventKind

COUNTING = frozenset(
    {
        EventKind.LOCATION_OPENED,
        EventKind.LOCATION_CLOSED,
        EventKind.LOCATION_REOPENED,
        EventKind.COUNTED,
        EventKind.VOIDED,
        EventKind.CORRECTED,
        EventKind.MARKED,
        EventKind.PARKED,
        EventKind.RESOLVED,
    }
)
"""Who made one of these took part in the count."""

FACTS = COUNTING - {EventKind.LOCATION_OPENED, EventKind.LOCATION_CLOSED, EventKind.LOCATION_REOPENED}
"""Nearly all events of a journal: who made them is all that a trail keeps of them."""


@dataclass(slots=True)
class LocationTrail:
    """One location: its rounds with the time each opened and was last closed, the round that a recount was asked of,
    and the number of the last event that changed what counts."""

    opened: dict[int, int] = field(default_factory=dict)
    closed: dict[int, int] = field(default_factory=dict)
    recount_of: int = 0
    changed: int = 0

    @property
    def round(self) -> int:
        """The highest closed round: the one that counts; 0 when none is closed."""
        return max(self.closed, default=0)

    @property
    def last_round(self) -> int:
        """The highest round that was opened, closed or not."""
        return max(self.opened, default=0)

    @property
    def recount_due(self) -> bool:
        """Whether a recount was asked for and no later round is closed."""
        return self.recount_of > 0 and self.round <= self.recount_of


@dataclass(slots=True)
class Trail:
    """One audit, as far as its events were seen."""

    audit: str
    locations: dict[str, LocationTrail] = field(default_factory=dict)
    counters: set[str] = field(default_factory=set)
    recounts: list[CountEvent] = field(default_factory=list)  # those that were asked for, in order
    rejected: dict[RecordKey, CountEvent] = field(default_factory=dict)  # by record, the last rejection
    opened: bool = False
    reconciled: CountEvent | None = None
    approved: CountEvent | None = None  # the last approval since the audit last went back to counting
    posted: CountEvent | None = None

    def add(self, event: CountEvent) -> None:
        """Take note of one event of this audit."""
        if event.kind in COUNTING and event.operator:
            self.counters.add(event.operator)
        if event.location and event.location not in self.locations:
            self.locations[event.location] = LocationTrail()
        if event.kind in FACTS:
            if event.round in (place := self.locations[event.location]).closed:
                place.changed = event.seq
            return
        match event.kind:
            case EventKind.AUDIT_OPENED:
                self.opened = True
            case EventKind.RECONCILED:
                self.reconciled = event
            case EventKind.APPROVED:
                self.approved = event
            case EventKind.POSTED:
                self.posted = event
            case EventKind.FINDING_REJECTED:
                self.rejected[_record(event)] = event
            case EventKind.REJECTION_WITHDRAWN:
                self.rejected.pop(_record(event), None)
            case EventKind.APPROVAL_WITHDRAWN | EventKind.RECOUNT_REQUESTED:
                self.approved = None
        if event.location:
            self._place(event)

    def _place(self, event: CountEvent) -> None:
        place = self.locations[event.location]
        match event.kind:
            case EventKind.LOCATION_OPENED:
                place.opened[event.round] = event.ts
            case EventKind.LOCATION_CLOSED:
                place.closed[event.round], place.changed = event.ts, event.seq
            case EventKind.LOCATION_REOPENED:
                place.closed.pop(event.round, None)
                place.changed = event.seq
            case EventKind.RECOUNT_REQUESTED:
                place.recount_of = max(place.recount_of, place.last_round)
                self.recounts.append(event)

    def round_of(self, location: str) -> int:
        """The round of a location that counts."""
        place = self.locations.get(location)
        return place.round if place else 0

    def recount_due(self, location: str) -> bool:
        """Whether a location waits to be counted again."""
        place = self.locations.get(location)
        return place is not None and place.recount_due

    def recounts_due(self) -> tuple[str, ...]:
        """The locations that wait to be counted again, sorted."""
        return tuple(sorted(location for location, place in self.locations.items() if place.recount_due))

    @property
    def reconciled_upon(self) -> int | None:
        """The number of the last event that the last reconciliation knew of this count; None where none says so."""
        return int(self.reconciled.data["counted"]) if self.reconciled else None

    def changed_since_reconciled(self) -> tuple[str, ...]:
        """The locations of which another count, or another part of it, counts than when the audit was reconciled,
        sorted; none where the journal does not say what that rested on."""
        known = self.reconciled_upon
        if known is None:
            return ()
        return tuple(sorted(location for location, place in self.locations.items() if place.changed > known))

    def spans(self) -> dict[str, tuple[int, int]]:
        """When the round that counts was opened and closed, by location."""
        return {
            location: (place.opened[place.round], place.closed[place.round])
            for location, place in self.locations.items()
            if place.round in place.opened
        }


def _record(event: CountEvent) -> RecordKey:
    """The stock record that a decision is about."""
    return event.data["item"], event.data["location"], event.data["lot"]
