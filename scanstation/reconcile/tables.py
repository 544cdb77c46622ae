"""The input tables of a reconciliation: their columns, their keys, and what goes unsaid where one is absent.

Quantities are whole numbers in the item's base unit, money is a whole number of 1/10000 of the currency unit, times
(``ts``, ``count_ts``, ``placed_at``, ``received_at``) are microseconds since 1970-01-01 UTC, days (``due``,
``period_start``, ``opened``, ``expires``) are day numbers since the same date.  Unknown columns are ignored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

SQL_TYPE: Mapping[str, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
    "key": "VARCHAR",
    "reference": "VARCHAR",
    "thousandths": "BIGINT",
}
"""The type under which the steps see a column; a ``key`` that is given keeps its own."""
LAST = 1_000_000_000_000_000_000
"""Stands for an unknown age: such an order line comes after those of its due date and priority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its type, and what may be missing.

    Types are ``text``, ``integer``, ``boolean``; ``key`` is text or integer and stays so; ``reference`` is text or
    integer, and the steps see text; ``thousandths`` is a number, with a fraction or without, and the steps see a
    whole number of 1/1000.  ``default`` is the SQL literal that stands in for an absent column and for a null, as the
    steps see it; a column with a default or marked ``optional`` may be absent.

    ``least`` and ``most`` are the smallest and the greatest number allowed; of a date, ``between`` says so in words.
    ``words`` are the only texts allowed.  A row beyond them is kept out; where the column is ``spared`` its value alone
    is, and read as 0.  ``folded`` text, and text with ``words``, may be in capitals; the steps see small letters.
    """

    type: str
    nullable: bool = False
    optional: bool = False
    default: str | None = None
    least: int | None = None
    most: int | None = None
    between: str = ""
    words: tuple[str, ...] = ()
    spared: bool = False
    folded: bool = False

    @property
    def required(self) -> bool:
        """Whether every row must have a value."""
        return not self.nullable and self.default is None

    def seen(self, value: str) -> str:
        """Return the SQL of a given value as the steps see it: of their type, in small letters, with the default."""
        if self.type == "thousandths":
            value = f"CAST(floor({value} * 1000 + 0.5) AS BIGINT)"
        elif self.type in ("integer", "reference"):
            value = f"CAST({value} AS {SQL_TYPE[self.type]})"
        elif self.words or self.folded:
            value = f"lower({value})"
        return f"COALESCE({value}, {self.default})" if self.default else value

    def allows(self, number: int) -> bool:
        """Whether a number is neither below ``least`` nor above ``most``."""
        return (self.least is None or self.least <= number) and (self.most is None or number <= self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """An input table: columns, the key that must be unique, and what its absence switches off.

    ``of_known_items``: a row of an item that neither record nor count knows is kept out.
    """

    columns: Mapping[str, Column]
    unique: tuple[str, ...] = ()
    switches_off: str | None = None  # None: the table must be there
    of_known_items: bool = False

    def must(self, column: str) -> bool:
        """Whether a column has a value in every row."""
        return self.columns[column].required


_LAST_DAY = 84_005  # 2199-12-31
_NEVER = 2_932_896  # 9999-12-31
_LAST_TIME = _LAST_DAY * 86_400_000_000
_MOST = 10_000_000_000
"""No quantity is greater: a barcode that was read into a quantity is, and one such row would break every sum."""
_DEAREST = 100_000_000_000_000
"""No unit costs more, in 1/10000."""

TEXT, INTEGER, BOOLEAN, REFERENCE = (Column(type=kind) for kind in ("text", "integer", "boolean", "reference"))
COUNT = Column(type="integer", least=0, most=_MOST)
SIGNED = Column(type="integer", least=-_MOST, most=_MOST)
NULLABLE_TEXT = Column(type="text", nullable=True, optional=True)
TIME = Column(type="integer", least=1, most=_LAST_TIME, between="1970 and 2200")
DAY = Column(type="integer", least=1, most=_LAST_DAY, between="1970 and 2200")


def _text(default: str, *words: str) -> Column:
    return Column(type="text", default=f"'{default}'", words=words)


def _whole(default: int, least: int | None = None, most: int | None = _MOST) -> Column:
    return Column(type="integer", default=str(default), least=least, most=most)


def _unknown(column: Column) -> Column:
    return replace(column, nullable=True, optional=True)


TABLES: Mapping[str, Table] = {
    "recorded": Table(
        columns={
            "item": TEXT,
            "location": TEXT,
            "lot": NULLABLE_TEXT,
            "qty": SIGNED,
            "unit_cost": Column(type="integer", most=_DEAREST, spared=True),
            "status": Column(type="text", default="'available'", folded=True),
            "currency": NULLABLE_TEXT,
        },
        unique=("item", "location", "lot", "status"),
    ),
    "counts": Table(columns={"location": TEXT, "count_ts": TIME}, unique=("location",)),
    "reads": Table(
        columns={
            "event_id": INTEGER,
            "ts": TIME,
            "location": TEXT,
            "item": TEXT,
            "lot": NULLABLE_TEXT,
            "serial": NULLABLE_TEXT,
            "qty": SIGNED,
            "voided": BOOLEAN,
            "station": _text(""),
        },
        unique=("event_id", "station"),
    ),
    "movements": Table(
        columns={
            "item": TEXT,
            "location": TEXT,
            "lot": NULLABLE_TEXT,
            "delta": SIGNED,
            "ts": TIME,
            "reason": _text(""),
            "document": _text(""),
            "line": _text(""),
            "status": Column(type="text", default="'available'", folded=True),
        },
        switches_off="movements between snapshot and count: every one of them shows as a discrepancy",
    ),
    "later": Table(
        columns={"item": TEXT, "delta": SIGNED},
        switches_off="bookings after the count from a source of their own: consequences take them from the movements, "
        "items and order_lines are as of the count",
    ),
    "items": Table(
        columns={
            "item": TEXT,
            "name": _text(""),
            "gtin": NULLABLE_TEXT,
            "unit_cost": _whole(0, least=0, most=_DEAREST),
            "price": _whole(0, least=0, most=_DEAREST),
            "currency": NULLABLE_TEXT,
        },
        unique=("item",),
        switches_off="selling prices: no margin is counted; GTIN families of look-alikes",
    ),
    "packs": Table(
        columns={"item": TEXT, "units": replace(COUNT, least=2)},
        unique=("item", "units"),
        switches_off="units of measure: a carton counted or booked as a piece is not recognised",
    ),
    "lots": Table(
        columns={"item": TEXT, "lot": TEXT, "expires": replace(DAY, most=_NEVER, between="1970 and 9999")},
        unique=("item", "lot"),
        switches_off="expired lots: they count as available",
    ),
    "locations": Table(
        columns={"location": TEXT, "site": _text(""), "zone": _text("")},
        unique=("location",),
        switches_off="neighbouring bins: an exchange of look-alikes is recognised within one bin only",
    ),
    "orders": Table(
        columns={
            "order_id": Column(type="key"),
            "item": TEXT,
            "qty": COUNT,
            "due": DAY,
            "allow_backorder": BOOLEAN,
            "priority": _whole(0, most=None),
            "placed_at": replace(TIME, default=str(LAST)),
            "customer": _text(""),
            "status": _text("open", "open", "shipped", "cancelled"),
            "available_at_order": _unknown(SIGNED),
        },
        unique=("order_id", "item"),
        switches_off="order lines that go short or can be released",
        of_known_items=True,
    ),
    "reservations": Table(
        columns={"item": TEXT, "qty": COUNT, "order_id": Column(type="reference", nullable=True, optional=True)},
        switches_off="stock promised elsewhere: all stock counts as available",
        of_known_items=True,
    ),
    "listings": Table(
        columns={
            "channel": TEXT,
            "item": TEXT,
            "state": Column(type="text", words=("in_stock", "backorder", "preorder", "out_of_stock")),
            "published_qty": _unknown(COUNT),
            "policy": _text("deny", "deny", "continue"),
            "share": _whole(100, least=0, most=100),
            "buffer": _whole(0, least=0),
        },
        unique=("channel", "item"),
        switches_off="sales channels that oversell or show a false out of stock",
        of_known_items=True,
    ),
    "purchase_orders": Table(
        columns={
            "po": REFERENCE,
            "line": Column(type="reference", default="'1'"),
            "supplier": _text(""),
            "item": TEXT,
            "qty_ordered": COUNT,
            "qty_received": _whole(0, least=0),
            "due": _unknown(DAY),
            "received_at": _unknown(TIME),
        },
        unique=("po", "line"),
        switches_off="receipts: no restock dates, no claims against suppliers, no needless reorders",
        of_known_items=True,
    ),
    "suppliers": Table(
        columns={
            "supplier": TEXT,
            "item": TEXT,
            "price": _whole(0, least=0, most=_DEAREST),
            "pack": _whole(1, least=1),
            "minimum": _whole(1, least=0),
            "lead_days_mean": Column(type="thousandths", least=0, most=36_500),
            "lead_days_sd": Column(type="thousandths", default="0", least=0, most=36_500),
            "on_time_share": Column(type="thousandths", default="1000", least=0, most=1),
            "currency": NULLABLE_TEXT,
        },
        unique=("supplier", "item"),
        switches_off="who delivers first: a reorder names no supplier and no date",
    ),
    "demand": Table(
        columns={
            "item": TEXT,
            "period_start": DAY,
            "period_days": Column(type="integer", least=1, most=36_500),
            "qty": COUNT,
        },
        unique=("item", "period_start"),
        switches_off="demand: no risk of a stockout, no days until a reorder, overselling is told at its most",
    ),
    "returns": Table(
        columns={"rma": REFERENCE, "item": TEXT, "qty": COUNT, "opened": DAY},
        unique=("rma", "item"),
        switches_off="open returns: a found unit is not recognised as one that came back",
        of_known_items=True,
    ),
    "planning": Table(
        columns={
            "item": TEXT,
            "reorder_point": SIGNED,
            "order_quantity": _whole(0, least=0),
            "order_up_to": _unknown(COUNT),
            "safety_stock": _whole(0, least=0),
        },
        unique=("item",),
        switches_off="reorder points: frozen and needless reorders are not told, no safety stock is kept back",
    ),
    "second_counts": Table(
        columns={"item": TEXT, "location": TEXT, "lot": NULLABLE_TEXT, "qty": COUNT},
        switches_off="second counts: a miscount is not recognised",
    ),
    "sweeps": Table(
        columns={
            "location": TEXT,
            "read_rate": Column(type="thousandths", least=0, most=1),
            "usual_rate": Column(type="thousandths", least=0, most=1),
        },
        unique=("location",),
        switches_off="read rates of RFID sweeps: a weak sweep is not recognised",
    ),
    "parked": Table(
        columns={"location": TEXT, "codes": COUNT},
        unique=("location",),
        switches_off="parked codes: a shortage may be what could not be read",
    ),
    "marks": Table(
        columns={
            "item": TEXT,
            "location": TEXT,
            "lot": NULLABLE_TEXT,
            "units": COUNT,
            "status": _text("damaged", "damaged", "quarantined"),
        },
        switches_off="units marked damaged or quarantined in the count: they count as available",
    ),
}
"""Every input table by name."""
