"""The street of one read: bytes -> identity -> item x quantity -> count event -> verdict.

Each step is one call into the next room; what comes back is the decision that beeps and lights up.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from drivers import Carrier, Read
from drivers.protocols.eci import without_eci
from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.events import CountEvent, Source
from scanstation.counting.question import Answer, Standing
from scanstation.identity import (
    NO_REPAIR,
    Identity,
    IdentityError,
    IdentityReason,
    LabelPrefixes,
    Names,
    Repair,
    checks_itself,
    identify,
    own_reading,
    repair,
    spelt,
)
from scanstation.station.answering import AnswerDesk
from scanstation.station.commands import is_command
from scanstation.station.devices import WEDGE
from scanstation.station.habits import Rereads, same_read
from scanstation.station.keypad import Keypad
from scanstation.station.labelling import LabelDesk
from scanstation.station.picture_folder import seen_in
from scanstation.station.sets import Label, SetDesk
from scanstation.station.symbols import Symbol, origin_of, payload_text, source_of
from scanstation.stock.catalogue import Unresolved
from scanstation.stock.own_numbers import is_listed, weigh

_MISREAD = {IdentityReason.CHECK_DIGIT, IdentityReason.EMPTY, IdentityReason.DAMAGED}
"""Faults of the reading where the symbol does not check itself: shown red, to be scanned again.  Else it is parked."""


@dataclass(frozen=True, slots=True)
class Step:
    """One label of a set: its reads, the one that tells most first, and what decides about it."""

    reads: tuple[Read, ...]
    decide: Callable[[], Decision]


Otherwise = Callable[[Standing | None], Decision]
"""Decides about a read that is no symbol of a label; the question that stands may be answered by it."""


@dataclass(frozen=True, slots=True)
class Street:
    """Takes a read of a barcode or of typed text to a decision.

    ``commands`` runs the word of a command label; ``badge`` takes the number of an operator's badge, and ``is_badge``
    says whether anybody has it; ``repairs`` says by device what it does to its payloads, ``region`` whose rules
    in-store numbers follow; ``rereads`` remembers the last read of each device.
    """

    desk: LabelDesk
    labels: LabelPrefixes
    region: str | None
    repairs: Mapping[str, Repair]
    commands: Callable[[str, Read], Decision]
    badge: Callable[[str], Decision]
    is_badge: Callable[[str], bool]
    rereads: Rereads

    def decide(self, read: Read) -> Decision:
        """Judge one read; nothing is written here.

        The same symbol again at once is the same read.  A question that stands is answered by what was asked for; by
        anything else that is scanned it is left parked.
        """
        before = self.rereads.again(read, self.desk.habit_of(read.device).reread_us)
        if before is not None:
            standing = self.desk.session.question
            again = replace(before, question=None if standing is None else standing.question)
            return self.desk.session.tell(same_read(again), read.read_id)
        return self._leaving(partial(self._decide, read))

    def plan(self, reads: Sequence[Read]) -> list[Step]:
        """What the symbols of one trigger or picture come to, label by label, to be decided one after the other."""
        symbols: list[Symbol] = []
        steps: list[Step] = []
        for read in reads:
            symbol = self._named(read)
            if isinstance(symbol, Symbol) and symbol.identity.names not in (Names.OPERATOR, Names.COMMAND):
                symbols.append(symbol)
            else:
                steps.append(Step((read,), partial(self._leaving, partial(self._decide, read))))
        asked: list[Label] = []
        labels = SetDesk(self.desk).labels(symbols)
        keypad = Keypad(self.desk.session, self.desk.session.pending, sum(one.package is not None for one in labels))
        for label in labels:
            own = tuple(symbol.read for symbol in label.symbols)
            decide = partial(self._leaving, partial(self._decide_label, label, asked))
            steps.append(Step(own, partial(keypad.decide, label, decide)))
        return steps

    def answer(self, answer: Answer, read: Read) -> Decision:
        """Take an answer that a person gives; ``read`` says when and how, and is no scan."""
        at, source = read.received_at, source_of(read)
        return self._answers.answer(answer, at=at, device=read.device, source=source, read_id=read.read_id)

    @property
    def _answers(self) -> AnswerDesk:
        return AnswerDesk(self.desk, self._named_before)

    def _leaving(self, decide: Otherwise) -> Decision:
        """Decide; a question that stood and was not answered is left parked."""
        standing = self.desk.session.question
        decision = decide(standing)
        if standing is not None and decision.question is None:
            self.desk.session.leave_question()
        return decision

    def _decide(self, read: Read, standing: Standing | None) -> Decision:
        symbol = self._named(read)
        return self._take(symbol, standing) if isinstance(symbol, Symbol) else symbol(standing)

    def _decide_label(self, label: Label, asked: list[Label], standing: Standing | None) -> Decision:
        """Judge a label of a set; what was ``asked`` about another label of the set is not answered by it."""
        answered = None
        if standing is not None and label.before is None and not asked and not label.torn:
            answered = self._answers.by_label(standing, label.symbols, label.package)
        if answered is not None:
            return answered
        decision = SetDesk(self.desk).decide(label)
        if decision.outcome is Outcome.ASKED:
            asked.append(label)
        return decision

    def _named(self, read: Read) -> Symbol | Otherwise:
        """What a read names, undamaged as far as its device's settings say; else what is to be said of it."""
        raw, aim = without_eci(read.payload, read.aim)
        data = seen_in(read)
        rules = self.repairs.get(read.device, NO_REPAIR)
        try:
            # the page gives up a scan with a dead key in it
            payload, repaired = repair(raw, rules, aim, whole_keys=read.device == WEDGE)
        except IdentityError as error:
            return partial(self._fault, error, spelt(raw, aim), read, data)
        data |= {"repaired": list(repaired)} if repaired else {}
        own = own_reading(payload, aim=aim, carrier=read.carrier.value)
        if own is not None and not is_listed(own, self.desk.catalogue):
            own = None
        try:
            identity = self._identify(payload, aim, read)
        except IdentityError as error:
            if own is None:
                return partial(self._fault, error, spelt(payload, aim), read, data)
            identity = own
        return Symbol(read, identity, data) if own is None else self._own(Symbol(read, own, data), identity)

    def _named_before(self, event: CountEvent) -> Identity | None:
        """What the one symbol of a parked label names; None where it has several, or is no symbol."""
        if event.data.get("label") or event.payload is None or event.source not in (Source.SCAN, Source.TYPED):
            return None
        carrier = Carrier.KEYED if event.source is Source.TYPED else Carrier.BARCODE
        payload = event.payload.encode("latin-1")
        symbol = self._named(
            Read(payload=payload, device=event.device, received_at=event.ts, carrier=carrier, aim=event.aim)
        )
        return symbol.identity if isinstance(symbol, Symbol) else None

    def _identify(self, payload: bytes | str, aim: str, read: Read) -> Identity:
        return identify(
            payload,
            aim=aim,
            carrier=read.carrier.value,
            labels=self.labels,
            this_year=datetime.fromtimestamp(read.received_at / 1e6, UTC).year,
            region=self.region,
        )

    def _own(self, own: Symbol, other: Identity) -> Symbol | Otherwise:
        """A number of one's own that may be read as ``other`` too."""
        read, key = own.read, own.identity.key
        if other.scheme == "label" and self._exists(other):
            if self.desk.session.location is None or self.desk.session.operator is None:  # no item can be meant
                return Symbol(read, other, own.data)
            why = f"{key} is an item and a label of ours ({other.names.value} {other.key}): which is not said"
            return lambda _standing: self.desk.session.park(why=why, **own.origin())
        chosen = weigh(own.identity, other, self.desk.catalogue)
        if isinstance(chosen, Unresolved):
            judge, at = self.desk.judge, read.received_at
            return lambda _standing: judge.unresolved(own.identity, chosen, own.origin(), at)
        return Symbol(read, chosen, own.data)

    def _take(self, symbol: Symbol, standing: Standing | None) -> Decision:
        key, read = symbol.identity.key, symbol.read
        match symbol.identity.names:
            case Names.OPERATOR:
                return self.badge(key)
            case Names.COMMAND if is_command(key):
                return self.commands(key, read)
            case Names.COMMAND:
                return self.desk.no_such(symbol, f"there is no command {key}")
        answered = None if standing is None else self._answers.by_scan(standing, symbol)
        return self.desk.take(symbol) if answered is None else answered

    def _exists(self, label: Identity) -> bool:
        """Whether there is the place, the command or the badge that a label of ours names."""
        match label.names:
            case Names.LOCATION:
                return self.desk.catalogue.location(label.key) is not None
            case Names.COMMAND:
                return is_command(label.key)
            case _:
                return self.is_badge(label.key)

    def _fault(
        self,
        error: IdentityError,
        symbol: tuple[str, str],
        read: Read,
        data: Mapping[str, Any],
        standing: Standing | None,
    ) -> Decision:
        """What a symbol that checks itself says stands on the label: the fault is there, and scanning again is vain."""
        if standing is not None and not read.aim:
            answered = self._answers.by_text(standing, read)
            if answered is not None:
                return answered
        aim, text = symbol
        why = str(error)
        if error.reason in _MISREAD:
            if not text or not checks_itself(aim):
                return Decision(
                    outcome=Outcome.ERROR, text=f"not a good read, scan again: {why}", code=payload_text(read)
                )
            why = f"the label itself is wrong: {why}"
        return self.desk.session.park(why=why, data=data, **origin_of(read))
