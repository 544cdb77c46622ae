"""Decisions that put right what was counted at the open location: correct a line, mark units, undo."""

from itertools import takewhile
from typing import Any

from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.events import CountEvent, EventKind, Source
from scanstation.counting.ledger import LineCount, LineKey
from scanstation.counting.seat import Seat, refused
from scanstation.stock.catalogue import MAX_QUANTITY
from scanstation.stock.model import StockStatus

_NO_LINE = LineCount()


class CorrectionDecisions(Seat):
    """What can be taken back or said better at an open location."""

    def correct_line(self, item: str, lot: str | None, qty: int, *, read_id: str | None = None) -> Decision:
        """Bring a line of the open location to ``qty``: the event holds the signed difference."""
        if again := self._again(read_id):
            return again
        if refusal := self._may_count_here():
            return self._remember(read_id, refusal)
        name, line = self.name_of(item), self._here().lines.get((item, lot))
        if line is None:
            return refused(f"There is no line of {name} here to correct: scan it.")
        if not 0 <= qty <= MAX_QUANTITY:
            return refused(limits(qty, 0))
        if line.serials:
            return refused(f"{name} is counted by serial number here: scan units, or undo them, one by one.")
        if line.whole:
            return refused(f"{name} is counted here in packs or logistic units: undo those, and count their content.")
        if qty < line.marked:
            return refused(f"{line.marked} units of {name} are marked damaged or quarantined: undo that first.")
        if qty == line.qty:
            return self._line(f"Unchanged: {qty} × {name}", item, lot, qty)
        fields = {"item": item, "lot": lot, "qty": qty - line.qty, "source": Source.BUTTON, "read_id": read_id}
        event = self._event(EventKind.CORRECTED, self._here(), **fields)
        return self._line(f"Corrected: {qty} × {name} (was {line.qty})", item, lot, qty, event)

    def mark(self, item: str, lot: str | None, qty: int, status: str, *, read_id: str | None = None) -> Decision:
        """Say that ``qty`` more of a line's units are ``damaged`` or ``quarantined``; undo takes it back."""
        if again := self._again(read_id):
            return again
        if refusal := self._may_count_here():
            return self._remember(read_id, refusal)
        name, line = self.name_of(item), self._here().lines.get((item, lot))
        if status not in (StockStatus.DAMAGED, StockStatus.QUARANTINED):
            return refused(f"A unit can be marked damaged or quarantined, not {status}.")
        if line is None:
            return refused(f"There is no line of {name} here to mark: count it first.")
        if not 1 <= qty <= line.qty - line.marked:
            return refused(f"{line.qty - line.marked} units of {name} can be marked here, not {qty}.")
        fields = {"item": item, "lot": lot, "qty": qty, "status": status, "source": Source.BUTTON, "read_id": read_id}
        event = self._event(EventKind.MARKED, self._here(), **fields)
        return self._line(f"Marked {status}: {qty} × {name}", item, lot, qty, event)

    def undo(self, *, device: str = "", source: Source = Source.BUTTON, read_id: str | None = None) -> Decision:
        """Compensate the operator's last fact at this location that still stands; a sweep and a
        logistic unit are undone as a whole.  REFUSED where another operator corrected or marked what it counted."""
        if again := self._again(read_id):
            return again
        if refusal := self._may_count_here():
            return self._remember(read_id, refusal)
        facts = self._undoable()
        if not facts:
            return self._remember(read_id, refused(f"There is nothing of yours to undo at {self.location}."))
        if refusal := self._built_upon(facts):
            return self._remember(read_id, refusal)
        origin = {"device": device, "source": source}
        events = [self._void(fact, read_id=None if place else read_id, **origin) for place, fact in enumerate(facts)]
        last = facts[0]
        name = None if last.item is None else self.name_of(last.item)
        return Decision(
            outcome=Outcome.OK,
            text=_undone(facts, name),
            events=tuple(events),
            code=last.payload or "",
            item=last.item,
            name=name,
        )

    @property
    def can_undo(self) -> bool:
        """Whether the operator has something to undo here; `undo` may still ask for something else first."""
        return self._may_count_here() is None and bool(self._undoable())

    # -- helpers ----------------------------------------------------------------------------------------------

    def _undoable(self) -> list[CountEvent]:
        """The operator's last standing fact here, and what was counted with it in one go, the newest first."""
        own = (fact for fact in reversed(self._here().facts.values()) if fact.operator == self.operator)
        last = next(own, None)
        if last is None:
            return []
        return [last, *takewhile(lambda fact: _together(fact, last), own)]

    def _built_upon(self, facts: list[CountEvent]) -> Decision | None:
        """Why these facts, the newest first, cannot be voided: a line would be below zero, or below what is marked."""
        here = self._here()
        lines = here.lines_without(facts)
        for key in dict.fromkeys((fact.item, fact.lot) for fact in facts if fact.item is not None):
            line = lines.get(key, _NO_LINE)
            if line.short > here.lines.get(key, _NO_LINE).short:
                return refused(self._first(key, line, facts))
        return None

    def _first(self, key: LineKey, line: LineCount, undone: list[CountEvent]) -> str:
        """What is to be done before a line can come to this."""
        marked = line.marked > max(line.qty, 0)
        kind = EventKind.MARKED if marked else EventKind.CORRECTED
        seqs = {fact.seq for fact in undone}
        standing = (fact for fact in reversed(self._here().facts.values()) if fact.seq not in seqs)
        last = next((fact for fact in standing if fact.kind is kind and (fact.item, fact.lot) == key), None)
        name, who = self.name_of(key[0]), last.operator if last is not None else "another operator"
        if marked:
            return f"{line.marked} units of {name} are marked damaged or quarantined: {who} must undo that first."
        if line.serials or line.whole:
            return f"{who} corrected {name} here since you counted it: {who} must undo that first."
        return f"{who} corrected {name} here since you counted it: correct the line, or {who} must undo that first."

    def _void(self, fact: CountEvent, **fields: Any) -> CountEvent:
        """The event that compensates a fact of the open location."""
        what = {"ref": fact.seq, "item": fact.item, "lot": fact.lot, "serial": fact.serial, "qty": fact.qty}
        return self._event(EventKind.VOIDED, self._here(), payload=fact.payload, **what, **fields)

    def _line(self, text: str, item: str, lot: str | None, qty: int, *events: CountEvent) -> Decision:
        name = self.name_of(item)
        return Decision(outcome=Outcome.OK, text=text, events=events, item=item, name=name, lot=lot, qty=qty)


def _together(fact: CountEvent, last: CountEvent) -> bool:
    """Whether two facts come from one sweep, or from one scan of a logistic unit."""
    if fact.ts != last.ts:
        return False
    if last.source is Source.RFID:
        return fact.source is Source.RFID
    return "unit" in last.data and fact.data.get("unit") == last.data["unit"]


def _undone(facts: list[CountEvent], name: str | None) -> str:
    units, last = sum(fact.qty for fact in facts), facts[0]
    if len(facts) == 1:
        return f"Undone: {units} × {name or last.payload}"
    if last.source is Source.RFID:
        return f"Undone: a sweep of {units} units"
    return f"Undone: logistic unit {last.data['unit']}, {units} units"


def limits(qty: int, least: int) -> str:
    """Why ``qty`` is out of bounds."""
    if qty > MAX_QUANTITY:
        return f"{qty} is no quantity (at most {MAX_QUANTITY:,}): did a barcode land in the quantity field?"
    return f"{qty} is no quantity: it must be {least} or more."
