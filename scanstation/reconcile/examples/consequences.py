"""An example of each consequence, and of each finding that needs no wrong record."""

from typing import Any

from scanstation.reconcile.examples.case import LAMP, ORDERS, TODAY, Example, Rows

ITEMS: Rows = (LAMP, [("lamp", "Lamp", "04006381333931", 50_000, 120_000), ("desk", "Desk", None, 50_000, 90_000)])
SHORT = {"recorded": [("lamp", "A1", 10)], "counted": [("lamp", "A1", 5)]}
FOUND = {"recorded": [("lamp", "A1", 0)], "counted": [("lamp", "A1", 5)]}
DEMAND = "item period_start period_days qty"
PLAN = "item reorder_point order_quantity safety_stock"
ORDERED = "po line supplier item qty_ordered qty_received due"


def _consequence(kind: str, story: str, **more: Any) -> Example:
    tables = {"items": ITEMS, **more.pop("more", {})}
    says = {"kind": kind, **more.pop("says")}
    return Example(kind=kind, answer="consequences", story=story, says=says, more=tables, **more)


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
        "By the record twelve had to be ordered; with the five that were found the reorder point asks for none.",
        **FOUND,
        more={
            "planning": (PLAN, [("lamp", 4, 12, 0)]),
            "purchase_orders": (ORDERED, [("P1", "1", "Lichtwerk", "lamp", 12, 0, TODAY + 9)]),
        },
        says={"po": "P1", "units": 12, "of_units": 12, "action": "reduce_order"},
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

WHOLE = Example(
    kind="OVERSOLD",
    answer="consequences",
    story="Ten on record, all of them promised to three customers, each reserved by its own line. Five are there.",
    **SHORT,
    more={
        "items": ITEMS,
        "orders": (
            ORDERS,
            [
                ("O1", "lamp", 4, TODAY, False, "Ada", 10),
                ("O2", "lamp", 4, TODAY + 1, False, "Bob", 10),
                ("O3", "lamp", 2, TODAY + 2, False, "Cleo", 10),
            ],
        ),
        "reservations": ("item qty order_id", [("lamp", 4, "O1"), ("lamp", 4, "O2"), ("lamp", 2, "O3")]),
        "listings": ("channel item state published_qty", [("web", "lamp", "in_stock", 1)]),
        "purchase_orders": (ORDERED, [("P1", "1", "Lichtwerk", "lamp", 3, 0, TODAY + 6)]),
        "planning": (PLAN, [("lamp", 6, 12, 0)]),
        "suppliers": (
            "supplier item price pack minimum lead_days_mean lead_days_sd on_time_share",
            [("Quick", "lamp", 45_000, 6, 1, 5.0, 1.0, 0.9)],
        ),
        "demand": (DEMAND, [("lamp", TODAY - 10, 10, 10)]),
    },
    says={"kind": "OVERSOLD", "order_id": "O2", "customer": "Bob", "units": 3, "day": TODAY + 6, "in_truth": 1},
)
"""One case with all that it breaks."""

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
