"""Decisions about questions: ask one, say no, and what stands to be answered.

Asking parks the label at once with its question.  A yes, or what was asked for, counts the label in place of what was
parked (`FactDecisions.count`, ``instead_of``); a no voids it.  Any other step leaves it parked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.events import CountEvent, EventKind, Source
from scanstation.counting.facts import FactDecisions
from scanstation.counting.question import Answer, Question, Standing
from scanstation.stock.catalogue import Found, Resolved, ResolvedContents
from scanstation.stock.model import Item

_TOLD = ("lot", "serial", "expiry", "issuer")
"""What a label may tell of a line besides its item and quantity."""

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class QuestionDecisions(FactDecisions):
    """What can be asked at a seat, and answered."""

    @property
    def question(self) -> Standing | None:
        """The question that the next step may answer; None where none stands."""
        event = self._asked
        if event is None or self.audit is None or event.audit != self.audit or self.operator != event.operator:
            return None
        known = self._audit().location(event.location).parked.get(event.seq)
        question = None if known is None else Question.of(known)
        return None if known is None or question is None else Standing(known, question)

    def leave_question(self) -> None:
        """Something else was done: the question stays parked, and the next scan is no answer to it.  Not journaled."""
        self._asked = None

    def ask(
        self,
        question: Question,
        found: Found | None = None,
        *,
        data: Mapping[str, Any] = _NOTHING,
        payload: str,
        aim: str = "",
        device: str = "",
        source: Source = Source.SCAN,
        read_id: str | None = None,
        instead_of: Sequence[CountEvent] = (),
        times: int = 1,
    ) -> Decision:
        """Park a label with a question: ASKED, or REFUSED where nothing may be counted.

        ``found`` is what it counts once that is answered; the event keeps it.  The others are those of `park`.
        """
        kept = {"question": question.as_data(), **({} if found is None else found_as_data(found)), **data}
        parked = self.park(
            payload=payload,
            why=question.words,
            aim=aim,
            device=device,
            source=source,
            read_id=read_id,
            data=kept,
            instead_of=instead_of,
            times=times,
            units=() if found is None or found.unit is None else (found.unit,),
        )
        if not parked.events:
            return parked
        asked = replace(parked, outcome=Outcome.ASKED, text=question.words, question=question)
        said = found.lines[0].said if found is not None and len(found.lines) == 1 else ""
        return asked if found is None else self._card(replace(asked, said=said), found, payload)

    def say_no(self, answer: Answer, *, device: str = "", source: Source = Source.BUTTON) -> Decision:
        """Answer the standing question with no: nothing counts, and nothing waits."""
        standing = self.question
        if standing is None:
            return nothing_asked()
        event, question = standing.event, standing.question
        said = {"why": "answered no", "answers": {question.kind.value: said_to(question, answer)}}
        fields = {"ref": event.seq, "item": event.item, "qty": event.qty, "payload": event.payload, "data": said}
        place = self._audit().location(event.location)
        void = self._event(EventKind.VOIDED, place, device=device, source=source, **fields)
        text = f"Answered no: {question.no}"
        return Decision(outcome=Outcome.OK, text=text, events=(void,), code=event.payload or "")


def said_to(question: Question, answer: Answer) -> dict[str, Any]:
    """Question and answer as events keep them."""
    return {"asked": question.words, **answer.as_data()}


def nothing_asked() -> Decision:
    """The answer to an answer that nobody asked for."""
    return Decision(outcome=Outcome.REFUSED, text="Nothing is asked now: scan the label again.")


def found_as_data(found: Found) -> dict[str, Any]:
    """What a label counts, as the event that asks about it keeps it; a quantity of 0 is not known yet."""
    lines = [
        {"item": line.item.item, "qty": line.quantity}
        | {name: value for name in (*_TOLD, "said") if (value := getattr(line, name))}
        for line in found.lines
    ]
    return {"lines": lines} | ({} if found.unit is None else {"unit_asked": found.unit})


def found_in(data: Mapping[str, Any], item_of: Callable[[str], Item | None]) -> Found | None:
    """What `found_as_data` kept; None where an item is not in the catalogue any more."""
    unit, lines = data.get("unit_asked"), []
    for line in data.get("lines", ()):
        item = item_of(line["item"])
        if item is None:
            return None
        told = {name: line.get(name) for name in _TOLD}
        lines.append(Resolved(item=item, quantity=line["qty"], unit=unit, said=line.get("said", ""), **told))
    if len(lines) == 1:
        return lines[0]
    return ResolvedContents(unit=unit or "", lines=tuple(lines)) if lines else None
