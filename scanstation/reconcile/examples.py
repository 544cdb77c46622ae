"""One small audit for every cause and every consequence, computed by the engine: docs/causes-and-consequences.md.

Make the page anew with ``python -m scanstation.reconcile.examples > docs/causes-and-consequences.md``.  A test keeps it
up to date and holds every example to its `Example.says`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanstation.reconcile.describe import markdown
from scanstation.reconcile.inputs import as_table
from scanstation.reconcile.run import Outcome, reconcile

HOUR = 3_600_000_000
DAY = 24 * HOUR
TODAY = 20_788
"""2026-12-01, the day of every example."""
NINE = TODAY * DAY + 9 * HOUR
"""The cut-off of every example: 9:00.  Locations are counted at 10:00 and looked at from then."""
TEN = NINE + HOUR

Rows = tuple[str, Sequence[tuple[Any, ...]]]
"""Column names, separated by blanks, and rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An audit that shows one cause or consequence.

    ``recorded`` and ``counted`` hold (item, location, units) or (item, location, lot, units); ``more`` the other input
    tables; ``says`` the columns of the answer's row (``answer``) that is to be seen.
    """

    kind: str
    answer: str
    story: str
    recorded: Sequence[tuple[Any, ...]]
    counted: Sequence[tuple[Any, ...]]
    says: Mapping[str, Any]
    more: Mapping[str, Rows] = field(default_factory=dict)

    def tables(self) -> dict[str, dict[str, list[Any]]]:
        """The input tables, column by column."""
        recorded = [(row[0], row[1], row[2] if len(row) > 3 else None, row[-1], 50_000) for row in self.recorded]
        counted = [(row[0], row[1], row[2] if len(row) > 3 else None, row[-1]) for row in self.counted]
        places = sorted({row[1] for row in counted} | {row[1] for row in recorded})
        reads = [
            (number, TEN + number, row[1], row[0], row[2], None, row[3], False) for number, row in enumerate(counted)
        ]
        return {
            "recorded": columns("item location lot qty unit_cost", recorded),
            "counts": columns("location count_ts", [(place, TEN) for place in places]),
            "reads": columns("event_id ts location item lot serial qty voided", reads),
            **{name: columns(*rows) for name, rows in self.more.items()},
        }

    def run(self, engine: Any = None) -> Outcome:
        """Reconcile the example."""
        tables = {name: as_table(name, given) for name, given in self.tables().items()}
        return reconcile(tables, snapshot_ts=NINE, as_of_ts=TEN, engine=engine)


def columns(names: str, rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    """Return rows as columns under the names."""
    return {name: [row[at] for row in rows] for at, name in enumerate(names.split())}


LAMP = "item name gtin unit_cost price"
ITEMS: Rows = (LAMP, [("lamp", "Lamp", "04006381333931", 50_000, 120_000), ("desk", "Desk", None, 50_000, 90_000)])
ORDERS = "order_id item qty due allow_backorder customer available_at_order"
MOVES = "item location lot delta ts reason document line"


def _cause(kind: str, story: str, **more: Any) -> Example:
    return Example(kind=kind, answer="evidence", story=story, says={"cause": kind, **more.pop("says")}, **more)


def _consequence(kind: str, story: str, **more: Any) -> Example:
    tables = {"items": ITEMS, **more.pop("more", {})}
    says = {"kind": kind, **more.pop("says")}
    return Example(kind=kind, answer="consequences", story=story, says=says, more=tables, **more)


CAUSES = (
    _cause(
        "TIMING",
        "Two lamps were picked before the count and booked at 11:00, after it: expected still holds them.",
        recorded=[("lamp", "A1", 10)],
        counted=[("lamp", "A1", 8)],
        more={"movements": (MOVES, [("lamp", "A1", None, -2, TEN + HOUR, "issue", "PICK-1", "1")])},
        says={"about": "movement", "reference": "PICK-1", "units": 2, "exact": 1},
    ),
    _cause(
        "MISPLACED",
        "Five lamps are missing at A1 and five too many lie at B2: one transfer mends both records.",
        recorded=[("lamp", "A1", 10), ("lamp", "B2", 0)],
        counted=[("lamp", "A1", 5), ("lamp", "B2", 5)],
        says={"location": "A1", "about": "location", "place": "B2", "units": 5, "exact": 1},
    ),
    _cause(
        "SWAP",
        "A picker took three red lamps instead of white ones from the same bin; their numbers are neighbours.",
        recorded=[("red", "A1", 10), ("white", "A1", 10)],
        counted=[("red", "A1", 7), ("white", "A1", 13)],
        more={"items": (LAMP, [("red", "Red", "04006381333931", 0, 0), ("white", "White", "04006381333948", 0, 0)])},
        says={"item": "red", "about": "family", "reference": "white", "units": 3, "exact": 1},
    ),
    _cause(
        "RECEIPT_SHORT",
        "Twelve were ordered, ten came, and the books took the order for the receipt: a claim for two.",
        recorded=[("lamp", "A1", 12)],
        counted=[("lamp", "A1", 10)],
        more={
            "purchase_orders": (
                "po line supplier item qty_ordered qty_received due received_at",
                [("PO-7", "1", "Lichtwerk", "lamp", 12, 10, TODAY, NINE - HOUR)],
            )
        },
        says={"about": "purchase order", "reference": "PO-7", "place": "1", "units": 2, "exact": 1},
    ),
    _cause(
        "RECEIPT_OVER",
        "Twelve were ordered, fourteen came, and the books took the order for the receipt.",
        recorded=[("lamp", "A1", 12)],
        counted=[("lamp", "A1", 14)],
        more={
            "purchase_orders": (
                "po line supplier item qty_ordered qty_received due received_at",
                [("PO-7", "1", "Lichtwerk", "lamp", 12, 14, TODAY, NINE - HOUR)],
            )
        },
        says={"about": "purchase order", "reference": "PO-7", "units": 2, "exact": 1},
    ),
    _cause(
        "UNIT_OF_MEASURE",
        "Four cartons of six were booked as four pieces.",
        recorded=[("lamp", "A1", 4)],
        counted=[("lamp", "A1", 24)],
        more={"packs": ("item units", [("lamp", 6)])},
        says={"about": "pack", "ratio": 6, "units": 20, "exact": 1},
    ),
    _cause(
        "DUPLICATE",
        "One receipt of six was booked twice, on the same document and line.",
        recorded=[("lamp", "A1", 12)],
        counted=[("lamp", "A1", 6)],
        more={
            "movements": (
                MOVES,
                [("lamp", "A1", None, 6, NINE - DAY + at, "receipt", "GR-5", "1") for at in (0, HOUR)],
            )
        },
        says={"about": "movement", "reference": "GR-5", "ratio": 2, "units": 6, "exact": 1},
    ),
    Example(
        kind="UNRECORDED_ISSUE",
        answer="causes",
        story="Three lamps are gone and nothing tells where: scrap, a sample, damage or theft.",
        recorded=[("lamp", "A1", 10)],
        counted=[("lamp", "A1", 7)],
        says={"cause": "UNRECORDED_ISSUE", "rank": 1, "pieces": 0},
    ),
    _cause(
        "UNRECORDED_RETURN",
        "A lamp too many, and a customer was allowed to send one back.",
        recorded=[("lamp", "A1", 10)],
        counted=[("lamp", "A1", 11)],
        more={"returns": ("rma item qty opened", [("RMA-3", "lamp", 1, TODAY - 4)])},
        says={"about": "return", "reference": "RMA-3", "units": 1, "exact": 1},
    ),
    _cause(
        "LOT",
        "All ten are there, four of them under the other lot.",
        recorded=[("tea", "A1", "L1", 10), ("tea", "A1", "L2", 0)],
        counted=[("tea", "A1", "L1", 6), ("tea", "A1", "L2", 4)],
        says={"lot": "L1", "about": "lot", "units": 4, "exact": 1},
    ),
    _cause(
        "COUNT_ERROR",
        "Another person counted ten, as the record says: it is the first count that is wrong.",
        recorded=[("lamp", "A1", 10)],
        counted=[("lamp", "A1", 9)],
        more={"second_counts": ("item location lot qty", [("lamp", "A1", None, 10)])},
        says={"about": "second count", "ratio": 10, "exact": 1},
    ),
    Example(
        kind="UNEXPLAINED",
        answer="causes",
        story="A shortage where a code is parked: what is missing may be what could not be read.",
        recorded=[("lamp", "A1", 10)],
        counted=[("lamp", "A1", 9)],
        more={"parked": ("location codes", [("A1", 1)])},
        says={"cause": "UNEXPLAINED", "parked": 1},
    ),
)
"""An example of each cause."""

SHORT = {"recorded": [("lamp", "A1", 10)], "counted": [("lamp", "A1", 5)]}
FOUND = {"recorded": [("lamp", "A1", 0)], "counted": [("lamp", "A1", 5)]}
DEMAND = "item period_start period_days qty"
PLAN = "item reorder_point order_quantity safety_stock"
ORDERED = "po line supplier item qty_ordered qty_received due"

CONSEQUENCES = (
    _consequence(
        "OVERSOLD",
        "Ten on record cover 4 + 4 + 2; five are there. The second order goes short by 3 until the 7th.",
        **SHORT,
        more={
            "orders": (
                ORDERS,
                [
                    ("O1", "lamp", 4, TODAY, False, "Ada", 10),
                    ("O2", "lamp", 4, TODAY + 1, False, "Bob", 10),
                    ("O3", "lamp", 2, TODAY + 2, False, "Cleo", 10),
                ],
            ),
            "purchase_orders": (ORDERED, [("P1", "1", "Lichtwerk", "lamp", 20, 0, TODAY + 6)]),
        },
        says={"order_id": "O2", "customer": "Bob", "units": 3, "day": TODAY + 6, "days": 5, "note": "unintentional"},
    ),
    _consequence(
        "OVERSELL_NEXT",
        "The web shop offers ten, five are there, and two are sold a day: within a week five that do not exist.",
        **SHORT,
        more={
            "listings": ("channel item state published_qty", [("web", "lamp", "in_stock", 10)]),
            "demand": (DEMAND, [("lamp", TODAY - 10, 10, 20)]),
        },
        says={"channel": "web", "units": 5, "of_units": 10, "note": "in_stock", "action": "publish"},
    ),
    _consequence(
        "FALSE_OUT_OF_STOCK",
        "Five lamps that no record knew; the web shop turns customers away.",
        **FOUND,
        more={"listings": ("channel item state published_qty buffer", [("web", "lamp", "out_of_stock", 0, 1)])},
        says={"channel": "web", "units": 4, "margin": 4 * 70_000, "tell": "channel"},
    ),
    _consequence(
        "NEEDLESS_BACKORDER",
        "An order waits for two lamps that were on the shelf all along.",
        **FOUND,
        more={"orders": (ORDERS, [("O4", "lamp", 2, TODAY - 3, True, "Dora", 0)])},
        says={"order_id": "O4", "units": 2, "note": "intentional", "action": "ship"},
    ),
    _consequence(
        "FROZEN_REORDER",
        "Ten on record lie above the reorder point of six, five do not: the record holds the purchase back.",
        **SHORT,
        more={
            "planning": (PLAN, [("lamp", 6, 12, 0)]),
            "demand": (DEMAND, [("lamp", TODAY - 10, 10, 10)]),
            "suppliers": (
                "supplier item price pack minimum lead_days_mean lead_days_sd on_time_share",
                [("Slow", "lamp", 40_000, 1, 1, 9.0, 1.0, 0.9), ("Quick", "lamp", 45_000, 5, 1, 4.0, 1.0, 0.9)],
            ),
        },
        says={"units": 15, "supplier": "Quick", "day": TODAY + 6, "days": 4, "tell": "buyer"},
    ),
    _consequence(
        "NEEDLESS_REORDER",
        "With the five that were found, the twelve on order are more than the reorder point asks for.",
        **FOUND,
        more={
            "planning": (PLAN, [("lamp", 12, 12, 0)]),
            "purchase_orders": (ORDERED, [("P1", "1", "Lichtwerk", "lamp", 12, 0, TODAY + 9)]),
        },
        says={"po": "P1", "units": 4, "of_units": 12, "action": "reduce_order"},
    ),
    _consequence(
        "LATE_PROMISE",
        "By the record the order could go on its day; in truth it waits for the delivery two days later.",
        **SHORT,
        more={
            "orders": (ORDERS, [("O1", "lamp", 8, TODAY + 1, False, "Ada", 10)]),
            "purchase_orders": (ORDERED, [("P1", "1", "Lichtwerk", "lamp", 5, 0, TODAY + 3)]),
        },
        says={"order_id": "O1", "due": TODAY + 1, "day": TODAY + 3, "days": 2, "action": "new_date"},
    ),
    _consequence(
        "PARTIAL",
        "Five of eight can go now. Waiting thirty days for the rest would cost more than a second shipment.",
        **SHORT,
        more={
            "orders": (ORDERS, [("O1", "lamp", 8, TODAY + 1, False, "Ada", 10)]),
            "purchase_orders": (ORDERED, [("P1", "1", "Lichtwerk", "lamp", 5, 0, TODAY + 30)]),
        },
        says={"order_id": "O1", "units": 5, "of_units": 8, "note": "split", "handling": 60_000},
    ),
    _consequence(
        "SERVICE",
        "Half a lamp a day, two weeks until more can come: five do not last as surely as ten.",
        **SHORT,
        more={
            "demand": (
                DEMAND,
                [("lamp", TODAY - 30 + 3 * at, 3, at % 4) for at in range(10)],
            )
        },
        says={"note": "risk", "days": 14, "tell": "buyer"},
    ),
    _consequence(
        "MONEY",
        "Five lamps at 5.00 each are written off.",
        **SHORT,
        says={"units": -5, "write_off": 250_000, "money": 250_000},
    ),
)
"""An example of each consequence."""

FINDINGS = (
    Example(
        kind="STALE_RESERVATION",
        answer="findings",
        story="The record is right, and five lamps are kept for an order that was cancelled.",
        recorded=[("lamp", "A1", 5)],
        counted=[("lamp", "A1", 5)],
        more={
            "orders": (f"{ORDERS} status", [("O9", "lamp", 5, TODAY, False, "Eve", 9, "cancelled")]),
            "reservations": ("item qty order_id", [("lamp", 5, "O9")]),
        },
        says={"order_id": "O9", "said": "cancelled", "units": 5, "action": "release"},
    ),
    Example(
        kind="LISTING_DRIFT",
        answer="findings",
        story="The record is right, and the web shop shows three where five can be sold.",
        recorded=[("lamp", "A1", 5)],
        counted=[("lamp", "A1", 5)],
        more={"listings": ("channel item state published_qty", [("web", "lamp", "in_stock", 3)])},
        says={"channel": "web", "units": 3, "should": "in_stock", "should_units": 5},
    ),
)
"""What is found beside wrong records."""

EXAMPLES = (*CAUSES, *CONSEQUENCES, *FINDINGS)
"""All of them."""


def shown(example: Example, outcome: Outcome) -> list[dict[str, Any]]:
    """The rows of the answer that are about the example's kind."""
    word = "kind" if example.answer in ("consequences", "findings") else "cause"
    rows: list[dict[str, Any]] = outcome.answer(example.answer).to_pylist()
    rows = [row for row in rows if row[word] == example.kind]
    return sorted(rows, key=lambda row: [str(value) for value in row.values()])


