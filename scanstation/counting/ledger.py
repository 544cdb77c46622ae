"""The ledger: what the count events of a journal add up to, per audit and location, while counting goes on.

It is the fold that a count session decides by, and it is rebuilt from the journal at every start.  It holds counted
quantities only; nothing in here knows a record (a blind count stays blind).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from scanstation.counting.events import CountEvent, EventKind
from scanstation.counting.known import Known
from scanstation.counting.visits import QUANTITY, Booking, Visits, unit_of
from scanstation.stock.model import StockStatus

LineKey = tuple[str, str | None]
"""(item, lot); a lot of None is a key value of its own."""

UNDOABLE = frozenset({EventKind.COUNTED, EventKind.RESOLVED, EventKind.CORRECTED, EventKind.MARKED, EventKind.PARKED})
"""Facts that `VOIDED` can compensate."""

REMEMBERED_DELIVERIES = 10_000
"""Deliveries of posted audits that are still known when they come again."""


@dataclass(slots=True)
class LineCount:
    """One line of a location in its current round, in base units of the item."""

    qty: int = 0
    serials: int = 0  # units of qty that are told apart by a serial
    whole: int = 0  # units of qty that came as packs or logistic units, each counted as one
    damaged: int = 0
    quarantined: int = 0

    @property
    def marked(self) -> int:
        """Units that may not be promised."""
        return self.damaged + self.quarantined

    @property
    def short(self) -> int:
        """Units taken off by corrections, or marked, that are not counted: 0 but in journals of before undo saw to it.

        A correction can take off only units that have no number of their own.
        """
        return max(0, self.serials + self.whole - self.qty, self.marked - self.qty)

    def add(self, fact: CountEvent, sign: int) -> None:
        """Add a fact of this line (sign 1), or take it back (-1)."""
        if fact.kind in QUANTITY:
            self.qty += sign * fact.qty
            if unit_of(fact) is not None:
                self.whole += sign * fact.qty
            elif fact.serial is not None:
                self.serials += sign
        elif fact.status == StockStatus.DAMAGED:
            self.damaged += sign * fact.qty
        elif fact.status == StockStatus.QUARANTINED:
            self.quarantined += sign * fact.qty


@dataclass(slots=True)
class LocationCount:
    """The count of one location: its current round and what was accepted in it.

    ``facts`` holds the facts of the round that were not voided, by seq in their order; ``parked`` those PARKED facts
    among them that wait to be resolved; ``operators`` who took part, by round.  ``lines`` hold what came back to the
    place once (`Visits`).
    """

    location: str
    round: int = 0
    open: bool = False
    closed: frozenset[int] = frozenset()
    recount_due: bool = False
    count_ts: int = 0
    operators: dict[int, set[str]] = field(default_factory=dict)
    facts: dict[int, CountEvent] = field(default_factory=dict)
    lines: dict[LineKey, LineCount] = field(default_factory=dict)
    parked: dict[int, CountEvent] = field(default_factory=dict)
    visits: Visits = field(default_factory=Visits)

    @property
    def is_counted(self) -> bool:
        """Whether the current round is closed and no recount is due."""
        return not self.open and self.round in self.closed and not self.recount_due

    @property
    def is_broken_off(self) -> bool:
        """Whether the current round was open when the audit was approved: it never counted, and can be gone on with."""
        return bool(self.round) and not self.open and self.round not in self.closed

    @property
    def units(self) -> int:
        """Base units counted in the current round."""
        return sum(line.qty for line in self.lines.values())

    def counted_before(self, operator: str) -> bool:
        """Whether the operator took part in an earlier round: a recount is another person's."""
        return any(operator in names for number, names in self.operators.items() if number < self.round)

    def begin(self, event: CountEvent) -> None:
        """LOCATION_OPENED: a first count, or a new round."""
        self.round, self.count_ts, self.open, self.recount_due = event.round, event.ts, True, False
        self.facts, self.lines, self.parked, self.visits = {}, {}, {}, Visits()

    def add(self, fact: CountEvent) -> None:
        """Accept a fact of the current round."""
        self.facts[fact.seq] = fact
        if fact.kind is EventKind.PARKED:
            self.parked[fact.seq] = fact
        if fact.kind is EventKind.RESOLVED and fact.ref is not None:
            self.parked.pop(fact.ref, None)
        _book(self.lines, self.visits.take(fact))

    def void(self, seq: int) -> CountEvent | None:
        """Take a fact back; a code whose resolution is voided waits again.  None when there is no such fact."""
        fact = self.facts.pop(seq, None)
        if fact is None:
            return None
        self.parked.pop(seq, None)
        if fact.kind is EventKind.RESOLVED and fact.ref in self.facts:
            self.parked[fact.ref] = self.facts[fact.ref]
        _book(self.lines, self.visits.drop(fact))
        return fact

    def lines_without(self, facts: Collection[CountEvent]) -> dict[LineKey, LineCount]:
        """What `lines` would be without some of the standing facts."""
        lines, visits = {key: replace(line) for key, line in self.lines.items()}, self.visits.of(facts)
        for fact in facts:
            _book(lines, visits.drop(fact))
        return lines


