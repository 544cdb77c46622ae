"""Small random audits with every table, in which every rule of causes and consequences has something to look at."""

from scanstation.reconcile import TABLES, as_table

MINUTE = 60_000_000
HOUR, DAY = 60 * MINUTE, 24 * 60 * MINUTE
TODAY = 20_788
T0 = TODAY * DAY + 9 * HOUR
NOW = T0 + 3 * HOUR
ITEMS, PLACES, LOTS = ("A", "B", "C"), ("L1", "L2", "L10"), (None, "1", "2")

TOLD_APART = {
    "recorded": "item location", "counts": "location", "reads": "item location", "movements": "item location document",
    "items": "item", "packs": "item", "lots": "item", "locations": "location site", "orders": "item order_id",
    "reservations": "item order_id", "listings": "item", "purchase_orders": "item po", "suppliers": "item",
    "demand": "item", "returns": "item", "planning": "item", "second_counts": "item location", "sweeps": "location",
    "parked": "location", "marks": "item location",
}  # fmt: skip
"""The names by which the rows of one audit are told from those of another."""


def audit(rng):
    """A small audit in which every rule has something to look at; its tables as lists of rows."""
    pick, some, whole = rng.choice, rng.random, rng.randint

    def keyed(number, make, *key):
        rows = [make() for _ in range(number)]
        return list({tuple(row[name] for name in key): row for row in rows}.values())

    def record():
        return {"item": pick(ITEMS), "location": pick(PLACES), "lot": pick(LOTS), "qty": whole(-1, 9),
                "unit_cost": pick((0, 3_333)), "status": pick(("available",) * 4 + ("held",))}  # fmt: skip

    def movement():
        at = pick((T0, T0 + HOUR, T0 + 2 * HOUR)) + pick((-1, 0, 1, MINUTE, -5 * HOUR, -3 * DAY, 5 * HOUR))
        return {"item": pick(ITEMS), "location": pick(PLACES), "lot": pick(LOTS[:2]), "delta": whole(-4, 4), "ts": at,
                "reason": pick(("",) * 4 + ("adjustment",)), "document": pick(("", "D1", "D2", "P0")),
                "line": pick(("", "1")), "status": pick(("available",) * 5 + ("damaged",))}  # fmt: skip

    def order():
        return {"order_id": f"O{whole(0, 9)}", "item": pick(ITEMS), "qty": whole(0, 6), "due": TODAY + whole(-2, 6),
                "allow_backorder": some() < 0.5, "priority": whole(0, 1),
                "placed_at": pick((None, T0 - DAY, T0 + HOUR)),
                "status": pick(("open",) * 5 + ("shipped", "cancelled")),
                "available_at_order": pick((None, None, 0, 2, 9))}  # fmt: skip

    def delivery():
        return {"po": f"P{whole(0, 4)}", "line": pick("12"), "item": pick(ITEMS), "supplier": "S",
                "qty_ordered": whole(0, 9), "qty_received": whole(0, 9), "due": pick((None, TODAY + whole(-2, 8))),
                "received_at": pick((None, T0 - HOUR, T0 + HOUR, T0 - 4 * DAY))}  # fmt: skip

    def listing():
        return {"channel": pick(("web", "shop")), "item": pick(ITEMS), "policy": pick(("deny", "continue")),
                "state": pick(("in_stock", "backorder", "preorder", "out_of_stock")),
                "published_qty": pick((None, 0, 3)), "share": pick((0, 33, 100)), "buffer": whole(0, 2)}  # fmt: skip

    def supplier():
        return {"supplier": pick("ST"), "item": pick(ITEMS), "price": whole(1, 2), "pack": pick((1, 4)),
                "minimum": pick((0, 5)), "lead_days_mean": pick((1.5, 4.0)), "lead_days_sd": pick((0.0, 1.25)),
                "on_time_share": pick((0.9, 1.0))}  # fmt: skip

    def plan():
        return {"item": pick(ITEMS), "reorder_point": whole(-2, 8), "order_quantity": pick((0, 4)),
                "order_up_to": pick((None, None, 3, 15)), "safety_stock": whole(0, 3)}  # fmt: skip

    def line_of(name):
        return {"item": pick(ITEMS), "location": pick(PLACES), "lot": pick(LOTS[:2]), name: whole(0, 4)}

    def read(number):
        return {"event_id": number, "ts": T0 + number, "location": pick(PLACES), "item": pick(ITEMS),
                "lot": pick(LOTS), "serial": None, "qty": whole(1, 5), "voided": False}  # fmt: skip

    def item(name):
        gtin = pick(("04006381333931", "4006381333948", None))
        return {"item": name, "gtin": gtin, "unit_cost": 2_500, "price": pick((0, 5_000, 9_999))}

    def pack():
        return {"item": pick(ITEMS), "units": whole(2, 4)}

    def lot():
        return {"item": pick(ITEMS), "lot": pick("12"), "expires": TODAY + whole(-1, 0)}

    def reservation():
        return {"item": pick(ITEMS), "qty": whole(0, 2), "order_id": pick((None, "O1", "O9", "X"))}

    def authorised(number):
        return {"rma": f"R{number}", "item": pick(ITEMS), "qty": whole(0, 4), "opened": TODAY + pick((0, 0, 1))}

    def week(name, number):
        return {"item": name, "period_start": TODAY - 7 * number, "period_days": 7, "qty": whole(0, 9)}

    return {
        "recorded": keyed(10, record, "item", "location", "lot", "status"),
        "counts": [
            {"location": place, "count_ts": T0 + pick((HOUR, 2 * HOUR))} for place in rng.sample(PLACES, whole(1, 3))
        ],
        "reads": [read(number) for number in range(whole(1, 12))],
        "movements": [movement() for _ in range(whole(0, 12))],
        "items": [item(name) for name in ITEMS],
        "packs": keyed(2, pack, "item", "units"),
        "lots": keyed(2, lot, "item", "lot"),
        "locations": [{"location": place, "site": "S", "zone": pick("YZ")} for place in PLACES if some() < 0.8],
        "orders": keyed(8, order, "order_id", "item"),
        "reservations": [reservation() for _ in range(3)],
        "listings": keyed(3, listing, "channel", "item"),
        "purchase_orders": keyed(5, delivery, "po", "line"),
        "suppliers": keyed(4, supplier, "supplier", "item"),
        "demand": [week(name, number) for name in ITEMS if some() < 0.6 for number in (1, 2)],
        "returns": [authorised(number) for number in (1, 2)],
        "planning": keyed(3, plan, "item"),
        "second_counts": [line_of("qty") for _ in range(2)],
        "sweeps": [{"location": pick(PLACES), "read_rate": pick((0.9, 0.949, 0.95)), "usual_rate": 1.0}],
        "parked": [{"location": pick(PLACES), "codes": whole(0, 1)}],
        "marks": [line_of("units") for _ in range(whole(0, 2))],
    }


def together(audits):
    """Put audits side by side into one, each under names of its own."""
    joined = {name: [] for name in TOLD_APART}
    for number, tables in enumerate(audits):
        for name, columns in TOLD_APART.items():
            for row in tables.get(name, ()):
                own = {column: f"{number}-{row[column]}" for column in columns.split() if row[column]}
                joined[name].append({**row, **own})
    for number, row in enumerate(joined["reads"]):
        row["event_id"] = number
    return joined


def inputs_of(tables):
    """Return the tables as the engine takes them."""
    given = {name: {column for row in rows for column in row} for name, rows in tables.items()}
    return {
        name: as_table(
            name,
            {column: [row.get(column) for row in rows] for column in TABLES[name].columns if column in given[name]},
        )
        for name, rows in tables.items()
    }