def page() -> str:
    """The whole of docs/causes-and-consequences.md."""
    return "\n".join(line for part in _parts() for line in part).rstrip()


def _parts() -> Iterator[Iterator[str]]:
    yield iter([_INTRO])
    for title, examples in (("Causes", CAUSES), ("Consequences", CONSEQUENCES), ("Findings", FINDINGS)):
        yield iter([f"## {title}\n"])
        yield from (_told(example) for example in examples)


def _told(example: Example) -> Iterator[str]:
    yield f"### {example.kind}\n"
    yield f"{example.story}\n"
    places = dict.fromkeys(row[:-1] for row in (*example.recorded, *example.counted))
    recorded, counted = ({row[:-1]: row[-1] for row in side} for side in (example.recorded, example.counted))
    sides = [
        {"item": key[0], "location": key[1], **({"lot": key[2]} if len(key) > 2 else {}),
         "recorded": recorded.get(key, 0), "counted": counted.get(key, 0)}
        for key in places
    ]  # fmt: skip
    yield markdown(sides)
    tables = example.tables()
    for name in example.more:
        given = tables[name]
        if name != "items" or example.kind == "SWAP":
            yield f"`{name}`\n"
            yield markdown([dict(zip(given, row, strict=True)) for row in zip(*given.values(), strict=True)])
    outcome = example.run()
    yield f"What the engine says, in `{example.answer}`:\n"
    yield markdown([_known(row) for row in shown(example, outcome)])
    outcome.close()


def _known(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without what it is not about."""
    return {name: value for name, value in row.items() if value not in ("", None)}


_INTRO = """\
# Causes and consequences, each with an example

This page is made by `python -m scanstation.reconcile.examples > docs/causes-and-consequences.md`; a test keeps it up
to date. Every example is computed by the engine. The cut-off is 2026-12-01, 9:00; places are counted at 10:00; a unit
costs 5.00. Lamps sell at 12.00. Columns that say nothing in an example are left out. The rules are
[the steps](reconcile.md), the amounts rest on `config/policy.toml`.
"""


if __name__ == "__main__":
    print(page())