def _book(lines: dict[LineKey, LineCount], bookings: Iterable[Booking]) -> None:
    for fact, sign in bookings:
        if fact.item is None or fact.kind is EventKind.PARKED:
            continue
        key = (fact.item, fact.lot)
        line = lines.setdefault(key, LineCount())
        line.add(fact, sign)
        if not (line.qty or line.marked):
            del lines[key]


@dataclass(slots=True)
class AuditCount:
    """The counts of one audit.  ``settled`` is APPROVED or POSTED once counting is over.

    ``known`` knows what is told apart from all others and still stands in the current round of its location.
    """

    audit: str
    settled: EventKind | None = None
    locations: dict[str, LocationCount] = field(default_factory=dict)
    known: Known = field(init=False)

    def __post_init__(self) -> None:
        self.known = Known(lambda fact: fact.seq in self.locations[fact.location].facts)

    def location(self, location: str) -> LocationCount:
        """The count of a location; one in round 0 when nothing happened there yet."""
        return self.locations.get(location) or LocationCount(location)

    def apply(self, event: CountEvent) -> None:
        """Fold in an event that carries its seq."""
        place = self.locations.setdefault(event.location, LocationCount(event.location))
        match event.kind:
            case EventKind.LOCATION_OPENED:
                place.begin(event)
            case EventKind.LOCATION_CLOSED:
                place.open, place.closed = False, place.closed | {event.round}
            case EventKind.LOCATION_REOPENED:
                place.open, place.closed = True, place.closed - {event.round}
            case EventKind.RECOUNT_REQUESTED:
                place.recount_due = True
            case EventKind.VOIDED if event.ref is not None and event.round == place.round:
                place.void(event.ref)
            case kind if kind in UNDOABLE and event.round == place.round:
                place.add(event)
                self.known.note(event)
        if event.operator and event.round and event.kind is not EventKind.RECOUNT_REQUESTED:
            place.operators.setdefault(event.round, set()).add(event.operator)


class Ledger:
    """All audits of a journal, and which deliveries were taken."""

    def __init__(self, events: Iterable[CountEvent] = ()) -> None:
        self.audits: dict[str, AuditCount] = {}
        self.taken: dict[str, CountEvent] = {}  # read_id -> the first event of this delivery
        self.last_seq = 0
        for event in events:
            self.apply(event)

    def audit(self, audit: str) -> AuditCount:
        """The counts of an audit; empty ones when nothing happened in it yet."""
        return self.audits.get(audit) or AuditCount(audit)

    def apply(self, event: CountEvent) -> None:
        """Fold in the next event; ``event.seq`` must be set and rise."""
        if event.seq <= self.last_seq:
            raise ValueError(f"event {event.seq} comes after event {self.last_seq}")
        self.last_seq = event.seq
        if event.read_id is not None:
            self.taken.setdefault(event.read_id, event)
        if event.kind in (EventKind.APPROVED, EventKind.POSTED):
            self._settle(event)
        elif event.kind is EventKind.APPROVAL_WITHDRAWN:
            self._made(event.audit).settled = None
        elif event.audit and event.location:
            self._made(event.audit).apply(event)

    def _settle(self, event: CountEvent) -> None:
        """Counting is over, and no location is open any more.

        A posted audit is forgotten but for that and its last deliveries, so that years of audits fit in memory.
        """
        if event.kind is EventKind.POSTED:
            self.audits[event.audit] = AuditCount(event.audit)
        audit = self._made(event.audit)
        audit.settled = event.kind
        for place in audit.locations.values():
            place.open = False
        if event.kind is EventKind.POSTED:
            self._forget_deliveries()

    def _forget_deliveries(self) -> None:
        """Those of posted audits, but for the last ones: a sender that got no answer may still come back."""
        over = [key for key, first in self.taken.items() if self.audit(first.audit).settled is EventKind.POSTED]
        for read_id in over[:-REMEMBERED_DELIVERIES]:
            del self.taken[read_id]

    def _made(self, audit: str) -> AuditCount:
        return self.audits.setdefault(audit, AuditCount(audit))
