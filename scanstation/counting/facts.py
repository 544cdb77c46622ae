"""Decisions that make facts at the open location: count, park, resolve."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from scanstation.counting.corrections import limits
from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.events import CountEvent, EventKind, Source
from scanstation.counting.seat import refused
from scanstation.counting.things import ThingDecisions, key_of, units_of, with_symbols
from scanstation.plural import how_many
from scanstation.stock.catalogue import MAX_QUANTITY, Found, Resolved
from scanstation.stock.model import Tracking

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_SHOWN = 3
"""Lines of a logistic unit that the card names."""


class FactDecisions(ThingDecisions):
    """What can be done at an open location.  Every method decides and returns; the station journals and applies."""

    def count(
        self,
        found: Found,
        *,
        payload: str,
        aim: str = "",
        device: str = "",
        source: Source = Source.SCAN,
        read_id: str | None = None,
        data: Mapping[str, Any] = _NOTHING,
        instead_of: Sequence[CountEvent] = (),
        times: int = 1,
        voided: str = "counted with the rest of its label",
    ) -> Decision:
        """Count what a scan or a typed code resolved to, times the keypad's quantity (or ``times``) where one waits.

        OK; DUPLICATE for a serial, a pack or a logistic unit that counts here already; UNKNOWN (parked) where it counts
        here with something else than this label says; REFUSED with the reason in words.  ``data`` goes into the events.
        The facts ``instead_of`` which this is counted (the other symbols of the label) are voided with it, also by a
        DUPLICATE; ``voided`` says why.
        """
        if again := self._again(read_id):
            return again
        found = self._same(found)
        times = self.pending or times
        if refusal := self._may_count_here() or self._too_many(found, times):
            return self._remember(read_id, self._card(refusal, found, payload))
        origin: dict[str, Any] = {"device": device, "source": source}
        told: dict[str, Any] = {"payload": payload, "aim": aim, "read_id": read_id}
        plates = self._parked_of(found, instead_of)
        voids = [self._void(fact, data={"why": voided}, **origin) for fact in (*instead_of, *plates)]
        known = self._counted_here(found)
        last = None if known is None else self._last_seen(found)
        if known and (last is None or last.seq not in {fact.seq for fact in instead_of}):
            if otherwise := self._said_otherwise(found):
                return self.park(why=otherwise, data=data, instead_of=instead_of, **origin, **told)
            if voids:
                voids[0] = replace(voids[0], read_id=read_id)
                known = replace(known, events=tuple(voids))
            return self._remember(read_id, self._card(known, found, payload))
        facts = self._facts(found, times, data=with_symbols(data, plates), **origin, **told)
        text, qty = self._count_text(found, times), sum(fact.qty for fact in facts)
        said = facts[0].data.get("said", "") if len(facts) == 1 else ""
        decision = Decision(outcome=Outcome.OK, text=text, events=(*voids, *facts), qty=qty, said=said)
        return self._card(decision, found, payload)

    def rfid_settled(
        self,
        found: Iterable[Found],
        *,
        device: str = "",
        read_id: str | None = None,
        by: str = "Sweep",
        evidence: Sequence[Mapping[str, Any]] = (),
    ) -> Decision:
        """Count what an RFID sweep found here: serialised units, packs and logistic units, those counted here left out.

        A tag without a serial of its own tells nothing apart and is left out.  ``evidence``, where it is given, is what
        to note in the data of each one's events, in the order of ``found``.
        """
        if again := self._again(read_id):
            return again
        if refusal := self._may_count_here():
            return self._remember(read_id, refusal)
        facts: list[CountEvent] = []
        known, moved, seen = 0, 0, set()
        ts = self._clock()
        for place, one in enumerate(map(self._same, found)):
            key = key_of(one)
            if key is None or key in seen:
                continue
            seen.add(key)
            if self._counted_here(one):
                known += 1
                continue
            moved += self._elsewhere(one) is not None
            key_of_delivery = None if facts else read_id
            counted = self._facts(one, 1, device=device, source=Source.RFID, read_id=key_of_delivery, ts=ts)
            noted = evidence[place] if evidence else {}
            facts += [replace(fact, data={**fact.data, **noted}) for fact in counted] if noted else counted
        units = sum(fact.qty for fact in facts)
        text = f"{by}: {how_many(units, 'unit')} counted"
        text += f", {known} already counted" if known else ""
        text += f", {moved} moved here from other places" if moved else ""
        outcome = Outcome.DUPLICATE if known and not facts else Outcome.OK
        return self._remember(read_id, Decision(outcome=outcome, text=text, events=tuple(facts), qty=units))

    def park(
        self,
        *,
        payload: str,
        why: str,
        aim: str = "",
        device: str = "",
        source: Source = Source.SCAN,
        read_id: str | None = None,
        data: Mapping[str, Any] = _NOTHING,
        instead_of: Sequence[CountEvent] = (),
        times: int = 1,
        units: Sequence[str] = (),
    ) -> Decision:
        """Keep a payload that names nothing we know, as it was read, until a person resolves it.

        UNKNOWN; REFUSED where nothing may be counted.  ``qty`` of the event is the keypad's quantity (or ``times``).
        ``data`` and ``instead_of`` are those of `count`; ``units`` are names of the unit that it is, the surest first.
        """
        if again := self._again(read_id):
            return again
        if refusal := self._may_count_here():
            return self._remember(read_id, refused(refusal.text, code=payload))
        qty = 1 if source is Source.RFID else self.pending or times
        origin = {"device": device, "source": source}
        voids = [self._void(fact, data={"why": "parked with the rest of its label"}, **origin) for fact in instead_of]
        noted = {"why": why, **({"units": list(units)} if units else {}), **data}
        what = {"payload": payload, "aim": aim, "read_id": read_id, "qty": qty, "data": noted}
        event = self._event(EventKind.PARKED, self._here(), **origin, **what)
        text = f"Not counted yet, kept for later: {why}"
        return Decision(outcome=Outcome.UNKNOWN, text=text, events=(*voids, event), code=payload, qty=qty)

    def tell(self, decision: Decision, read_id: str | None) -> Decision:
        """Answer a delivery that makes no event, the same each time that it comes."""
        return self._again(read_id) or self._remember(read_id, decision)

    def standing(self, fact: CountEvent) -> CountEvent | None:
        """The operator's fact of the open location as the journal numbered it.

        None when it was undone, is of elsewhere, or cannot be undone because others corrected or marked its line.
        """
        if self.audit is None or self.location is None or fact.operator != self.operator:
            return None
        for known in reversed(self._here().facts.values()):
            if known.ts < fact.ts:
                return None
            if replace(known, seq=fact.seq, prev=fact.prev, hash=fact.hash) == fact:
                return None if self._built_upon([known]) else known
        return None

    def facts_of(self, seqs: Collection[int]) -> tuple[CountEvent, ...]:
        """The facts of these numbers, where all of them stand at the open location and can be undone; else none."""
        here = self._here().facts if self.location is not None else {}
        facts = [here[seq] for seq in seqs if seq in here]
        return tuple(facts) if len(facts) == len(seqs) and self._built_upon(facts) is None else ()

    def took(self, payload: str) -> bool:
        """Whether a fact of the open location came of this payload."""
        return self.location is not None and any(fact.payload == payload for fact in self._here().facts.values())

    def resolve_parked(
        self, seq: int, item: str, qty: int, lot: str | None = None, serial: str | None = None
    ) -> Decision:
        """Say what a parked code is: it then counts at the place and in the round where it was read.

        REFUSED in a recount to whoever counted the place before.
        """
        parked = next((event for event in self.parked if event.seq == seq), None)
        single = None if parked is None or units_of(parked) else serial
        if refusal := self._may_count() or self._unfit(single, qty):
            return refusal
        if parked is None:
            return refused("This code is not waiting: it was resolved, undone, or its location was recounted.")
        place = self._audit().location(parked.location)
        if not place.round:
            return refused(f"{place.location} is not part of this audit: scan its label, and answer yes to count it.")
        if place.counted_before(self.operator or ""):
            why = f"{place.location} was recounted, and you counted it before"
            return refused(f"{why}: another operator must resolve this code.")
        name, (last, names) = self.name_of(item), self._resolved_as(parked, item, serial)
        if last is not None and (last.location, last.round) == (place.location, place.round):
            which = f"unit {names['unit']}" if "unit" in names else f"serial {serial}"
            return Decision(outcome=Outcome.DUPLICATE, text=f"Already counted: {name}, {which}")
        what = {"item": item, "qty": qty, "lot": lot, "serial": serial, "ref": seq, "payload": parked.payload}
        how: dict[str, Any] = {"source": Source.BUTTON, "aim": parked.aim, "data": names}
        event = self._event(EventKind.RESOLVED, place, **what, **how)
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

    # -- helpers ----------------------------------------------------------------------------------------------

    def _facts(
        self, found: Found, times: int, *, read_id: str | None, data: Mapping[str, Any] = _NOTHING, **fields: Any
    ) -> list[CountEvent]:
        """One COUNTED event a line; the first keeps the key of the delivery, and all have one time."""
        fields = {"ts": self._clock()} | fields
        events: list[CountEvent] = []
        for line in found.lines:
            what = {"item": line.item.item, "lot": line.lot, "serial": line.serial, "qty": line.quantity * times}
            issuer = line.issuer if line.serial else None
            told = (("expiry", line.expiry), ("unit", line.unit), ("issuer", issuer), ("said", _said(line, times)))
            notes = {name: value for name, value in told if value}
            key = None if events else read_id
            more = {"data": {**notes, **data}, "read_id": key}
            events.append(self._event(EventKind.COUNTED, self._here(), **what, **more, **fields))
        return events

    def _too_many(self, found: Found, times: int) -> Decision | None:
        if found.unit is not None and times != 1:
            return refused(f"A pack or logistic unit is one, not {times}: clear the quantity and scan again.")
        serial = None if found.unit is not None else found.lines[0].serial
        refusals = (self._unfit(serial, line.quantity * times) for line in found.lines)
        return next((refusal for refusal in refusals if refusal), None)

    def _unfit(self, serial: str | None, qty: int) -> Decision | None:
        if serial is not None and qty != 1:
            return refused(f"A serial number is one unit, not {qty}: clear the quantity and scan again.")
        if not 1 <= qty <= MAX_QUANTITY:
            return refused(limits(qty, 1))
        return None

    def _count_text(self, found: Found, times: int) -> str:
        lines = [f"{line.quantity * times} × {line.item.called}" for line in found.lines]
        text = ", ".join(lines[:_SHOWN]) + (f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else "")
        if len(lines) > 1:
            text = f"Logistic unit {found.unit}: {text}"
        if place := self._elsewhere(found):
            text += f", moved here: it was counted at {place}"
        if any(line.item.tracking is Tracking.LOT and line.lot is None for line in found.lines):
            text += ", no lot on this label"
        return text

    def _card(self, decision: Decision, found: Found, payload: str) -> Decision:
        """Fill the card; of several lines it names none."""
        if len(found.lines) > 1:
            return replace(decision, code=payload)
        (line,) = found.lines
        return replace(
            decision,
            code=payload,
            item=line.item.item,
            name=line.item.name,
            lot=line.lot,
            serial=line.serial,
        )


def _said(line: Resolved, times: int) -> str:
    """What the label said and what was made of it, with the keypad's part in it."""
    if times == 1 or line.quantity == 1:
        return line.said
    product = f"{times} × {line.quantity} = {times * line.quantity}"
    return f"{line.said}; {product}" if line.said else product
