"""What a rehearsal expects: rows that must come, rows that must not, lists that hold nothing else, counts."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field, model_validator

from scanstation.rehearsal.parts import Strict

ROWS: Mapping[str, tuple[str, ...]] = {
    "booked": ("location", "item", "lot", "serial", "status", "expires", "qty"),
    "parked": ("location", "payload", "why"),
    "discrepancies": ("item", "location", "lot", "expected", "counted", "variance", "cause"),
    "orders": ("order", "item", "short", "released"),
    "listings": ("channel", "item", "state", "qty"),
    "findings": ("kind", "item", "order", "channel", "po", "units", "amount", "day", "text"),
    "messages": ("to", "about", "lines"),
    "stock": ("item", "location", "lot", "status", "qty"),
    "refused": ("step", "reason", "text"),
}
"""The lists of a result and the fields of their rows."""

Word = Literal["ok", "duplicate", "parked", "refused", "misread", "asked", "command"]
"""What became of a read: a verdict."""

WORDS: tuple[str, ...] = get_args(Word)

Name = Literal[
    "verdicts", "booked", "parked", "discrepancies", "orders", "listings", "findings", "messages", "stock", "refused"
]
RowsName = Literal[
    "booked", "parked", "discrepancies", "orders", "listings", "findings", "messages", "stock", "refused"
]

Row = dict[str, Any]


def _fields_of(name: str) -> Any:
    def check(rows: tuple[Row, ...]) -> tuple[Row, ...]:
        unknown = sorted({field for row in rows for field in row} - set(ROWS[name]))
        if unknown:
            raise ValueError(f"not known here yet: {', '.join(unknown)}; its fields are {', '.join(ROWS[name])}")
        return rows

    return AfterValidator(check)


class Lists(Strict):
    """Rows by list; a list that is None is not spoken of."""

    booked: Annotated[tuple[Row, ...], _fields_of("booked")] | None = None
    parked: Annotated[tuple[Row, ...], _fields_of("parked")] | None = None
    discrepancies: Annotated[tuple[Row, ...], _fields_of("discrepancies")] | None = None
    orders: Annotated[tuple[Row, ...], _fields_of("orders")] | None = None
    listings: Annotated[tuple[Row, ...], _fields_of("listings")] | None = None
    findings: Annotated[tuple[Row, ...], _fields_of("findings")] | None = None
    messages: Annotated[tuple[Row, ...], _fields_of("messages")] | None = None
    stock: Annotated[tuple[Row, ...], _fields_of("stock")] | None = None
    refused: Annotated[tuple[Row, ...], _fields_of("refused")] | None = None

    def named(self) -> dict[str, tuple[Row, ...]]:
        """The lists that are spoken of."""
        return {name: rows for name in ROWS if (rows := getattr(self, name)) is not None}


class Count(Strict):
    """So many rows ``of`` a list are as ``where`` says."""

    of: RowsName
    where: Row = Field(default_factory=dict)
    times: Annotated[int, Field(strict=True, ge=0, alias="is")]

    @model_validator(mode="after")
    def _fields(self) -> "Count":
        if unknown := sorted(set(self.where) - set(ROWS[self.of])):
            raise ValueError(f"not known here yet: {', '.join(unknown)}; its fields are {', '.join(ROWS[self.of])}")
        return self


class Alternative(Lists):
    """What one alternative asks for; a whole expectation without further alternatives."""

    verdicts: tuple[Word, ...] | None = None
    exactly: tuple[Name, ...] = ()
    none: Lists = Lists()
    count: tuple[Count, ...] = ()


class Expect(Alternative):
    """What must come of a rehearsal; of the alternatives in ``any`` one must be met."""

    any: tuple[Alternative, ...] = ()
