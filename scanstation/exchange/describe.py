"""Writes docs/tables.md: every table that can be imported, its columns, and a row to begin with.

Make the page anew with ``python -m scanstation.exchange.describe > docs/tables.md``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanstation.exchange import cells, dates
from scanstation.exchange.cells import LARGEST, OneOf, Rule, Share, Whole, Words
from scanstation.exchange.columns import TABLES, Column, Spec


@dataclass(frozen=True, slots=True)
class Told:
    """What a person needs to know of a table beyond its columns: what it is for, and one row that can be imported."""

    purpose: str
    example: Mapping[str, str]


TOLD: Mapping[str, Told] = {
    "items": Told(
        "What is stocked. Of an item kept by the gram, millilitre or millimetre, pack sizes and the quantities of its "
        "codes are in that unit. An item number or code that looks like a label of the station, a HIBC, an EPC or an "
        "ISO/IEC 15434 label is imported with a warning.",
        {
            "item": "LAMP-7",
            "name": "Desk lamp, oak",
            "gtin": "9521141000021",
            "unit_cost": "18.50",
            "price": "39.90",
            "abc_class": "A",
            "packs": "1:6 3:24",
        },
    ),
    "codes": Told(
        "Further codes by which an item is known: a supplier's number, a pack with a code of its own, an old label. "
        "A code of 8, 12, 13 or 14 digits is taken for a GTIN unless `kind` says otherwise.",
        {"code": "BOX-LAMP-12", "item": "LAMP-7", "quantity": "12", "kind": "internal"},
    ),
    "contents": Told(
        "What is in a logistic unit (a pallet or a box with an SSCC, another licence plate or a package number), so "
        "that one scan counts all of it. A unit holds exactly what the file lists for it; what it held before is "
        "forgotten. A unit that was sent `inside` another one counts with it. Despatch advices (DESADV, X12 856) fill "
        "this table, too: see [despatch-advices.md](despatch-advices.md).",
        {"unit": "095211410000000014", "item": "LAMP-7", "quantity": "48"},
    ),
    "locations": Told(
        "The places that can be scanned.",
        {"location": "A-01-06", "site": "Main", "zone": "A", "gln": "9521141000007"},
    ),
    "stock": Told(
        "What the record says lies where. A row says how much there is; it is no change.",
        {"item": "LAMP-7", "location": "A-01-06", "qty": "64"},
    ),
    "movements": Told(
        "Bookings. They change the stock records, each `key` once; a file without keys is booked once as a whole. "
        "With `--history` they are kept and not booked, for stock records that contain them already.",
        {
            "item": "LAMP-7",
            "location": "A-01-06",
            "delta": "-2",
            "ts": "2026-11-30T09:55:00Z",
            "reason": "issue",
            "document": "PICK-881",
            "line": "1",
            "key": "PICK-881/1",
        },
    ),
    "orders": Told(
        "Order lines. Open ones are promises: the reconciliation tells which of them go short.",
        {"order_id": "SO-1001", "item": "LAMP-7", "qty": "4", "due": "2026-12-02", "customer": "Ostermann"},
    ),
    "reservations": Told(
        "Stock that is promised elsewhere. Without a key of its own, a file replaces the whole list.",
        {"item": "LAMP-7", "qty": "1"},
    ),
    "listings": Told(
        "What a sales channel says of an item.",
        {"channel": "web", "item": "LAMP-7", "state": "in_stock", "published_qty": "20", "buffer": "2"},
    ),
    "purchase_orders": Told(
        "Lines that a supplier is to deliver.",
        {"po": "PO-77", "line": "1", "supplier": "Lichtwerk", "item": "LAMP-7", "qty_ordered": "48"},
    ),
    "suppliers": Told(
        "Who delivers an item, at what price, how fast and how reliably. A frozen reorder names the quickest.",
        {"supplier": "Lichtwerk", "item": "LAMP-7", "price": "11.20", "pack": "12", "lead_days_mean": "6.5"},
    ),
    "demand": Told(
        "What was asked for in a period, whether it could be delivered or not. The risk of a stockout rests on it.",
        {"item": "LAMP-7", "period_start": "2026-11-23", "period_days": "7", "qty": "9"},
    ),
    "returns": Told(
        "Open return authorisations: a found unit may be one that came back.",
        {"rma": "RMA-31", "item": "LAMP-7", "qty": "1", "opened": "2026-11-20"},
    ),
    "planning": Told(
        "When an item is reordered, and how much: an order quantity, or a level to order up to.",
        {"item": "LAMP-7", "reorder_point": "20", "order_quantity": "24", "safety_stock": "6"},
    ),
    "lots": Told(
        "The last day on which a lot may be sold. Expired stock is there and cannot be promised.",
        {"item": "LAMP-7", "lot": "L-2604", "expires": "2027-04-30"},
    ),
}
"""The words and the example of every table.  The examples fit together and can be imported in this order."""

_NAMED: Mapping[Rule, str] = {
    cells.money: "amount with a decimal point and at most four decimals",
    dates.day: "date (`2026-11-30`) or days since 1970-01-01 (2000 to 2069)",
    dates.time: "time (`2026-11-30T14:05:00Z`; UTC without an offset) or microseconds since 1970-01-01 (2000 to 2100)",
    cells.truth: "`true` or `false` (also yes/no, y/n, 1/0)",
    cells.gtin: "GTIN of 8, 12, 13 or 14 digits with its check digit",
    cells.gln: "GLN of 13 digits with its check digit, then `.` and the extension where there is one",
    cells.sscc: "SSCC of 18 digits with its check digit",
    cells.unit: "licence plate or package number of at most 50 characters; an SSCC has 18 digits and its check digit",
    cells.packs: "GTIN-14 indicator and pieces of each pack, as `1:6 3:24`",
}


def rule_words(rule: Rule) -> str:
    """What a cell may hold, in words.  Raises KeyError for a rule that has none yet."""
    match rule:
        case Words(limit):
            return f"text of at most {limit} characters"
        case OneOf(allowed):
            return "one of " + ", ".join(f"`{word}`" for word in allowed)
        case Share(most):
            return f"number with at most three decimals from 0 to {most:,}"
        case Whole(least, most):
            return "whole number" + _bounds(least, most)
    return _NAMED[rule]


def _bounds(least: int, most: int) -> str:
    if most < LARGEST:
        return f" from {least:,} to {most:,}"
    return f" of at least {least}" if least > -LARGEST else ", may be negative"


def page() -> str:
    """The whole of docs/tables.md."""
    return "\n".join([_INTRO, *(line for name, spec in TABLES.items() for line in _table(name, spec))]).rstrip()


def _table(name: str, spec: Spec) -> Iterator[str]:
    told = TOLD[name]
    yield f"## {name}\n"
    yield f"{told.purpose} {_key(spec)}\n"
    yield "| column | also called | holds | empty cell |"
    yield "| --- | --- | --- | --- |"
    for column in spec.columns:
        yield f"| `{column.name}` | {', '.join(column.aliases)} | {_holds(column)} | {_empty(column)} |"
    yield "\n```csv"
    yield ",".join(told.example)
    yield ",".join(_quoted(value) for value in told.example.values())
    yield "```\n"


def _key(spec: Spec) -> str:
    if not spec.key:
        return "Rows have no key."
    names = [f"`{name}`" for name in spec.key]
    return f"No two rows may be equal in {' and '.join(filter(None, (', '.join(names[:-1]), names[-1])))}."


def _holds(column: Column) -> str:
    refers = f"; must be one of the imported {column.refers}" if column.refers else ""
    return rule_words(column.rule) + refers


def _empty(column: Column) -> str:
    if column.required:
        return "**required**"
    return _default(column.default)


def _default(value: Any) -> str:
    if value is None or value in ("", {}):
        return "nothing"
    return "`false`" if value is False else f"`{value}`"


def _quoted(text: str) -> str:
    return f'"{text}"' if "," in text else text


_INTRO = """\
# Tables that can be imported

This page is made by `python -m scanstation.exchange.describe > docs/tables.md`; a test keeps it up to date.

    scanstation stock import items items.csv

CSV, XLSX and Parquet are read. A file is imported whole or not at all; every error in it is shown at once, with row,
column, reason and what to do. The order of the columns does not matter. Case, blanks, hyphens and underscores in the
header do not matter either, and the other names below are understood. Columns that are not listed are named
and not read.
Blank rows are passed over, also before the header.

A row whose key is known already changes that row, in the columns that the file has; rows that the file does not name
stay as they are. Bring in `items` and `locations` first, because most tables refer to them.

Quantities are whole numbers in the item's base unit. Amounts have a decimal point; a comma is refused, because 1,250
means two things. Format item numbers and codes as text in a spreadsheet, so that leading zeros and the
digits behind the fifteenth stay; a long code that was typed as a number (`9.52E+16`) is refused.
The error of a formula, such as `#N/A`, is an error of its cell and never taken for an empty one.
"""


if __name__ == "__main__":
    print(page())
