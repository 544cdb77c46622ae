"""What is told apart from all others, and whether it was counted before."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from scanstation.counting.corrections import CorrectionDecisions
from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.events import CountEvent
from scanstation.counting.sameness import as_counted, doubt, named
from scanstation.counting.visits import Thing, issuer_of
from scanstation.identity.plates import other_names
from scanstation.stock.catalogue import Found, Resolved


class ThingDecisions(CorrectionDecisions):
    """What the audit knows of serialised units, packs and logistic units."""

    def known(self, names: Sequence[str]) -> Found | None:
        """What a unit was counted as in this audit that may be called any of ``names``; None where none was."""
        unit = None if self.audit is None else self._audit().known.counted_as(names)
        return None if unit is None else as_counted(self._audit().known.visit_of(unit), self.name_of)

    def counted_at(self, unit: str) -> str | None:
        """Where a unit counts in this audit; None where it was not counted."""
        name = None if self.audit is None else self._audit().known.counted_as((unit,))
        last = None if name is None else self._audit().known.last_seen_unit(name)
        return None if last is None else last.location

    def doubt(self, found: Found) -> CountEvent | None:
        """The fact that may be of the same thing under another number of its item, and may be of another thing."""
        if self.audit is None or len(found.lines) != 1 or (line := found.lines[0]).serial is None:
            return None
        return doubt(line, self._audit().known.standing(line.item.item, line.serial))

    # -- helpers ----------------------------------------------------------------------------------------------

    def _same(self, found: Found) -> Found:
        """Name a thing as it was named when it was counted before, so that it stays one thing in the journal."""
        if found.unit is not None:
            name = self._audit().known.counted_as((found.unit,)) if self.audit is not None else None
            return found if name in (None, found.unit) else named(found, name)
        (line,) = found.lines
        if line.serial is None or self.audit is None:
            return found
        last = self._audit().known.last_seen(line.item.item, line.serial, line.issuer)
        return found if last is None else replace(line, issuer=issuer_of(last))

    def _parked_of(self, found: Found, but: Sequence[CountEvent]) -> list[CountEvent]:
        """The operator's parked reads of this very unit here, ``but`` these: its label tells what they did not."""
        own = [one for one in self._here().parked.values() if one.operator == self.operator and one not in but]
        if found.unit is None:
            return [one for one in own if _names_serial(one, found.lines[0])]
        names = {found.unit, *other_names(found.unit)}
        return [one for one in own if names & set(one.data.get("units", ()))]

    def _resolved_as(
        self, parked: CountEvent, item: str, serial: str | None
    ) -> tuple[CountEvent | None, dict[str, str]]:
        """Where what a parked code is said to be counted last, and the names to journal of it."""
        known, units = self._audit().known, units_of(parked)
        issuer = asked_issuer(parked, item, serial) if serial is not None else None
        if units:
            unit = known.counted_as(units) or units[0]
            return known.last_seen_unit(unit), {"unit": unit} | ({} if issuer is None else {"issuer": issuer})
        last = known.last_seen(item, serial, issuer) if serial is not None else None
        issuer = issuer if last is None else issuer_of(last)
        return last, {} if issuer is None else {"issuer": issuer}

    def _last_seen(self, found: Found) -> CountEvent | None:
        """Where the serialised unit, pack or logistic unit counted last in this audit."""
        if found.unit is not None:
            return self._audit().known.last_seen_unit(found.unit)
        (line,) = found.lines
        return None if line.serial is None else self._audit().known.last_seen(line.item.item, line.serial, line.issuer)

    def _counted_here(self, found: Found) -> Decision | None:
        last = self._last_seen(found)
        if last is None or (last.location, last.round) != (self.location, self._here().round):
            return None
        return Decision(outcome=Outcome.DUPLICATE, text=f"Already counted: {_named(found)}")

    def _said_otherwise(self, found: Found) -> str | None:
        """Why a label of a unit that counts here is not the one that was counted: it names other goods, or states
        another quantity.  What is marked damaged is still in it."""
        if found.unit is None:
            return None
        counted: dict[str, int] = {}
        for fact in self._audit().known.visit_of(found.unit):
            counted[fact.item or ""] = counted.get(fact.item or "", 0) + fact.qty
        for line in found.lines:
            held = counted.get(line.item.item)
            if held is None or (line.said and held != line.quantity):
                listed = ", ".join(f"{qty} × {self.name_of(item)}" for item, qty in counted.items())
                here = f"{line.quantity} × {line.item.called}"
                return f"unit {found.unit} was counted here with {listed}, and this label says {here}: which is right?"
        return None

    def _elsewhere(self, found: Found) -> str | None:
        """Where else it counted last in this audit."""
        last = self._last_seen(found)
        return None if last is None or last.location == self.location else last.location


def key_of(found: Found) -> Thing | None:
    """What tells it apart from all others, if anything does."""
    if found.unit is not None:
        return (found.unit,)
    (line,) = found.lines
    return None if line.serial is None else (line.item.item, line.serial, line.issuer or "")


def _named(found: Found) -> str:
    if len(found.lines) > 1:
        return f"logistic unit {found.unit}"
    (line,) = found.lines
    return f"{line.item.called}, serial {line.serial}" if line.serial else f"{line.item.called}, unit {found.unit}"


def with_symbols(data: Mapping[str, Any], reads: Sequence[CountEvent]) -> Mapping[str, Any]:
    """What an event notes, with these reads as further symbols of its label; one that was read twice is one."""
    symbols = [symbol for read in reads for symbol in (*read.data.get("label", ()), read.payload)]
    return {**data, "label": list(dict.fromkeys([*data.get("label", ()), *symbols]))} if symbols else data


def units_of(parked: CountEvent) -> tuple[str, ...]:
    """The names of the unit that a parked code is, the surest first: as it was read, or as what it is asked about."""
    asked = parked.data.get("unit_asked")
    return tuple(parked.data.get("units", ())) or (() if asked is None else (str(asked),))


def _names_serial(parked: CountEvent, line: Resolved) -> bool:
    """Whether a label that was asked about is of this very serial number."""
    if line.serial is None or line.issuer is None or "unit_asked" in parked.data:
        return False
    told = [(one.get("item"), one.get("serial"), one.get("issuer")) for one in parked.data.get("lines", ())]
    return told == [(line.item.item, line.serial, line.issuer)]


def asked_issuer(parked: CountEvent, item: str, serial: str) -> str | None:
    """Whose serial it is that a parked label named itself (`found_as_data`)."""
    lines = [line for line in parked.data.get("lines", ()) if (line.get("item"), line.get("serial")) == (item, serial)]
    return lines[0].get("issuer") if len(lines) == 1 else None
