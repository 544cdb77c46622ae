"""Bodies of requests, and what is said when one does not fit."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scanstation.counting.question import Answer as Said
from scanstation.unfit import unfit

QTY_MAX = 999_999

Badge = Annotated[str, Field(min_length=1, max_length=60)]
Code = Annotated[str, Field(min_length=1, max_length=4_096)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Lot = Annotated[str, Field(max_length=200)]
Qty = Annotated[int, Field(ge=0, le=QTY_MAX)]


class Body(BaseModel):
    """A request body: nothing unknown in it, a number is a number and not a text."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SignIn(Body):
    """Badge (with or without the prefix of its label) and PIN."""

    badge: Badge
    pin: Annotated[str, Field(max_length=64)]


class Setup(Body):
    """The one-time code, and who the first admin is."""

    code: Annotated[str, Field(max_length=64)]
    badge: Badge
    name: Name
    pin: Annotated[str, Field(max_length=64)]


class Audit(Body):
    """The audit to work on."""

    audit: Name


class Scan(Body):
    """A scan that was typed into the page by a keyboard wedge.

    ``read_id`` is made by the page when the scan happens, so that a queue that is replayed counts once; ``at`` is the
    page's own time of the scan in milliseconds since the epoch (evidence only).
    """

    payload: Code
    aim: Annotated[str, Field(pattern=r"^(\][A-Za-z][0-9A-Za-z])?$")] = ""
    read_id: Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{8,64}$")]
    at: Annotated[int, Field(ge=0, lt=2**53)]


class Typed(Body):
    """A code that no device reads, typed by a person."""

    code: Code


class Quantity(Body):
    """The quantity of the next scan; null takes it back."""

    qty: Annotated[int, Field(ge=1, le=QTY_MAX)] | None


class Nothing(Body):
    """An empty object: undo, close, sign out."""


class Reopen(Body):
    """The location to reopen."""

    location: Name


class Correct(Body):
    """What the line really holds."""

    item: Name
    lot: Lot | None = None
    qty: Qty


class Mark(Body):
    """How many units of a counted line are of this status."""

    item: Name
    lot: Lot | None = None
    qty: Qty
    status: Literal["damaged", "quarantined"]


class Resolve(Body):
    """What a parked code is; an empty ``lot`` or ``serial`` is none."""

    seq: Annotated[int, Field(ge=1)]
    item: Name
    qty: Annotated[int, Field(ge=1, le=QTY_MAX)]
    lot: Lot | None = None
    serial: Lot | None = None


class Answer(Body):
    """The answer to the question of the state: ``question`` is its ``seq``, and one of the others is given.

    ``lot`` and ``serial`` of null say that there is none on the label.  ``read_id`` lets an answer come again.
    """

    question: Annotated[int, Field(ge=1)]
    yes: bool | None = None
    lot: Lot | None = None
    serial: Lot | None = None
    qty: Annotated[int, Field(ge=1, le=QTY_MAX)] | None = None
    item: Name | None = None
    read_id: Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{8,64}$")] | None = None

    @model_validator(mode="after")
    def _one_answer(self) -> Self:
        given = self.model_fields_set - {"question", "read_id"}
        if len(given) != 1 or (getattr(self, given.copy().pop()) is None and given <= {"yes", "qty", "item"}):
            raise ValueError("give one answer: yes, lot, serial, qty or item")
        return self

    def as_answer(self) -> Said:
        """The answer in the words of counting."""
        none = bool(self.model_fields_set & {"lot", "serial"}) and self.lot is None and self.serial is None
        return Said(yes=self.yes, lot=self.lot, serial=self.serial, qty=self.qty, item=self.item, none=none)


def complaint(errors: list[Any]) -> str:
    """All faults of a body in words: what, where, what was expected.  The offending values are not repeated."""
    return "; ".join(f"{_where(error)}: {unfit(error)}" for error in errors[:10])


def _where(error: Any) -> str:
    parts = [str(part) for part in error.get("loc", ()) if part != "body"]
    return ".".join(parts) or "the request"
