"""A location that closes tells at once what a review of the whole audit would say of it."""

import random

import pytest

from scanstation.audit import reviews
from scanstation.audit.live import LiveAudit
from scanstation.reconcile.duckdb_engine import DuckDBEngine
from scanstation.stock.model import (
    Item,
    Listing,
    ListingState,
    Location,
    Movement,
    OrderLine,
    PurchaseOrderLine,
    Reservation,
    StockRecord,
)

DAY = 20_370  # the day of the simulated clock


@pytest.fixture(autouse=True)
def whole_on_duckdb(monkeypatch):
    """The review of the whole runs on DuckDB, as that of a large audit: a closing runs on SQLite."""
    monkeypatch.setattr(reviews, "engine_for", lambda inputs: DuckDBEngine())


def crowded(site, rng):
    """Twenty items in four bins of two zones, with promises, receipts and movements on them."""
    places = ["A1", "A2", "A10", "B1"]
    site.stock.put_locations([Location(location=name, site="S", zone=name[0]) for name in places])
    items = [f"i{number:02}" for number in range(20)]
    site.stock.put_items(
        [
            Item(item=item, name=item.upper(), unit_cost=10_000, price=25_000, gtin=f"0400638133{number:04}")
            for number, item in enumerate(items)
        ]
    )
    records = {(item, place): rng.randint(0, 9) for item in items for place in rng.sample(places, 2)}
    site.stock.put_records(
        [StockRecord(item=item, location=place, lot=None, qty=qty) for (item, place), qty in records.items()]
    )
    site.stock.put_orders(
        [
            OrderLine(order_id=f"O{number}", item=rng.choice(items), qty=rng.randint(1, 6), due=DAY + rng.randint(0, 9))
            for number in range(40)
        ]
    )
    site.stock.set_reservations([Reservation(item=item, qty=1, order_id=rng.choice(["O1", "gone"])) for item in items])
    states = list(ListingState)
    site.stock.put_listings(
        [Listing(channel="web", item=item, state=rng.choice(states), published_qty=rng.randint(0, 4)) for item in items]
    )
    site.stock.put_purchase_orders(
        [
            PurchaseOrderLine(po=f"P{number}", line="1", supplier="S", item=item, qty_ordered=5, due=DAY + number % 9)
            for number, item in enumerate(items)
        ]
    )
    return places, records


@pytest.mark.parametrize("seed", range(4))
def test_every_closed_location_says_what_the_whole_audit_says_of_it(site, seed):
    rng = random.Random(seed)
    places, records = crowded(site, rng)
    site.workflow.open_audit("AU1", scope=places, name="live")
    live = LiveAudit(site.stock, site.journal, "AU1", clock=site.workflow.clock, policy=site.workflow.policy)
    assert live.closing("A1") is None
    told = 0
    for place in rng.sample(places, len(places)):
        if rng.random() < 0.5:
            site.stock.book(
                [
                    Movement(
                        item="i00",
                        location=place,
                        lot=None,
                        delta=-1,
                        ts=site.workflow.clock(),
                        reason="issue",
                        document="D1",
                    )
                ]
            )
        lines = [(item, qty + rng.choice([0, 0, -1, 1])) for (item, at), qty in records.items() if at == place]
        lines = [(item, qty) for item, qty in lines if qty > 0]
        marked = [(lines[0][0], 1, "damaged")] if lines and rng.random() < 0.7 else []
        site.count("AU1", place, *lines, parked=["?"][: rng.randint(0, 1)], marked=marked)

        closing = live.closing(place)
        review = site.workflow.review("AU1")

        found = tuple(row for row in review.findings if row.location == place)
        held = tuple(row for row in review.held if row.location == place)
        touched = {row.item for row in found} | {item for item, *_ in marked}
        assert closing is not None
        assert closing.findings == found
        assert closing.held == held
        assert {row.item for row in held} == {item for item, *_ in marked}
        assert closing.consequences == tuple(row for row in review.consequences if row.item in touched)
        told += len(found)
    assert told > 10
    assert any(cause.cause == "SWAP" for row in review.findings for cause in row.causes)
