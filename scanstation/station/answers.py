"""Whether an answer fits its question, and what it makes of the label that was asked about."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from drivers import Carrier, Read
from scanstation.counting.decision import Decision
from scanstation.counting.events import CountEvent
from scanstation.counting.question import Answer, Question, QuestionKind, Standing, Wants
from scanstation.counting.seat import refused
from scanstation.identity import Identity, Names
from scanstation.stock.catalogue import Resolved
from scanstation.stock.quantity import amount

LONGEST = 90
"""Characters of the longest lot or serial number that is taken (GS1 and MH10.8.2 allow fewer)."""


def unfit(question: Question, answer: Answer) -> str | None:
    """Why this is no answer to the question, in words; None where it is one."""
    match question.wants:
        case Wants.YES:
            return (
                None
                if answer.yes or (answer.qty is not None and question.kind is QuestionKind.QUANTITY)
                else yes_or_no(question)
            )
        case Wants.LOT | Wants.SERIAL as wants:
            text = answer.lot if wants is Wants.LOT else answer.serial
            if text is None:
                return None if answer.none and question.none else f"Type it, or scan it: {question.words}"
            return (
                None if is_a_number(text.strip()) else f"{text[:20]!r} is no {wants.value}: 1 to {LONGEST} characters."
            )
        case Wants.QUANTITY:
            return None if answer.qty else f"Type a whole number of {question.unit}: {question.words}"
        case Wants.ITEM:
            return None if answer.item in question.options else f"Choose one of {', '.join(question.options)}."


def gone() -> Decision:
    """The refusal where what was asked about is not in the catalogue any more."""
    return refused("Its item is not in the catalogue any more: this label waits among the parked codes.")


def not_that(standing: Standing, why: str) -> Decision:
    """REFUSED, and asked all the same."""
    return replace(refused(why, code=standing.event.payload or ""), question=standing.question)


def yes_or_no(question: Question) -> str:
    """Why this is no answer to a question that wants yes or no."""
    return f"Answer yes or no: {question.words}"


def numbered(found: Resolved, serial: str, standing: Standing) -> Resolved:
    """With its serial; a pack with a serial is a whole that counts once."""
    if found.quantity == 1:
        return replace(found, serial=serial)
    return replace(found, serial=serial, unit=f"{standing.event.payload or found.item.item}/{serial}")


def origin_of_asked(event: CountEvent, read_id: str | None) -> dict[str, Any]:
    """Where the asked label came from."""
    origin: dict[str, Any] = {"payload": event.payload or "", "aim": event.aim, "device": event.device}
    return origin | {"source": event.source, "read_id": read_id, "data": carried(event.data)}


def typed_quantity(found: Resolved, qty: int) -> Resolved:
    """With the quantity that a person says; what the label said stays beside it."""
    told = f"answered → {amount(found.item, qty)}"
    return replace(found, quantity=qty, said=f"{found.said}; {told}" if found.said else told)


def carried(data: Mapping[str, Any]) -> dict[str, Any]:
    """What the asked event noted of its read: all but the question and what it keeps for the answer."""
    own = ("question", "why", "lines", "unit_asked", "choices", "same", "answers", "expiry", "unit", "said")
    return {name: value for name, value in data.items() if name not in own}


def is_a_number(text: str) -> bool:
    """Whether a text can be a lot or serial number."""
    return 0 < len(text) <= LONGEST and text.isprintable()


def is_plain_text(identity: Identity, read: Read) -> bool:
    """Whether this may be a lot or serial in plain text: digits are that only where no symbology says otherwise."""
    if identity.names is Names.INTERNAL:
        return identity.scheme == "text" and "://" not in identity.key
    return identity.scheme in ("gtin", "text") and (not read.aim or read.carrier is Carrier.KEYED)
