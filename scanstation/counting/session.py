"""The count session: the pure state of one seat, and what it decides.

A session never writes.  Each method returns a `Decision`; the station journals its events and calls `apply` with
each of them at once, so that decisions follow one another without waiting for the disk, and shows the outcome when
the journal says that it is durable.  After a failure of the journal the station makes a new session from the
journal's events: that is the truth.

Rules (the terms are those of the domain): nothing counts without operator, audit and open location; a serial
counts once, at the place of its last accepted event; a delivery that comes again (equal ``read_id``) comes to the
same outcome without an event; only closed locations count; a recount is a new round by another operator; reopening
keeps the round.
"""

from collections.abc import Collection, Mapping
from typing import Any

from scanstation.counting.asking import QuestionDecisions
from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.events import CountEvent, EventKind, Source
from scanstation.counting.ledger import LocationCount
from scanstation.counting.question import Question, QuestionKind
from scanstation.counting.seat import Scope, accepted, refused
from scanstation.plural import how_many
from scanstation.stock.catalogue import MAX_QUANTITY


class CountSession(QuestionDecisions):
    """The flow of a seat: badge -> audit -> location -> facts (`QuestionDecisions`) -> close -> next location."""

    def sign_in(self, badge: str, role: str, *, device: str = "", source: Source = Source.SCAN) -> Decision:
        """Sign a badge in (its PIN was checked before).  Another operator at this seat is signed out by it."""
        if badge == self.operator:
            return accepted("You are signed in already.")
        events = [] if self.operator is None else [self._event(EventKind.SIGNED_OUT, source=source)]
        events.append(
            self._event(
                EventKind.SIGNED_IN, operator=badge, audit="", data={"role": role}, device=device, source=source
            )
        )
        text = "Signed in." if self.location is None else f"Signed in: {self.location} is still open."
        return accepted(text, *events)

    def sign_out(self) -> Decision:
        """Sign out.  An open location stays open at this seat; the next operator goes on with it or closes it."""
        if self.operator is None:
            return accepted("Nobody is signed in.")
        text = "Signed out." if self.location is None else f"Signed out: {self.location} is still open."
        return accepted(text, self._event(EventKind.SIGNED_OUT, source=Source.BUTTON))

    def choose_audit(self, audit: str, scope: Collection[str] | None = None, blind: bool = True) -> Decision:
        """Count for this audit from now on; ``scope`` is the locations to count, None for every location.

        The journal keeps it as a SIGNED_IN event that names the audit: who joined which audit when.
        """
        if self.operator is None:
            return refused("Sign in first: scan your badge.")
        settled = self._ledger.audit(audit).settled
        if settled is not None:
            return refused(f"Audit {audit} is {settled}: nothing more is counted in it.")
        if self.location is not None and audit != self.audit:
            return refused(f"Close {self.location} first: it is open in audit {self.audit}.")
        same = audit == self.audit
        self.provide_scope(audit, scope, blind)
        if same:
            return accepted(f"Audit {audit}.")
        data = {"role": self.role or "", "blind": blind}
        return accepted(
            f"Audit {audit}: scan a location.",
            self._event(EventKind.SIGNED_IN, audit=audit, data=data, source=Source.BUTTON),
        )

    def provide_scope(self, audit: str, scope: Collection[str] | None, blind: bool = True) -> None:
        """Say what an audit covers; needed again after a restart, because the journal does not hold it."""
        self.scope = Scope(audit, None if scope is None else frozenset(scope), blind)

    def open_location(
        self,
        location: str,
        *,
        payload: str = "",
        device: str = "",
        source: Source = Source.SCAN,
        read_id: str | None = None,
        answer: Mapping[str, Any] | None = None,
    ) -> Decision:
        """Begin the count of a location: its first, or the recount that is due; or go on with one that an approval
        broke off.

        ASKED where the audit does not name the location; ``answer`` is the yes to that, kept with the opening, by
        which the location becomes one of the audit.
        """
        if again := self._again(read_id):
            return again
        refusal = self._may_count() or self._in_the_way(location) or self._no_scope()
        if refusal:
            return self._remember(read_id, refusal)
        place = self._audit().location(location)
        if answer is None and self._out_of_scope(place):
            return self._ask_about(place, payload or location, device=device, source=source, read_id=read_id)
        if place.is_broken_off and not place.recount_due:
            return self.reopen_location(location, device=device, source=source, read_id=read_id)
        if refusal := self._closed_for(place):
            return self._remember(read_id, refusal)
        number = place.round + 1
        origin = {"device": device, "source": source}
        data = {} if answer is None else {"answers": {QuestionKind.LOCATION.value: dict(answer)}}
        event = self._event(EventKind.LOCATION_OPENED, place, round=number, data=data, read_id=read_id, **origin)
        text = f"{location} is open" + (f" for recount {number}." if number > 1 else ".")
        return accepted(text, *self._asked_about(place, **origin), event)

    def close_location(
        self, *, device: str = "", source: Source = Source.BUTTON, read_id: str | None = None
    ) -> Decision:
        """End the count of the open location: from now on it counts."""
        if again := self._again(read_id):
            return again
        if refusal := self._may_count_here():
            return self._remember(read_id, refusal)
        place = self._here()
        event = self._event(EventKind.LOCATION_CLOSED, place, device=device, source=source, read_id=read_id)
        text = f"{place.location} is closed: {how_many(len(place.lines), 'line')}, {how_many(place.units, 'unit')}"
        asked = sum(Question.of(parked) is not None for parked in place.parked.values())
        waiting = f", {how_many(len(place.parked), 'code')} parked" if place.parked else ""
        waiting += f", {asked} of them with a question" if asked else ""
        return accepted(f"{text}{waiting}.", event)

    def reopen_location(
        self, location: str, *, device: str = "", source: Source = Source.BUTTON, read_id: str | None = None
    ) -> Decision:
        """Open a closed location again, in the same round, to correct it, or one whose count an approval broke off.
        Until it is closed it does not count."""
        if again := self._again(read_id):
            return again
        if refusal := self._may_count() or self._in_the_way(location):
            return self._remember(read_id, refusal)
        place = self._audit().location(location)
        if place.open:
            return self._remember(read_id, _elsewhere(location))
        if place.round not in place.closed and not place.is_broken_off:
            return self._remember(read_id, refused(f"{location} is not closed in this audit."))
        if place.counted_before(self.operator or ""):
            return self._remember(read_id, _another_operator(location))
        event = self._event(EventKind.LOCATION_REOPENED, place, device=device, source=source, read_id=read_id)
        return accepted(f"{location} is open again.", event)

    def request_recount(self, location: str, why: str = "", *, read_id: str | None = None) -> Decision:
        """Make a location due for a recount: its next opening is a new round by another operator."""
        if again := self._again(read_id):
            return again
        if refusal := self._may_count():
            return self._remember(read_id, refusal)
        place = self._audit().location(location)
        if not place.round:
            return self._remember(read_id, refused(f"{location} was not counted yet: it needs no recount."))
        if place.recount_due:
            return accepted(f"{location} is due for a recount already.")
        data = {"why": why} if why else {}
        event = self._event(EventKind.RECOUNT_REQUESTED, place, data=data, source=Source.BUTTON, read_id=read_id)
        return accepted(f"{location} is due for a recount by another operator.", event)

    def set_quantity(self, qty: int | None) -> Decision:
        """Let the next scan count ``qty`` times (None or 1: once).  Not journaled; the next taken scan uses it up."""
        if qty is not None and not 1 <= qty <= MAX_QUANTITY:
            why = "did a barcode land in the quantity field?" if qty > MAX_QUANTITY else "it must be 1 or more."
            return refused(f"{qty} is no quantity (at most {MAX_QUANTITY:,}): {why}")
        self.pending = None if qty == 1 else qty
        return accepted("Quantity cleared." if self.pending is None else f"Next scan counts {qty}.")

    def _in_the_way(self, location: str) -> Decision | None:
        if self.location == location:
            return Decision(outcome=Outcome.DUPLICATE, text=f"{location} is open already.")
        return None if self.location is None else refused(f"Close {self.location} first.")

    def _no_scope(self) -> Decision | None:
        known = self.scope is not None and self.scope.audit == self.audit
        return None if known else refused("Choose the audit again.")

    def _out_of_scope(self, place: LocationCount) -> bool:
        """Whether the audit does not name the location; one that was opened in it before is part of it."""
        scope = self.scope.locations if self.scope is not None else None
        return scope is not None and place.location not in scope and not place.round

    def _ask_about(self, place: LocationCount, payload: str, **origin: Any) -> Decision:
        """Ask about a location that the audit does not name; what was asked about it before is asked anew."""
        question = Question(
            kind=QuestionKind.LOCATION,
            words=f"{place.location} is not part of audit {self.audit}. Count it in this audit too?",
            yes="count it too",
            no="it is not opened",
        )
        data = {"why": question.words, "question": question.as_data()}
        event = self._event(EventKind.PARKED, place, payload=payload, data=data, **origin)
        again = self._asked_about(place, device=event.device, source=event.source)
        return Decision(
            outcome=Outcome.ASKED, text=question.words, events=(*again, event), code=payload, question=question
        )

    def _asked_about(self, place: LocationCount, **origin: Any) -> list[CountEvent]:
        """The events that take back what was asked about a location that was not open yet."""
        waiting = [] if place.round else list(place.parked.values())
        why = {"why": "answered, or asked again"}
        return [
            self._event(EventKind.VOIDED, place, ref=fact.seq, payload=fact.payload, data=why, **origin)
            for fact in waiting
        ]

    def _closed_for(self, place: LocationCount) -> Decision | None:
        """Why the next count of this location cannot begin."""
        if place.open:
            return _elsewhere(place.location)
        if place.round and not place.recount_due:
            return refused(f"{place.location} is counted: reopen it to correct it, or ask for a recount.")
        if any(self.operator in names for names in place.operators.values()):
            return _another_operator(place.location)
        return None


def _elsewhere(location: str) -> Decision:
    return refused(f"{location} is being counted at another station.")


def _another_operator(location: str) -> Decision:
    return refused(f"You counted {location} before: a recount is another operator's.")
