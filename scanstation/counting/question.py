"""A question at the shelf: what the station asks before it counts something, and what a person may answer.

A question is kept in the ``data`` of the PARKED event that asking journals (`as_data`), so a crash or a time-out loses
nothing and a restart knows it; the answer is kept in the data of what it made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from scanstation.counting.events import CountEvent


class QuestionKind(StrEnum):
    """What is asked about."""

    EXPIRED = "expired"  # the expiry date on the label, or of the recorded lot, lies before today
    LOT = "lot"  # the item is tracked by lot, and the label holds none
    SERIAL = "serial"  # the item is tracked by serial number, and the label holds none
    QUANTITY = "quantity"  # more than the site believes without a second look
    MEASURE = "measure"  # the item is kept by a measure, and the label states none
    ITEM = "item"  # the code may be any of several items
    SAME = "same"  # it may be the unit that was counted under another number, or another one
    LABEL = "label"  # it may be another symbol of the package that was counted just before, or of the next one
    LOCATION = "location"  # the audit does not name this location


class Wants(StrEnum):
    """What an answer must hold, unless it is "no"."""

    YES = "yes"
    LOT = "lot"
    SERIAL = "serial"
    QUANTITY = "quantity"
    ITEM = "item"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the card asks: ``words`` for the operator, ``yes`` and ``no`` say what these answers do.

    ``unit`` is the base unit of a quantity that is wanted, ``options`` the items to choose from.  ``none`` says what
    "there is none on it" does; without it that is no answer.
    """

    kind: QuestionKind
    words: str
    wants: Wants = Wants.YES
    yes: str = ""
    no: str = "it is not counted"
    none: str = ""
    unit: str = ""
    options: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """The question as the journal keeps it: what is empty is left out."""
        texts = {name: str(getattr(self, name)) for name in ("kind", "words", "wants", "yes", "no", "none", "unit")}
        kept: dict[str, Any] = {name: value for name, value in texts.items() if value}
        return kept | ({"options": list(self.options)} if self.options else {})

    @classmethod
    def of(cls, event: CountEvent) -> Self | None:
        """The question that an event asks; None where it asks none, or one that this release does not know."""
        data = event.data.get("question")
        if not isinstance(data, Mapping):
            return None
        try:
            kind, wants = QuestionKind(data.get("kind", "")), Wants(data.get("wants", ""))
        except ValueError:
            return None
        texts = {name: str(data.get(name, "")) for name in ("words", "yes", "no", "none", "unit")}
        return cls(kind=kind, wants=wants, options=tuple(map(str, data.get("options", ()))), **texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person answers: one of these.  ``none`` says that there is none on the label (of the lot or serial)."""

    yes: bool | None = None
    lot: str | None = None
    serial: str | None = None
    qty: int | None = None
    item: str | None = None
    none: bool = False

    @property
    def says_no(self) -> bool:
        """Whether nothing is to be counted."""
        return self.yes is False

    def as_data(self) -> dict[str, Any]:
        """The answer as the journal keeps it."""
        given = {"yes": self.yes, "lot": self.lot, "serial": self.serial, "qty": self.qty, "item": self.item}
        return {name: value for name, value in given.items() if value is not None} | (
            {"none": True} if self.none else {}
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """A question that waits for its answer, and the PARKED event that asked it, as the journal numbered it."""

    event: CountEvent
    question: Question

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered about the same label before, by the kind of its question."""
        return dict(self.event.data.get("answers", {}))
