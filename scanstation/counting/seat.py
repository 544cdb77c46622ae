"""One seat of a station: who counts what where, the events so far, and whether a person may count now."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.events import CountEvent, EventKind, Source
from scanstation.counting.ledger import AuditCount, Ledger, LocationCount

_REMEMBERED = 10_000
_PENDING_ENDS = frozenset({EventKind.COUNTED, EventKind.PARKED, EventKind.LOCATION_CLOSED, EventKind.SIGNED_OUT})


_ANSWERS = _PENDING_ENDS | {EventKind.VOIDED, EventKind.RESOLVED, EventKind.CORRECTED, EventKind.LOCATION_OPENED}
"""What answers a question, or leaves it parked."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What an audit asks this seat to count; ``locations`` of None means every location."""

    audit: str
    locations: frozenset[str] | None
    blind: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedLine:
    """A line of the open location, in base units."""

    item: str
    lot: str | None
    qty: int
    damaged: int
    quarantined: int


class Seat:
    """The state of a seat, rebuilt from the journal, and the guards that every decision passes.

    ``clock`` gives microseconds UTC; ``name_of`` the name of an item for texts (its number where it is unknown).
    """

    def __init__(
        self,
        station: str,
        clock: Callable[[], int],
        *,
        events: Iterable[CountEvent] = (),
        name_of: Callable[[str], str] = str,
    ) -> None:
        self.station = station
        self.operator: str | None = None
        self.role: str | None = None
        self.audit: str | None = None
        self.location: str | None = None
        self.pending: int | None = None
        self.scope: Scope | None = None
        self._clock = clock
        self.name_of = name_of
        self._ledger = Ledger()
        self._asked: CountEvent | None = None  # the event whose question the next step may answer
        self._refused: dict[str, Decision] = {}
        for event in events:
            self.apply(event)

    # -- events -----------------------------------------------------------------------------------------------

    def apply(self, event: CountEvent, seq: int | None = None) -> None:
        """Take an event into the state, in the order of the journal.

        An event that is not numbered yet gets ``seq``, by default the number after the last one applied: right as
        long as this seat is told of every event that the station journals, in that order.
        """
        if not event.seq:
            event = replace(event, seq=seq or self._ledger.last_seq + 1)
        self._ledger.apply(event)
        if event.kind in (EventKind.APPROVED, EventKind.POSTED) and event.audit == self.audit:
            self.audit = self.location = self.pending = None  # an open location of a settled audit stays uncounted
        elif event.station == self.station:
            self._follow(event)

    def _follow(self, event: CountEvent) -> None:
        match event.kind:
            case EventKind.SIGNED_IN:
                self.operator, self.role = event.operator, event.data.get("role")
                self.audit = event.audit or self.audit
            case EventKind.SIGNED_OUT:
                self.operator = self.role = None
                if self.location is None:
                    self.audit = None
            case EventKind.LOCATION_OPENED | EventKind.LOCATION_REOPENED:
                self.audit, self.location = event.audit, event.location
            case EventKind.LOCATION_CLOSED:
                self.location = None
        if event.kind in _PENDING_ENDS and event.source is not Source.RFID:
            self.pending = None
        if event.kind in _ANSWERS and event.source is not Source.RFID:
            self._asked = event if event.kind is EventKind.PARKED and "question" in event.data else None

    def _event(self, kind: EventKind, place: LocationCount | None = None, **fields: Any) -> CountEvent:
        if place is not None:
            fields = {"location": place.location, "round": place.round} | fields
        who: dict[str, Any] = {"ts": self._clock(), "audit": self.audit or "", "operator": self.operator or ""}
        return CountEvent(kind=kind, station=self.station, **(who | fields))

    # -- guards -----------------------------------------------------------------------------------------------

    def _may_count(self) -> Decision | None:
        """None when the operator may count in the chosen audit; else the refusal, in words."""
        if self.operator is None:
            return refused("Sign in first: scan your badge.")
        if self.role == "auditor":
            return refused("An auditor reads everything and changes nothing.")
        if self.audit is None:
            return refused("Choose the audit first.")
        settled = self._ledger.audit(self.audit).settled
        if settled is not None:
            return refused(f"Audit {self.audit} is {settled}: nothing more is counted in it.")
        return None

    def _may_count_here(self) -> Decision | None:
        """None when the operator may count at the open location."""
        if refusal := self._may_count():
            return refusal
        if self.location is None:
            return refused("Scan a location first: nothing counts without an open location.")
        if self._here().counted_before(self.operator or ""):
            return refused(f"{self.location} is being recounted, and you counted it before: another operator must.")
        return None

    def _again(self, read_id: str | None) -> Decision | None:
        """The first outcome of a delivery that came before, without events."""
        if read_id is None:
            return None
        if read_id in self._refused:
            return self._refused[read_id]
        event = self._ledger.taken.get(read_id)
        return None if event is None else self._retold(event)

    def _retold(self, event: CountEvent) -> Decision:
        outcome = Outcome.UNKNOWN if event.kind is EventKind.PARKED else Outcome.OK
        if event is self._asked:
            outcome = Outcome.ASKED
        name = None if event.item is None else self.name_of(event.item)
        return Decision(
            outcome=outcome,
            text=f"Taken before: {event.qty} × {name}" if name else f"Taken before: {event.kind}",
            code=event.payload or "",
            item=event.item,
            name=name,
            lot=event.lot,
            serial=event.serial,
            qty=event.qty,
            said=str(event.data.get("said", "")),
        )

    def _remember(self, read_id: str | None, decision: Decision) -> Decision:
        """Keep what a delivery came to when no event keeps it, so that its repetition comes to the same."""
        if read_id is not None and not decision.events:
            self._refused[read_id] = decision
            if len(self._refused) > _REMEMBERED:
                del self._refused[next(iter(self._refused))]
        return decision

    # -- queries ----------------------------------------------------------------------------------------------

    def _audit(self) -> AuditCount:
        assert self.audit is not None
        return self._ledger.audit(self.audit)

    def _here(self) -> LocationCount:
        assert self.location is not None
        return self._audit().location(self.location)

    @property
    def round(self) -> int:
        """The round of the open location; 1 when none is open."""
        return self._here().round if self.location is not None else 1

    @property
    def blind(self) -> bool:
        """Whether the operator may not see recorded quantities; so unless the audit says otherwise."""
        return self.scope is None or self.scope.blind

    @property
    def lines(self) -> tuple[CountedLine, ...]:
        """The lines of the open location, in the order of their first scan."""
        if self.location is None:
            return ()
        return tuple(
            CountedLine(item=item, lot=lot, qty=line.qty, damaged=line.damaged, quarantined=line.quarantined)
            for (item, lot), line in self._here().lines.items()
        )

    @property
    def units(self) -> int:
        """Base units counted at the open location."""
        return self._here().units if self.location is not None else 0

    @property
    def parked(self) -> Sequence[CountEvent]:
        """Codes of the chosen audit that wait to be resolved, oldest first."""
        if self.audit is None:
            return ()
        waiting = [event for place in self._audit().locations.values() for event in place.parked.values()]
        return sorted(waiting, key=lambda event: event.seq)

    @property
    def progress(self) -> tuple[int, int]:
        """(closed, total) locations of the audit's scope; without a scope the total is what was opened so far."""
        if self.audit is None:
            return 0, 0
        places = self._audit().locations
        if self.scope is None or self.scope.locations is None:
            return sum(place.is_counted for place in places.values()), len(places)
        scope = self.scope.locations
        return sum(place.is_counted for name, place in places.items() if name in scope), len(scope)

    @property
    def opened(self) -> tuple[str, ...]:
        """Locations of the chosen audit that were opened in it."""
        if self.audit is None:
            return ()
        return tuple(sorted(name for name, place in self._audit().locations.items() if place.round))

    @property
    def recounts_due(self) -> tuple[str, ...]:
        """Locations of the chosen audit that wait for a recount."""
        if self.audit is None:
            return ()
        return tuple(sorted(name for name, place in self._audit().locations.items() if place.recount_due))


def refused(text: str, *, code: str = "") -> Decision:
    """Understood, but not allowed now."""
    return Decision(outcome=Outcome.REFUSED, text=text, code=code)


def accepted(text: str, *events: CountEvent) -> Decision:
    """Done (with no event: it was so already)."""
    return Decision(outcome=Outcome.OK, text=text, events=events)
