"""Decisions that make facts at the open location: count, park, resolve, correct, mark, undo."""

from collections.abc import Iterable
from typing import Any

from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.events import CountEvent, EventKind, Source
from scanstation.counting.seat import MAX_QUANTITY, Seat, refused
from scanstation.stock.catalogue import Resolved
from scanstation.stock.model import StockStatus, Tracking


class FactDecisions(Seat):
    """What can be done at an open location.  Every method decides and returns; the station journals and applies."""

    def count(
        self,
        unit: Resolved,
        *,
        payload: str,
        aim: str = "",
        device: str = "",
        source: Source = Source.SCAN,
        read_id: str | None = None,
    ) -> Decision:
        """Count what a scan or a typed code resolved to, times the keypad's quantity where one waits.

        OK; DUPLICATE for a serial that counts here already; REFUSED with the reason in words.
        """
        if again := self._again(read_id):
            return again
        qty = unit.quantity * (self.pending or 1)
        if refusal := self._may_count_here() or self._unfit(unit.serial, qty) or self._counted_here(unit):
            return self._remember(read_id, self._card(refusal, unit, payload))
        event = self._fact(unit, qty, payload=payload, aim=aim, device=device, source=source, read_id=read_id)
        decision = Decision(outcome=Outcome.OK, text=self._count_text(unit, qty), events=(event,), qty=qty)
        return self._card(decision, unit, payload)

    def rfid_settled(self, units: Iterable[Resolved], *, device: str = "", read_id: str | None = None) -> Decision:
        """Count the serialised units that an RFID sweep found here: one fact each, those that count here left out."""
        if again := self._again(read_id):
            return again
        if refusal := self._may_count_here():
            return self._remember(read_id, refusal)
        events: list[CountEvent] = []
        known, moved, seen = 0, 0, set()
        ts = self._clock()
        for unit in units:
            key = (unit.item.item, unit.serial)
            if unit.serial is None or key in seen:
                continue
            seen.add(key)
            if self._counted_here(unit):
                known += 1
                continue
            moved += self._elsewhere(unit) is not None
            fact = self._fact(unit, 1, device=device, source=Source.RFID, read_id=None if events else read_id, ts=ts)
            events.append(fact)
        text = f"Sweep: {len(events)} units counted"
        text += f", {known} already counted" if known else ""
        text += f", {moved} moved here from other places" if moved else ""
        outcome = Outcome.DUPLICATE if known and not events else Outcome.OK
        return self._remember(read_id, Decision(outcome=outcome, text=text, events=tuple(events), qty=len(events)))

    def park(
        self,
        *,
        payload: str,
        why: str,
        aim: str = "",
        device: str = "",
        source: Source = Source.SCAN,
        read_id: str | None = None,
    ) -> Decision:
        """Keep a payload that names nothing we know, as it was read, until a person resolves it.

        UNKNOWN; REFUSED where nothing may be counted.  ``qty`` of the event is the keypad's quantity, 1 without one.
        """
        if again := self._again(read_id):
            return again
        if refusal := self._may_count_here():
            return self._remember(read_id, refused(refusal.text, code=payload))
        qty = 1 if source is Source.RFID else self.pending or 1
        origin = {"payload": payload, "aim": aim, "device": device, "source": source, "read_id": read_id}
        event = self._event(EventKind.PARKED, self._here(), qty=qty, data={"why": why}, **origin)
        text = f"Not counted yet, kept for later: {why}"
        return Decision(outcome=Outcome.UNKNOWN, text=text, events=(event,), code=payload, qty=qty)

    def resolve_parked(
        self, seq: int, item: str, qty: int, lot: str | None = None, serial: str | None = None
    ) -> Decision:
        """Say what a parked code is: it then counts at the place and in the round where it was read."""
        if refusal := self._may_count() or self._unfit(serial, qty):
            return refusal
        parked = next((event for event in self.parked if event.seq == seq), None)
        if parked is None:
            return refused("This code is not waiting: it was resolved, undone, or its location was recounted.")
        place = self._audit().location(parked.location)
        last = None if serial is None else self._audit().last_seen(item, serial)
        name = self._name_of(item)
        if last is not None and (last.location, last.round) == (place.location, place.round):
            return Decision(outcome=Outcome.DUPLICATE, text=f"Already counted: {name}, serial {serial}")
        fields = {"item": item, "qty": qty, "lot": lot, "serial": serial, "ref": seq, "payload": parked.payload}
        event = self._event(EventKind.RESOLVED, place, source=Source.BUTTON, aim=parked.aim, **fields)
        return Decision(
            outcome=Outcome.OK,
            text=f"Resolved: {qty} × {name} at {place.location}",
            events=(event,),
            code=parked.payload or "",
            item=item,
            name=name,
            lot=lot,
            serial=serial,
            qty=qty,
        )

    def correct_line(self, item: str, lot: str | None, qty: int, *, read_id: str | None = None) -> Decision:
        """Bring a line of the open location to ``qty``: the event holds the signed difference."""
        if again := self._again(read_id):
            return again
        if refusal := self._may_count_here():
            return self._remember(read_id, refusal)
        name, line = self._name_of(item), self._here().lines.get((item, lot))
        if line is None:
            return refused(f"There is no line of {name} here to correct: scan it.")
        if not 0 <= qty <= MAX_QUANTITY:
            return refused(_limits(qty, 0))
        if line.serials:
            return refused(f"{name} is counted by serial number here: scan units, or undo them, one by one.")
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
        name, line = self._name_of(item), self._here().lines.get((item, lot))
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
        """Compensate the operator's last fact at this location that still stands; a sweep is undone as a whole."""
        if again := self._again(read_id):
            return again
        if refusal := self._may_count_here():
            return self._remember(read_id, refusal)
        facts = self._undoable()
        if not facts:
            return self._remember(read_id, refused(f"There is nothing of yours to undo at {self.location}."))
        events: list[CountEvent] = []
        for fact in facts:
            what = {"ref": fact.seq, "item": fact.item, "lot": fact.lot, "serial": fact.serial, "qty": fact.qty}
            origin = {"device": device, "source": source, "read_id": None if events else read_id}
            events.append(self._event(EventKind.VOIDED, self._here(), payload=fact.payload, **what, **origin))
        last = facts[0]
        name = None if last.item is None else self._name_of(last.item)
        text = f"Undone: {sum(fact.qty for fact in facts)} × {name or last.payload}"
        if len(facts) > 1:
            text = f"Undone: a sweep of {len(facts)} units"
        return Decision(
            outcome=Outcome.OK, text=text, events=tuple(events), code=last.payload or "", item=last.item, name=name
        )

    @property
    def can_undo(self) -> bool:
        """Whether `undo` would do something."""
        return self._may_count_here() is None and bool(self._undoable())

    # -- helpers ----------------------------------------------------------------------------------------------

    def _undoable(self) -> list[CountEvent]:
        """The operator's last standing fact here; with it the rest of its sweep, the newest first."""
        own = (fact for fact in reversed(self._here().facts.values()) if fact.operator == self.operator)
        last = next(own, None)
        if last is None or last.source is not Source.RFID:
            return [] if last is None else [last]
        return [last] + [fact for fact in own if fact.source is Source.RFID and fact.ts == last.ts]

    def _fact(self, unit: Resolved, qty: int, **fields: Any) -> CountEvent:
        what = {"item": unit.item.item, "lot": unit.lot, "serial": unit.serial, "qty": qty}
        data = {"expiry": unit.expiry} if unit.expiry else {}
        return self._event(EventKind.COUNTED, self._here(), data=data, **what, **fields)

    def _unfit(self, serial: str | None, qty: int) -> Decision | None:
        if serial is not None and qty != 1:
            return refused(f"A serial number is one unit, not {qty}: clear the quantity and scan again.")
        if not 1 <= qty <= MAX_QUANTITY:
            return refused(_limits(qty, 1))
        return None

    def _counted_here(self, unit: Resolved) -> Decision | None:
        last = None if unit.serial is None else self._audit().last_seen(unit.item.item, unit.serial)
        if last is None or (last.location, last.round) != (self.location, self._here().round):
            return None
        return Decision(outcome=Outcome.DUPLICATE, text=f"Already counted: {unit.item.name}, serial {unit.serial}")

    def _elsewhere(self, unit: Resolved) -> str | None:
        """Where else the unit counted last in this audit."""
        last = None if unit.serial is None else self._audit().last_seen(unit.item.item, unit.serial)
        return None if last is None or last.location == self.location else last.location

    def _count_text(self, unit: Resolved, qty: int) -> str:
        text = f"{qty} × {unit.item.name}"
        if place := self._elsewhere(unit):
            text += f", moved here: it was counted at {place}"
        if unit.item.tracking is Tracking.LOT and unit.lot is None:
            text += ", no lot on this label"
        return text

    def _card(self, decision: Decision, unit: Resolved, payload: str) -> Decision:
        return Decision(
            outcome=decision.outcome,
            text=decision.text,
            events=decision.events,
            code=payload,
            item=unit.item.item,
            name=unit.item.name,
            lot=unit.lot,
            serial=unit.serial,
            qty=decision.qty,
        )

    def _line(self, text: str, item: str, lot: str | None, qty: int, *events: CountEvent) -> Decision:
        name = self._name_of(item)
        return Decision(outcome=Outcome.OK, text=text, events=events, item=item, name=name, lot=lot, qty=qty)


def _limits(qty: int, least: int) -> str:
    if qty > MAX_QUANTITY:
        return f"{qty} is no quantity (at most {MAX_QUANTITY:,}): did a barcode land in the quantity field?"
    return f"{qty} is no quantity: it must be {least} or more."
