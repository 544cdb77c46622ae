"""The tables that can be imported: their columns, other names of these, rules and keys.

Headers are matched without regard to case, blanks, hyphens and underscores.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from scanstation.exchange import cells, dates
from scanstation.exchange.cells import Rule, Share, Whole, Words, one_of

NUMBER, NAME, SHORT = 64, 200, 40
"""Characters of item numbers, codes and documents; of names; of words."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.  ``default`` stands for an empty cell (required columns have none).

    ``refers`` names the table that must have the value: ``items`` or ``locations``.  ``promises`` are other names that
    say more of the value, each with the rule that holds then.
    """

    name: str
    rule: Rule
    aliases: tuple[str, ...] = ()
    required: bool = False
    default: object = None
    refers: str = ""
    promises: tuple[tuple[str, Rule], ...] = ()

    def rule_of(self, header: str) -> Rule:
        """The rule of the cells below this header."""
        word = header_word(header)
        return next((rule for name, rule in self.promises if header_word(name) == word), self.rule)


@dataclass(frozen=True, slots=True)
class Spec:
    """One table: ``key`` names the columns that may not be equal in two rows (empty: rows have no key)."""

    columns: tuple[Column, ...]
    key: tuple[str, ...]


def _item(refers: str = "items") -> Column:
    return Column("item", Words(NUMBER), ("sku", "article", "item number", "product"), True, refers=refers)


def _location(refers: str = "locations", required: bool = True) -> Column:
    return Column("location", Words(NUMBER), ("bin", "place", "location code"), required, refers=refers)


_LOT = Column("lot", Words(SHORT), ("batch", "lot number", "batch number"), default="")
_STATUS = Column("status", one_of("available", "damaged", "quarantined"), ("stock status",), default="available")

TABLES: Mapping[str, Spec] = {
    "items": Spec(
        (
            _item(refers=""),
            Column("name", Words(NAME), ("description", "title", "item name", "product name"), default=""),
            Column("gtin", cells.gtin, ("ean", "upc", "barcode")),
            Column("base_unit", one_of("piece", "gram", "millilitre", "millimetre"), ("unit", "uom"), default="piece"),
            Column("unit_cost", cells.money, ("cost",), default=0),
            Column("price", cells.money, ("selling price", "retail price"), default=0),
            Column("abc_class", one_of("A", "B", "C", upper=True), ("class", "abc"), default="C"),
            Column("tracking", one_of("none", "lot", "serial"), default="none"),
            Column("packs", cells.packs, ("pack sizes",), default={}),
        ),
        ("item",),
    ),
    "codes": Spec(
        (
            Column("code", Words(NUMBER), ("barcode", "gtin", "ean"), True),
            _item(),
            Column("quantity", Whole(1), ("qty", "pieces"), default=1),
            Column("kind", one_of("gtin", "internal", "sscc"), ("type",), default=""),
        ),
        ("code", "item"),
    ),
    "contents": Spec(
        (
            Column(
                "unit",
                cells.unit,
                ("sscc", "logistic unit", "pallet", "handling unit", "lpn", "license plate"),
                True,
                promises=(("sscc", cells.sscc),),
            ),
            _item(),
            _LOT,
            Column("quantity", Whole(1), ("qty", "pieces"), True),
            Column("inside", cells.unit, ("packed in", "parent unit", "outer unit")),
        ),
        ("unit", "item", "lot"),
    ),
    "locations": Spec(
        (
            _location(refers=""),
            Column("site", Words(NUMBER), ("warehouse",), default=""),
            Column("zone", Words(NUMBER), ("area", "aisle"), default=""),
            Column("gln", cells.gln),
        ),
        ("location",),
    ),
    "stock": Spec(
        (
            _item(),
            _location(),
            _LOT,
            _STATUS,
            Column("qty", Whole(0), ("quantity", "on hand", "stock"), True),
        ),
        ("item", "location", "lot", "status"),
    ),
    "movements": Spec(
        (
            _item(),
            _location(),
            _LOT,
            _STATUS,
            Column("delta", Whole(-cells.LARGEST), ("qty", "quantity", "change"), True),
            Column("ts", dates.time, ("time", "booked at", "timestamp"), True),
            Column("reason", Words(SHORT), ("movement type", "type"), default=""),
            Column("document", Words(NUMBER), ("doc", "reference"), default=""),
            Column("line", Words(SHORT), ("document line",), default=""),
            Column("key", Words(NAME), ("movement id", "id")),
        ),
        ("key",),
    ),
    "orders": Spec(
        (
            Column("order_id", Words(NUMBER), ("order", "order number", "sales order"), True),
            _item(),
            Column("qty", Whole(1), ("quantity", "open quantity"), True),
            Column("due", dates.day, ("due date", "promise date", "ship by"), True),
            Column("customer", Words(NAME), ("customer number", "account"), default=""),
            Column("priority", Whole(-1_000_000, 1_000_000), default=0),
            Column("placed_at", dates.time, ("order date", "ordered at", "created at")),
            Column("allow_backorder", cells.truth, ("backorder", "backorder allowed"), default=False),
            Column("status", one_of("open", "shipped", "cancelled"), ("state",), default="open"),
            Column("available_at_order", Whole(-cells.LARGEST)),
        ),
        ("order_id", "item"),
    ),
    "reservations": Spec(
        (
            _item(),
            Column("qty", Whole(1), ("quantity", "reserved"), True),
            Column("order_id", Words(NUMBER), ("order", "order number")),
            _location(required=False),
        ),
        (),
    ),
    "listings": Spec(
        (
            Column("channel", Words(NUMBER), ("shop", "marketplace"), True),
            _item(),
            Column("state", one_of("in_stock", "backorder", "preorder", "out_of_stock"), ("availability",), True),
            Column("published_qty", Whole(0), ("published", "quantity", "qty")),
            Column("policy", one_of("deny", "continue"), ("inventory policy",), default="deny"),
            Column("share", Whole(0, 100), ("percent",), default=100),
            Column("buffer", Whole(0), ("safety buffer",), default=0),
        ),
        ("channel", "item"),
    ),
    "purchase_orders": Spec(
        (
            Column("po", Words(NUMBER), ("purchase order", "po number"), True),
            Column("line", Words(SHORT), ("po line", "position"), True),
            Column("supplier", Words(NAME), ("vendor",), default=""),
            _item(),
            Column("qty_ordered", Whole(1), ("ordered", "qty", "quantity"), True),
            Column("qty_received", Whole(0), ("received",), default=0),
            Column("due", dates.day, ("due date", "expected")),
            Column("received_at", dates.time, ("receipt date",)),
        ),
        ("po", "line"),
    ),
    "suppliers": Spec(
        (
            Column("supplier", Words(NAME), ("vendor",), True),
            _item(),
            Column("price", cells.money, ("purchase price", "cost"), default=0),
            Column("pack", Whole(1), ("pack size", "order multiple"), default=1),
            Column("minimum", Whole(0), ("minimum order", "moq"), default=1),
            Column("lead_days_mean", Share(36_500), ("lead time", "lead days", "delivery days"), True),
            Column("lead_days_sd", Share(36_500), ("lead time deviation", "lead days deviation"), default=0),
            Column("on_time_share", Share(1), ("on time", "reliability"), default=1),
        ),
        ("supplier", "item"),
    ),
    "demand": Spec(
        (
            _item(),
            Column("period_start", dates.day, ("start", "period", "week", "month"), True),
            Column("period_days", Whole(1, 366), ("days",), True),
            Column("qty", Whole(0), ("quantity", "demand", "sold"), True),
        ),
        ("item", "period_start"),
    ),
    "returns": Spec(
        (
            Column("rma", Words(NUMBER), ("return", "return number", "authorisation"), True),
            _item(),
            Column("qty", Whole(1), ("quantity",), True),
            Column("opened", dates.day, ("opened on", "date"), True),
        ),
        ("rma", "item"),
    ),
    "planning": Spec(
        (
            _item(),
            Column("reorder_point", Whole(0), ("reorder level", "minimum stock"), True),
            Column("order_quantity", Whole(0), ("lot size", "reorder quantity"), default=0),
            Column("order_up_to", Whole(0), ("maximum stock", "order up to level")),
            Column("safety_stock", Whole(0), default=0),
        ),
        ("item",),
    ),
    "lots": Spec(
        (
            _item(),
            Column("lot", Words(SHORT), ("batch", "lot number", "batch number"), True),
            Column("expires", dates.day, ("expiry", "best before", "use by", "expiration date"), True),
        ),
        ("item", "lot"),
    ),
}
"""What `import_file` takes, by table."""


def header_word(header: str) -> str:
    """The form in which headers are compared."""
    return re.sub(r"[\s_-]+", "", header).casefold()


def match_header(header: str, spec: Spec) -> Column | None:
    """The column that a header names, by its own name first."""
    word = header_word(header)
    for column in spec.columns:
        if word == header_word(column.name):
            return column
    for column in spec.columns:
        if word in {header_word(alias) for alias in column.aliases}:
            return column
    return None
