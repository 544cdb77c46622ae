"""From the symbols of a label to a decision: each alone, or joined with the one that the same device read just before.

A half of a label is journaled at once as PARKED, so that a crash or a time-out loses nothing; when its other half
comes, one decision voids what was parked and counts both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from scanstation.counting.asking import found_as_data
from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.events import CountEvent, EventKind
from scanstation.counting.joining import LabelJoiner, Meets, Seen, lacking, meet
from scanstation.counting.marks import Mark, mark_of
from scanstation.counting.packages import Package
from scanstation.counting.session import CountSession
from scanstation.identity import Identity, Names
from scanstation.station.asking import USUAL, AskRules, whether_same
from scanstation.station.beside import said_before, says, told_by
from scanstation.station.habits import ONE, SET, LabelHabit
from scanstation.station.judging import Judge
from scanstation.station.symbols import Symbol, payload_text, source_of, symbol_text
from scanstation.station.whole import what_counts
from scanstation.stock.catalogue import Catalogue, Found, Unresolved, WhyUnknown

_UNSURE = "part of a label, of the one counted just before or of the next:"
_USUAL_HABIT = LabelHabit()
_FACTS = (EventKind.COUNTED, EventKind.PARKED)


@dataclass(frozen=True, slots=True)
class LabelDesk:
    """Counts, parks or opens what labels name.

    ``rules`` say what is asked about first, ``habits`` by device how it gives the symbols of a label, ``usual`` is that
    of all others.
    """

    session: CountSession
    catalogue: Catalogue
    joiner: LabelJoiner
    rules: AskRules = USUAL
    habits: Mapping[str, LabelHabit] = field(default_factory=dict)
    usual: LabelHabit = _USUAL_HABIT

    def habit_of(self, device: str) -> LabelHabit:
        """How a device gives the symbols of a label."""
        return self.habits.get(device, self.usual)

    @property
    def judge(self) -> Judge:
        """Counts, asks or parks what a whole label names."""
        return Judge(self.session, self.catalogue, self.rules)

    def take(self, symbol: Symbol) -> Decision:
        """Judge the next symbol of a device."""
        before = self._before(symbol)
        how, both = (Meets.ALONE, symbol.identity) if before is None else meet(before, symbol.identity)
        if before is None or how is Meets.ALONE:
            return self._alone(symbol, before)
        match how:
            case Meets.AGAIN:
                return self._again(symbol, before)
            case Meets.UNSURE if self._within_set(symbol, before):
                return self._alone(replace(symbol, identity=both), before)
            case Meets.UNSURE:
                return self.park_half(symbol, _UNSURE)
            case Meets.HALF:
                return self._half(symbol, replace(before, identity=both), lacking(both) or "")
            case Meets.WHOLE:
                return self._whole(symbol, before, both)

    def count_package(
        self, symbols: tuple[Symbol, ...], package: Package, before: Seen | None, grown: Seen | None = None
    ) -> Decision:
        """Count a package by several symbols at once, in place of what ``before`` made; ``symbols`` are the new ones,
        the richest first, ``grown`` what the joiner knows of it."""
        first = symbols[0]
        origin = first.origin()
        others = [payload_text(symbol.read) for symbol in symbols[1:]]
        label = [*(before.payloads if before is not None else ()), *others]
        origin["data"] = {**first.data, **({"label": label} if label else {})}
        if before is not None:
            origin |= {"instead_of": before.facts, "times": before.times}
        times = self.session.pending or (before.times if before is not None else 1)
        decision = self.judge.found(package.found, origin, at=first.read.received_at)
        if (seen := _seen(first, decision, times, package)) is not None:
            self.joiner.add(first.read.device, seen, grown)
            self.joiner.remember(first.read.device, seen)
        return decision

    def still(self, seen: Seen) -> Seen | None:
        """What was made of a label, as long as it stands at the open location."""
        facts = tuple(known for fact in seen.facts if (known := self.session.standing(fact)) is not None)
        return replace(seen, facts=facts) if len(facts) == len(seen.facts) else None

    def park_half(self, symbol: Symbol, why: str) -> Decision:
        """Park a symbol that cannot stand alone, and wait for nothing."""
        return self._park(symbol, f"{why} {lacking(symbol.identity)}")

    def _before(self, symbol: Symbol) -> Seen | None:
        """What this device read just before, as long as it still stands at the open location."""
        before = self.joiner.before(symbol.read.device, symbol.at)
        return None if before is None else self.still(before)

    def _again(self, symbol: Symbol, before: Seen) -> Decision:
        if before.half:
            self.joiner.remember(symbol.read.device, replace(before, at=symbol.at))
            again = Decision(outcome=Outcome.UNKNOWN, text=_other_half(lacking(before.identity)))
        else:
            again = said_before(symbol.read, self.session.question)
        return self.session.tell(replace(again, code=payload_text(symbol.read)), symbol.read.read_id)

    def _alone(self, symbol: Symbol, before: Seen | None) -> Decision:
        lacks = lacking(symbol.identity)
        if lacks is not None:
            return self._half(symbol, None, lacks)
        if symbol.identity.names is Names.LOCATION:
            return self._open(symbol)
        found = what_counts(symbol.identity, self.session, self.catalogue)
        if isinstance(found, Unresolved):
            if found.why is WhyUnknown.CONTENTS_UNKNOWN and set(symbol.identity.elements) == {"00"}:
                return self._half(symbol, None, found.text)
            if before is not None and self._said_by(before, symbol):
                self.joiner.remember(symbol.read.device, replace(before, at=symbol.at))
                return self._again(symbol, before)
            parked = self.judge.unresolved(symbol.identity, found, symbol.origin(), symbol.read.received_at)
            if symbol.identity.names is Names.OTHER_GS1:
                return parked  # an order number and the like: a half that waits goes on waiting
            if before is not None and before.package is not None and symbol.identity.scheme == "text":
                self.joiner.remember(symbol.read.device, replace(before, at=symbol.at))
                return parked  # a web address and the like between two symbols of one label
            return self._remember(symbol, symbol.identity, parked)
        mark = mark_of(symbol.identity, found, (symbol_text(symbol),))
        if before is not None and before.package is not None and self._may_be_one(before, before.package, mark, symbol):
            grown = before.package.with_mark(mark)
            if self.habit_of(symbol.read.device).label_set == SET:
                if grown.found != before.package.found:
                    return self.count_package((symbol,), grown, before)
                self.joiner.remember(symbol.read.device, replace(before, package=grown, at=symbol.at))
                return self._again(symbol, before)
            if self._in_doubt(found, symbol):
                return self._ask_whether_same(symbol, found, before, grown)
        times = self.session.pending or 1
        decision = self.judge.found(found, symbol.origin(), at=symbol.read.received_at)
        if (seen := _seen(symbol, decision, times, Package((mark,)))) is not None:
            self.joiner.remember(symbol.read.device, seen)
        return decision

    def _said_by(self, before: Seen, symbol: Symbol) -> bool:
        """Whether this is the lot in plain text, or a small code of a field, of the label counted just before."""
        if before.package is None or self.habit_of(symbol.read.device).label_set == ONE:
            return False
        return not told_by(before.package).isdisjoint(says(symbol))

    def _within_set(self, symbol: Symbol, before: Seen) -> bool:
        """Whether one pull of the trigger gave both, as the settings of the device say."""
        habit = self.habit_of(symbol.read.device)
        return habit.label_set == SET and symbol.at.after(before.at) <= habit.set_us

    def _may_be_one(self, before: Seen, package: Package, mark: Mark, symbol: Symbol) -> bool:
        """Whether another symbol of the package that was counted just before may have been read."""
        habit = self.habit_of(symbol.read.device)
        if habit.label_set == ONE or (habit.label_set == SET and not self._within_set(symbol, before)):
            return False
        if self.session.pending is not None or package.has(mark):
            return False
        if mark.names_a_thing and any(one.names_a_thing for one in package.marks):
            return False  # both say themselves which thing they are of
        first, second = before.identity, symbol.identity
        told = first.quantity, second.quantity, *first.measures.values(), *second.measures.values()
        levels = first.names is second.names is Names.TRADE_ITEM and first.key != second.key
        if levels and habit.label_set != SET and all(value is None for value in told):
            return False  # a carton, then a piece of it: two scans on purpose
        return package.takes(mark)

    def _in_doubt(self, found: Found, symbol: Symbol) -> bool:
        """Whether this is to be asked about: not what is asked for its lot or serial anyway."""
        return self.judge.question(found, at=symbol.read.received_at) is None

    def _ask_whether_same(self, symbol: Symbol, found: Found, before: Seen, grown: Package) -> Decision:
        """One device gave two symbols of one item within the window: one package that wears both, or two?"""
        if not before.facts or any(fact.kind is not EventKind.COUNTED for fact in before.facts):
            return self.judge.found(found, symbol.origin(), at=symbol.read.received_at)
        origin = symbol.origin()
        same = {"facts": [fact.seq for fact in before.facts], "times": before.times, "label": list(before.payloads)}
        origin["data"] = {**symbol.data, "same": same | found_as_data(grown.found)}
        question = whether_same(found.lines[0].item.called)
        decision = self.session.ask(question, found, **origin)
        self.joiner.forget(symbol.read.device)
        return decision

    def _half(self, symbol: Symbol, before: Seen | None, lacks: str) -> Decision:
        """Park a symbol that cannot stand alone, and wait for the rest of its label."""
        times = self.session.pending or (before.times if before else 1)
        decision = self._park(symbol, f"half a label, scan its other barcode: {lacks}", times=times)
        if not decision.events:
            return decision
        self.joiner.remember(
            symbol.read.device,
            Seen(
                identity=before.identity if before else symbol.identity,
                facts=(*(before.facts if before else ()), *decision.events),
                times=times,
                at=symbol.at,
                half=True,
            ),
        )
        return replace(decision, text=_other_half(lacks))

    def _whole(self, symbol: Symbol, before: Seen, both: Identity) -> Decision:
        """Count the label in place of what its other symbols made."""
        if both.names is Names.LOCATION:
            return self._open(symbol)
        found = what_counts(both, self.session, self.catalogue)
        origin = symbol.origin()
        origin["data"] = {**symbol.data, "label": list(before.payloads)}
        origin |= {"instead_of": before.facts, "times": before.times}
        if isinstance(found, Unresolved):
            decision = self.judge.unresolved(both, found, origin, symbol.read.received_at)
        else:
            decision = self.judge.found(found, origin, at=symbol.read.received_at)
        if not decision.events:
            return decision
        self.joiner.forget(symbol.read.device)
        return decision

    def _remember(self, symbol: Symbol, identity: Identity, decision: Decision, times: int = 1) -> Decision:
        """Keep a label that was counted or parked whole: another symbol of it may follow."""
        facts = _facts_of(decision)
        if not facts:
            return decision
        self.joiner.remember(
            symbol.read.device, Seen(identity=identity, facts=facts, times=times, at=symbol.at, half=False)
        )
        return decision

    def _open(self, symbol: Symbol) -> Decision:
        key, read = symbol.identity.key, symbol.read
        place = self.catalogue.location(key)
        if place is None:
            return self.no_such(symbol, f"there is no location {key}")
        return self.session.open_location(
            place.location,
            payload=payload_text(read),
            device=read.device,
            source=source_of(read),
            read_id=read.read_id,
        )

    def no_such(self, symbol: Symbol, why: str) -> Decision:
        """Keep a label of ours that names nothing there is; before a location is open there is nowhere to keep it."""
        if self.session.location is not None:
            return self._park(symbol, why)
        told = Decision(outcome=Outcome.REFUSED, text=f"{why[0].upper()}{why[1:]}.", code=payload_text(symbol.read))
        return self.session.tell(told, symbol.read.read_id)

    def _park(self, symbol: Symbol, why: str, times: int = 1) -> Decision:
        units = (symbol.identity.unit,) if symbol.identity.unit is not None else ()
        return self.session.park(why=why, times=times, units=units, **symbol.origin())


def _seen(symbol: Symbol, decision: Decision, times: int, package: Package) -> Seen | None:
    """What is remembered of a label: also of one that counts already, for its other symbols may follow."""
    facts = _facts_of(decision)
    if not facts and decision.outcome is not Outcome.DUPLICATE:
        return None
    return Seen(
        identity=symbol.identity,
        facts=facts,
        times=times,
        at=symbol.at,
        half=False,
        package=package,
        trigger=symbol.read.trigger,
    )


def _facts_of(decision: Decision) -> tuple[CountEvent, ...]:
    """What a decision counted or parked."""
    return tuple(event for event in decision.events if event.kind in _FACTS)


def _other_half(lacks: str | None) -> str:
    return f"Half a label: scan its other barcode. {lacks or ''}".rstrip()
