"""The steps of a rehearsal: what each may say.  What a step has no word for here is an error of the file."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from scanstation.rehearsal.parts import Cell, Hex, Step, Symbol, Text, Whole

Operator = Literal["C01", "C02", "C03", "S01", "S02", "A01", "ADM"]
"""Who exists in every rehearsal: counters, supervisors, an auditor and an admin."""


ANSWERS = ("yes", "lot", "serial", "qty", "item")
"""What may be answered."""


class Scan(Step, Symbol):
    """A hand scanner reads a symbol."""

    do: Literal["scan"]
    device: Text = "scanner"


class Frame(Step):
    """One picture or one trigger gives several symbols at once."""

    do: Literal["frame"]
    symbols: Annotated[tuple[Symbol, ...], Field(min_length=1, max_length=1_000)]
    device: Text = "scanner"


class Tag(Step):
    """An RFID reader hears a tag, ``times`` times."""

    do: Literal["tag"]
    epc: Hex
    antenna: Annotated[int, Field(strict=True, ge=0, le=65_535)] | None = None
    rssi_dbm: Annotated[float, Field(strict=True, ge=-150, le=50)] | None = None
    times: Annotated[int, Field(strict=True, ge=1, le=100_000)] = 1
    device: Text = "reader"


class Type(Step):
    """A person types a code by hand."""

    do: Literal["type"]
    code: Text


class Answer(Step):
    """A person answers what the card asks: one of these; a lot or serial of null says that there is none on it."""

    do: Literal["answer"]
    yes: Annotated[bool, Field(strict=True)] | None = None
    lot: Text | None = None
    serial: Text | None = None
    qty: Whole | None = None
    item: Text | None = None

    @model_validator(mode="after")
    def _one_answer(self) -> "Answer":
        given = self.given
        if len(given) != 1:
            raise ValueError(f"give one of {', '.join(ANSWERS)}, not {' and '.join(given) or 'none of them'}")
        if getattr(self, given[0]) is None and given[0] not in ("lot", "serial"):
            raise ValueError(f"{given[0]} is null: only a lot or a serial can be missing")
        return self

    @property
    def given(self) -> tuple[str, ...]:
        """What is answered, by its name."""
        return tuple(name for name in ANSWERS if name in self.model_fields_set)


class Open(Step):
    """A supervisor opens an audit: of ``locations``, of one ``zone`` or several, else of every location."""

    do: Literal["open"]
    audit: Text
    locations: tuple[Text, ...] = ()
    zone: Text | tuple[Text, ...] = ()
    blind: Annotated[bool, Field(strict=True)] = True
    operator: Operator = "ADM"


class SignIn(Step):
    """A person takes the seat; without ``audit`` for the one that was opened last."""

    do: Literal["sign_in"]
    operator: Operator
    audit: Text | None = None


class SignOut(Step):
    """The person leaves the seat."""

    do: Literal["sign_out"]


class Quantity(Step):
    """The keypad sets the quantity of the next scan; null forgets it."""

    do: Literal["quantity"]
    qty: Whole | None


class Undo(Step):
    """Take back the last fact."""

    do: Literal["undo"]


class Close(Step):
    """Close the open location."""

    do: Literal["close"]


class Reopen(Step):
    """Open a closed location again."""

    do: Literal["reopen"]
    location: Text


class Correct(Step):
    """Bring a counted line to a quantity."""

    do: Literal["correct"]
    item: Text
    lot: Text | None = None
    qty: Whole


class Mark(Step):
    """Mark counted units of a line as damaged or quarantined."""

    do: Literal["mark"]
    item: Text
    lot: Text | None = None
    qty: Whole = 1
    status: Text


class Resolve(Step):
    """Say what a parked code is."""

    do: Literal["resolve"]
    payload: Text
    item: Text
    qty: Whole = 1


class Import(Step):
    """Bring in a table.  ``history``: movements that the stock records contain already."""

    do: Literal["import"]
    table: Text
    rows: tuple[dict[str, Cell], ...]
    history: Annotated[bool, Field(strict=True)] = False


class _AtTheOffice(Step):
    operator: Operator = "S01"
    audit: Text | None = None


class Reconcile(_AtTheOffice):
    """End the count and compare."""

    do: Literal["reconcile"]


class Recount(_AtTheOffice):
    """Ask for another count: of ``location``, else of all that need one."""

    do: Literal["recount"]
    location: Text | None = None
    reason: str = ""


class Reject(_AtTheOffice):
    """Leave a record as it is."""

    do: Literal["reject"]
    item: Text
    location: Text
    lot: Text | None = None
    reason: str = ""
    alone: Annotated[bool, Field(strict=True)] = False


class Approve(_AtTheOffice):
    """Approve the adjustments."""

    do: Literal["approve"]
    reason: str = "count"


class Withdraw(_AtTheOffice):
    """Take an approval back."""

    do: Literal["withdraw"]


class Post(_AtTheOffice):
    """Post what was approved."""

    do: Literal["post"]


class Wait(Step):
    """Nothing happens but time."""

    do: Literal["wait"]


class Kill(Step):
    """The station dies here and starts again from its files."""

    do: Literal["kill"]


AnyStep = Annotated[
    Scan | Frame | Tag | Type | Answer | Open | SignIn | SignOut | Quantity | Undo | Close | Reopen | Correct | Mark
    | Resolve | Import | Reconcile | Recount | Reject | Approve | Withdraw | Post | Wait | Kill,
    Field(discriminator="do"),
]  # fmt: skip

KINDS = {
    kind.model_fields["do"].annotation.__args__[0]: kind  # type: ignore[union-attr]
    for kind in (
        Scan, Frame, Tag, Type, Answer, Open, SignIn, SignOut, Quantity, Undo, Close, Reopen, Correct, Mark, Resolve,
        Import, Reconcile, Recount, Reject, Approve, Withdraw, Post, Wait, Kill,
    )
}  # fmt: skip
"""Every kind of step by its word."""
