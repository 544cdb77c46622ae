"""From an answer to what it makes: a touch, a typed word, a command label, or the scan that was asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from drivers import Carrier, Read
from scanstation.counting.asking import found_in, nothing_asked, said_to
from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.events import CountEvent, Source
from scanstation.counting.joining import join, lacking
from scanstation.counting.packages import Package
from scanstation.counting.question import Answer, QuestionKind, Standing, Wants
from scanstation.identity import Identity, Names
from scanstation.station.answers import (
    carried,
    gone,
    is_a_number,
    is_plain_text,
    not_that,
    numbered,
    origin_of_asked,
    typed_quantity,
    unfit,
    yes_or_no,
)
from scanstation.station.asking import serial_question
from scanstation.station.beside import fields_of, said_before
from scanstation.station.labelling import LabelDesk
from scanstation.station.symbols import Symbol, origin_of, payload_text
from scanstation.station.whole import moved_unit, what_counts
from scanstation.stock.catalogue import Found, Resolved, Unresolved

_VOIDED = "answered"


@dataclass(frozen=True, slots=True)
class AnswerDesk:
    """Takes answers to the standing question of the seat.  Nothing is written here.

    ``named`` tells what the label that is asked about names; None where its payload alone does not tell it.
    """

    labels: LabelDesk
    named: Callable[[CountEvent], Identity | None]

    def answer(
        self, answer: Answer, *, at: int, device: str = "", source: Source = Source.BUTTON, read_id: str | None = None
    ) -> Decision:
        """Take an answer that a person gives: OK when it counts, ASKED when something else is to be asked about the
        same label, REFUSED (and still asked) when it is no answer to the question.  ``at`` is the time."""
        session = self.labels.session
        standing = session.question
        if standing is None:
            return nothing_asked()
        if standing.question.kind is QuestionKind.LABEL and answer.yes is not None:
            return self._same_or_another(standing, answer, at, read_id)
        if answer.says_no:
            moved = moved_unit(standing, session, self.labels.catalogue)
            if moved is None:
                return session.say_no(answer, device=device, source=source)
            return self._count(standing, answer, moved, origin_of_asked(standing.event, read_id), at)
        if standing.question.kind is QuestionKind.LOCATION:
            return (
                self._open(standing, answer, read_id)
                if answer.yes
                else not_that(standing, yes_or_no(standing.question))
            )
        if answer.none and standing.question.wants is Wants.SERIAL:
            session.leave_question()
            text = f"Not counted yet, {standing.question.none}"
            return Decision(outcome=Outcome.UNKNOWN, text=text, code=standing.event.payload or "")
        if (why := unfit(standing.question, answer)) is not None:
            return not_that(standing, why)
        found = self._answered(standing, answer)
        if found is None:
            return gone()
        return self._count(standing, answer, found, origin_of_asked(standing.event, read_id), at)

    def by_scan(self, standing: Standing, symbol: Symbol) -> Decision | None:
        """Take a scan that answers the question; None where it does not, and is a label of its own."""
        if standing.question.wants not in (Wants.LOT, Wants.SERIAL, Wants.QUANTITY, Wants.ITEM):
            return None
        identity = symbol.identity
        if identity.names in (Names.COMMAND, Names.OPERATOR, Names.LOCATION):
            return None
        found = what_counts(identity, self.labels.session, self.labels.catalogue)
        if not isinstance(found, Unresolved):
            return self._richer(standing, symbol, found)
        if identity.said and not is_plain_text(identity, symbol.read):
            return self._rest(standing, symbol)
        if (part := self._part(standing, identity)) is not None:
            return self._with(standing, part, symbol, expiry=identity.expiry)
        if self._dates(standing, identity):
            return self._dated(standing, symbol)
        return self.by_text(standing, symbol.read) if is_plain_text(identity, symbol.read) else None

    def by_label(self, standing: Standing, symbols: tuple[Symbol, ...], package: Package | None) -> Decision | None:
        """Take the label of a set that answers the question; None where it does not."""
        if package is None:
            return self.by_scan(standing, symbols[0])
        if standing.question.wants not in (Wants.LOT, Wants.SERIAL, Wants.QUANTITY):
            return None
        return self._richer(standing, symbols[0], package.found)

    def by_text(self, standing: Standing, read: Read) -> Decision | None:
        """Take plain text that names nothing else as the lot or serial that was asked for."""
        text = payload_text(read).strip()
        wants = standing.question.wants
        if wants not in (Wants.LOT, Wants.SERIAL) or not is_a_number(text):
            return None
        if read.carrier is not Carrier.KEYED and text in fields_of(standing.event.payload or ""):
            return self.labels.session.tell(said_before(read, standing), read.read_id)
        return self._with(standing, Answer(lot=text) if wants is Wants.LOT else Answer(serial=text), read)

    # -- helpers ----------------------------------------------------------------------------------------------

    def _same_or_another(self, standing: Standing, answer: Answer, at: int, read_id: str | None) -> Decision:
        """Yes counts both symbols as one package, in place of the first; no counts the second too."""
        event, same = standing.event, standing.event.data.get("same", {})
        facts = self.labels.session.facts_of(same.get("facts", ())) if answer.yes else ()
        found = found_in(same if facts else event.data, self.labels.catalogue.item)
        if found is None:
            return gone()
        data = carried(event.data) | ({"label": list(same["label"])} if facts else {})
        origin: dict[str, Any] = {"payload": event.payload or "", "aim": event.aim, "device": event.device}
        origin |= {"source": event.source, "read_id": read_id, "data": data}
        return self.labels.judge.found(
            found,
            origin,
            at=at,
            times=same["times"] if facts else event.qty,
            instead_of=(event, *facts),
            answers=standing.answers | {QuestionKind.LABEL.value: said_to(standing.question, answer)},
            voided=_VOIDED,
        )

    def _open(self, standing: Standing, answer: Answer, read_id: str | None) -> Decision:
        event = standing.event
        return self.labels.session.open_location(
            event.location,
            device=event.device,
            source=event.source,
            read_id=read_id,
            answer=said_to(standing.question, answer),
        )

    def _answered(self, standing: Standing, answer: Answer) -> Found | None:
        """What the label counts, with the answer."""
        data: Mapping[str, Any] = standing.event.data
        if answer.item is not None:
            data = dict(data.get("choices", {}).get(answer.item, {}))
        found = found_in(data, self.labels.catalogue.item)
        if not isinstance(found, Resolved):
            return found
        match standing.question.wants:
            case Wants.LOT if answer.lot is not None:
                return replace(found, lot=answer.lot.strip())
            case Wants.SERIAL if answer.serial is not None:
                return numbered(found, answer.serial.strip(), standing)
        return found if answer.qty is None else typed_quantity(found, answer.qty)

    def _count(self, standing: Standing, answer: Answer, found: Found, origin: dict[str, Any], at: int) -> Decision:
        kind = standing.question.kind
        answers = standing.answers | {kind.value: said_to(standing.question, answer)}
        one = answer.qty is not None or kind is QuestionKind.SERIAL
        times = 1 if one else standing.event.qty
        counted = self.labels.judge.found(
            found, origin, at=at, times=times, instead_of=(standing.event,), answers=answers, voided=_VOIDED
        )
        if kind is not QuestionKind.SERIAL or standing.event.qty == 1 or not counted.events:
            return counted
        return self._next_serial(standing, counted, origin)

    def _next_serial(self, standing: Standing, counted: Decision, origin: dict[str, Any]) -> Decision:
        """One of several units has its serial number: ask for the next; one that counts already was none of them.

        Where something else is asked about this unit, that question stands, and the others wait with theirs.
        """
        left, found = standing.event.qty, found_in(standing.event.data, self.labels.catalogue.item)
        left -= counted.outcome is not Outcome.DUPLICATE
        assert isinstance(found, Resolved)
        again = origin | {"payload": standing.event.payload or "", "aim": standing.event.aim, "read_id": None}
        asked = self.labels.session.ask(serial_question(found, left), found, times=left, **again)
        if counted.question is not None:
            return replace(counted, events=(*asked.events, *counted.events))
        return replace(asked, events=(*counted.events, *asked.events), text=f"{counted.text}. {asked.text}")

    def _richer(self, standing: Standing, symbol: Symbol, found: Found, *, whole: bool = False) -> Decision | None:
        """A label of the same item that holds what was asked for; ``whole`` where the asked one is a part of it."""
        asked = found_in(standing.event.data, self.labels.catalogue.item)
        if not isinstance(found, Resolved) or not isinstance(asked, Resolved) or found.item.item != asked.item.item:
            return None
        wants = standing.question.wants
        if wants is Wants.QUANTITY:
            answer = Answer(qty=found.quantity)
        elif not whole and (found.quantity != asked.quantity or found.unit is not None):
            return None
        elif wants is Wants.SERIAL and found.serial is not None:
            answer = Answer(serial=found.serial)
        elif wants is Wants.LOT and found.lot is not None:
            answer = Answer(lot=found.lot)
        else:
            return None
        told = {name: getattr(asked, name) for name in ("lot", "serial", "expiry")}
        if any(value is not None and getattr(found, name) not in (None, value) for name, value in told.items()):
            return None
        missing = {name: value for name, value in told.items() if getattr(found, name) is None}
        return self._with(standing, answer, symbol, found=replace(found, **missing))

    def _rest(self, standing: Standing, symbol: Symbol) -> Decision | None:
        """The rest of the asked label that also states how much there is: both are read as one."""
        asked = self.named(standing.event)
        both = None if asked is None else join(asked, symbol.identity)
        if both is None or lacking(both) is not None:
            return None
        found = what_counts(both, self.labels.session, self.labels.catalogue)
        return None if isinstance(found, Unresolved) else self._richer(standing, symbol, found, whole=True)

    def _dates(self, standing: Standing, identity: Identity) -> bool:
        """Whether this is a part of the asked label that tells its expiry and no more."""
        return set(identity.elements) == {"17"} and "lines" in standing.event.data

    def _dated(self, standing: Standing, symbol: Symbol) -> Decision | None:
        """Ask again, with the expiry."""
        found, event = found_in(standing.event.data, self.labels.catalogue.item), standing.event
        if not isinstance(found, Resolved):
            return None
        label = [*event.data.get("label", ()), event.payload]
        data = {**carried(event.data), **symbol.data, "label": label}
        data |= {"answers": standing.answers} if standing.answers else {}
        origin = symbol.origin() | {"data": data}
        dated = replace(found, expiry=symbol.identity.expiry)
        return self.labels.session.ask(standing.question, dated, instead_of=(event,), times=event.qty, **origin)

    def _part(self, standing: Standing, identity: Identity) -> Answer | None:
        """The rest of the asked label: a symbol that holds lot or serial and no item."""
        if {"01", "02", "00"} & set(identity.elements) or identity.names is Names.INTERNAL:
            return None
        if identity.scheme == "hibc" and identity.elements.get("link") != (standing.event.payload or "")[-1:]:
            return None
        if standing.question.wants is Wants.SERIAL and identity.serial is not None:
            return Answer(serial=identity.serial)
        if standing.question.wants is Wants.LOT and identity.lot is not None:
            return Answer(lot=identity.lot)
        return None

    def _with(
        self,
        standing: Standing,
        answer: Answer,
        symbol: Symbol | Read,
        *,
        expiry: str | None = None,
        found: Found | None = None,
    ) -> Decision:
        """Count the asked label with what this scan adds; the scan is one more symbol of it."""
        read, more = (symbol, {}) if isinstance(symbol, Read) else (symbol.read, dict(symbol.data))
        whole = found or self._answered(standing, answer)
        if whole is None:
            return gone()
        if isinstance(whole, Resolved) and whole.expiry is None and expiry is not None:
            whole = replace(whole, expiry=expiry)
        event = standing.event
        label = [*event.data.get("label", ()), *([event.payload] if event.payload is not None else ())]
        origin = origin_of(read) | {"data": carried(event.data) | more | {"label": label}}
        return self._count(standing, answer, whole, origin, read.received_at)
