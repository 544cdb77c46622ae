"""What a reconciliation reads of some items is what it reads of the whole, without the rows of the other items."""

import itertools
import random

import pytest
from sqlalchemy import insert

from scanstation.store import schema
from scanstation.store.engine import writing
from scanstation.store.stock import StockStore

T0 = 1_000
ODD = ["TEA", "tea", 'Tea "Lung Ching"', "Tee, grün ☕", "a\\b'c", "%(items)s", "?", "0815"]
"""Items whose numbers try the binding of a list."""


@pytest.fixture
def full(store: StockStore) -> StockStore:
    """An open audit of a warehouse with rows of every item in every table that a reconciliation reads."""
    numbers = itertools.count(1)
    rows = {
        schema.items: [{"item": item, "unit_cost": 5} for item in ODD],
        schema.locations: [{"location": place, "site": "S", "zone": place[0]} for place in ("A1", "A2", "B'1")],
        schema.codes: [{"code": f"c{next(numbers)}", "item": item, "quantity": 4} for item in ODD],
        schema.packs: [{"item": item, "indicator": 1, "quantity": 6} for item in ODD],
        schema.stock_records: [{"item": item, "location": place, "qty": 5} for item in ODD for place in ("A1", "A2")],
        schema.orders: [{"order_id": "O", "item": item, "qty": 1, "due": next(numbers)} for item in ODD],
        schema.reservations: [{"item": item, "qty": 1, "order_id": "O"} for item in ODD],
        schema.listings: [{"channel": "web", "item": item, "state": "in_stock"} for item in ODD],
        schema.purchase_orders: [{"po": "P", "line": item, "item": item, "qty_ordered": 3} for item in ODD],
        schema.suppliers: [{"supplier": "S", "item": item, "lead_days_mean": 2.5} for item in ODD],
        schema.demand: [{"item": item, "period_start": 1, "period_days": 7, "qty": 3} for item in ODD],
        schema.returns: [{"rma": "R", "item": item, "qty": 1, "opened": 3} for item in ODD],
        schema.planning: [{"item": item, "reorder_point": 3} for item in ODD],
        schema.lots: [{"item": item, "lot": "L", "expires": 30} for item in ODD],
    }
    with writing(store.engine) as connection:
        for table, values in rows.items():
            connection.execute(insert(table), values)
    store.create_audit("A1", name="Annual", at=900)
    store.take_snapshot("A1", T0, ["A1"])
    moves = [
        {"item": item, "location": "B'1", "delta": 2, "ts": T0 + shift, "reason": "issue", "document": f"D{shift}"}
        for item in ODD
        for shift in (-1, 1)
    ]
    with writing(store.engine) as connection:
        connection.execute(insert(schema.movements), moves)
    return store


@pytest.mark.parametrize("seed", range(3))
def test_a_slice_is_the_whole_without_other_items(full: StockStore, seed: int) -> None:
    rng = random.Random(seed)
    items, places = set(rng.sample(ODD, rng.randint(1, 7))), set(rng.sample(["A1", "A2", "B'1"], 2))
    whole = full.reconcile_inputs("A1")
    part = full.reconcile_inputs("A1", {*items, "nobody's"}, {*places, "nowhere"})
    assert part.keys() == whole.keys()
    for name, table in whole.items():
        asked = ("location", places) if name == "locations" else ("item", items)
        kept = [row for row in table.to_pylist() if row[asked[0]] in asked[1]]
        assert part[name].schema == table.schema
        assert kept
        assert sorted(part[name].to_pylist(), key=repr) == sorted(kept, key=repr), name


def test_a_slice_of_nothing_is_empty_and_as_long_as_it_must_be(full: StockStore) -> None:
    nothing = full.reconcile_inputs("A1", [])
    assert {table.num_rows for table in nothing.values()} == {0}
    many = full.reconcile_inputs("A1", [*ODD, *(f"i{number}" for number in range(70_000))])
    assert many["recorded"].num_rows == 3 * len(ODD)
