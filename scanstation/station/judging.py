"""From what a whole label names to a decision: count it, ask first, or park it with the reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from scanstation.counting.asking import found_as_data
from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.question import Question, QuestionKind
from scanstation.counting.session import CountSession
from scanstation.identity import Identity
from scanstation.identity.plates import names_a_unit
from scanstation.station.asking import AskRules, which_item
from scanstation.station.whole import another_unit
from scanstation.stock.catalogue import Catalogue, Code, Content, Found, Unresolved, WhyUnknown
from scanstation.stock.model import Item, Location
from scanstation.stock.quantity import unmeasured
from scanstation.stock.resolve import resolve

_UNMEASURED = (WhyUnknown.MEASURE_MISSING, WhyUnknown.QUANTITY_MISSING)
"""Why a label whose item is known does not count yet: how much of it is asked."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Decides about labels that are whole.  Nothing is written here."""

    session: CountSession
    catalogue: Catalogue
    rules: AskRules

    def found(
        self,
        label: Found,
        origin: Mapping[str, Any],
        *,
        at: int,
        answers: Mapping[str, Any] = MappingProxyType({}),
        **how: Any,
    ) -> Decision:
        """Count what a label names, or ask first what is to be asked about it.

        ``origin`` says where it comes from, ``at`` when, ``answers`` what was answered about it, by kind of question;
        ``how`` is that of `CountSession.count`.
        """
        session, found = self.session, self.rules.dated(label)
        kept = dict(origin) | {"data": {**origin["data"], **({"answers": dict(answers)} if answers else {})}} | how
        question = self.question(found, at=at, times=kept.get("times", 1), answered=answers)
        unknown_measure = any(not line.quantity for line in found.lines)
        decision = None if question is not None and unknown_measure else session.count(found, **kept)
        if question is None or (decision is not None and decision.outcome is not Outcome.OK):
            assert decision is not None
            return decision
        kept.pop("voided", None)
        return session.ask(question, found, **kept)

    def question(
        self, found: Found, *, at: int, times: int = 1, answered: Mapping[str, Any] = MappingProxyType({})
    ) -> Question | None:
        """What is asked before this counts; ``times`` unless the keypad says otherwise."""
        session, found = self.session, self.rules.dated(found)
        place, times = session.location or "", session.pending or times
        question = self.rules.question(found, times, at=at, answered=answered, location=place, blind=session.blind)
        if question is None and QuestionKind.SAME not in answered:
            question = another_unit(found, session)
        return question

    def unresolved(self, identity: Identity, found: Unresolved, origin: Mapping[str, Any], at: int) -> Decision:
        """Ask which item it is or how much of it, where that is all that is missing; else park it."""
        codes = {code.item: code for code in found.candidates}
        unmeasured = found.why in _UNMEASURED and len(codes) == 1
        line = self._unmeasured(identity, next(iter(codes))) if unmeasured else None
        if line is not None:
            return self.found(line, origin, at=at)
        if found.why is WhyUnknown.AMBIGUOUS:
            choices = {item: self._chosen(identity, item) for item in codes}
            known = {item: found_as_data(one) for item, one in choices.items() if one is not None}
            question = which_item(tuple(known), self.session.name_of)
            if question is not None:
                data = {**origin["data"], "choices": known}
                return self.session.ask(question, **(dict(origin) | {"data": data}))
        units = found.units if found.units or identity.unit is None else (identity.unit,)
        named = identity.unit is not None or names_a_unit(units)
        return self.session.park(why=found.text, units=units if named else (), **origin)

    def _chosen(self, identity: Identity, item: str) -> Found | None:
        """What the label counts when its code means this item."""
        found = resolve(identity, _OneMeaning(self.catalogue, item))
        if not isinstance(found, Unresolved):
            return found
        return self._unmeasured(identity, item) if found.why in _UNMEASURED else None

    def _unmeasured(self, identity: Identity, item: str) -> Found | None:
        """What the label counts, its measure not known yet (0), or as which it counts in this audit already."""
        known = self.catalogue.item(item)
        if known is None:
            return None
        found = unmeasured(identity, known)
        return (None if found.unit is None else self.session.known((found.unit,))) or found


@dataclass(frozen=True, slots=True)
class _OneMeaning:
    """A catalogue in which every code means one item, if it may."""

    catalogue: Catalogue
    chosen: str

    def codes(self, code: str) -> Sequence[Code]:
        return [one for one in self.catalogue.codes(code) if one.item == self.chosen]

    def item(self, item: str) -> Item | None:
        return self.catalogue.item(item) if item == self.chosen else None

    def location(self, location: str) -> Location | None:
        return self.catalogue.location(location)

    def contents(self, unit: str) -> Sequence[Content]:
        return self.catalogue.contents(unit)

    def packed_in(self, unit: str) -> str | None:
        return self.catalogue.packed_in(unit)

    def packed_units(self, unit: str) -> Sequence[str]:
        return self.catalogue.packed_units(unit)
