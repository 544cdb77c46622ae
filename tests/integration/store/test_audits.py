"""Audits in a real stock file: snapshot, late bookings, states, posting."""

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event
from typing import Any

import pytest

from scanstation.audit import Adjustment, Approval
from scanstation.stock.model import (
    Listing,
    ListingState,
    Movement,
    OrderLine,
    PurchaseOrderLine,
    Reservation,
    StockRecord,
    StockStatus,
)
from scanstation.store.engine import StoreError, StoreReason
from scanstation.store.stock import StockStore, open_stock

T0 = 1_000


def opened(store: StockStore, audit: str = "A1", scope: Sequence[str] = ("L1", "L2")) -> StockStore:
    store.create_audit(audit, name="Annual", at=900, site="HAM", created_by="1001")
    store.take_snapshot(audit, T0, scope)
    return store


def approved(store: StockStore) -> StockStore:
    opened(store)
    for state in ("reconciled", "approved"):
        store.set_audit_state("A1", state, at=3_000)
    return store


def book(store: StockStore, delta: int, ts: int, location: str = "L1", item: str = "TEA") -> None:
    store.book([Movement(item=item, location=location, lot=None, delta=delta, ts=ts, reason="issue")])


def rows(store: StockStore, name: str) -> list[tuple[Any, ...]]:
    """The rows that the engine gets of an audit; of movements only those after the cut-off."""
    table = store.reconcile_inputs("A1")[name].to_pylist()
    if name == "movements":
        table = [row for row in table if row["ts"] > T0]
    return sorted((tuple(row.values()) for row in table), key=repr)


def at(store: StockStore, item: str, location: str, status: str = "available") -> int:
    return sum(row.qty for row in store.records(item=item, location=location) if row.status == status)


def test_an_audit_is_planned_then_counted(warehouse: StockStore) -> None:
    planned = warehouse.create_audit("A1", name="Annual", at=900, site="HAM", blind=False, created_by="1001")
    assert (planned.state, planned.t0, planned.blind, planned.site) == ("planned", None, False, "HAM")
    assert warehouse.take_snapshot("A1", T0, ["L2", "L1", "L1"]) == 3
    found = warehouse.audit("A1")
    assert found is not None
    assert (found.state, found.t0, found.changed_at) == ("counting", T0, T0)
    assert warehouse.scope("A1") == ("L1", "L2")
    assert [audit.audit for audit in warehouse.audits(states=["counting"])] == ["A1"]
    assert warehouse.audits(states=["posted"]) == ()
    assert warehouse.audits_of(["L1", "L3"]) == (("A1", "L1"),)


def test_the_snapshot_stays_when_the_records_change(warehouse: StockStore) -> None:
    opened(warehouse)
    book(warehouse, -3, 2_000)
    warehouse.put_records([StockRecord(item="RICE", location="L3", lot=None, qty=0)])
    assert rows(warehouse, "recorded") == [
        ("RICE", "L3", None, 7, 10_000, "available"),
        ("TEA", "L1", None, 10, 25_000, "available"),
        ("TEA", "L2", "B1", 4, 25_000, "available"),
    ]
    assert rows(warehouse, "movements") == [("TEA", "L1", None, -3, 2_000, "issue", "", "", "available")]


@pytest.mark.parametrize(("ts", "recorded", "later"), [(T0 - 1, 8, 0), (T0, 8, 0), (T0 + 1, 10, 1)])
def test_a_late_booking_belongs_to_the_time_of_its_movement(
    warehouse: StockStore, ts: int, recorded: int, later: int
) -> None:
    opened(warehouse)
    book(warehouse, -2, ts)
    assert ("TEA", "L1", None, recorded, 25_000, "available") in rows(warehouse, "recorded")
    assert len(rows(warehouse, "movements")) == later


@pytest.mark.parametrize(("ts", "recorded", "later"), [(T0, 8, 0), (T0 + 1, 10, 1)])
def test_an_early_booking_belongs_to_the_time_of_its_movement(
    warehouse: StockStore, ts: int, recorded: int, later: int
) -> None:
    book(warehouse, -2, ts)
    opened(warehouse)
    assert ("TEA", "L1", None, recorded, 25_000, "available") in rows(warehouse, "recorded")
    assert len(rows(warehouse, "movements")) == later


def test_late_history_is_in_the_records_already(warehouse: StockStore) -> None:
    opened(warehouse)
    late = Movement(item="TEA", location="L1", lot=None, delta=-2, ts=T0 - 1, reason="issue")
    warehouse.book([late], history=True)
    assert ("TEA", "L1", None, 10, 25_000, "available") in rows(warehouse, "recorded")


def test_each_status_is_a_row_of_its_own(warehouse: StockStore) -> None:
    warehouse.put_records([StockRecord(item="TEA", location="L1", lot=None, qty=2, status=StockStatus.DAMAGED)])
    opened(warehouse)
    assert {("TEA", "L1", None, 10, 25_000, "available"), ("TEA", "L1", None, 2, 25_000, "damaged")} <= set(
        rows(warehouse, "recorded")
    )


def test_the_engine_gets_whole_columns(warehouse: StockStore) -> None:
    warehouse.put_orders(
        [
            OrderLine(order_id="O1", item="TEA", qty=2, due=11, priority=3, placed_at=5, customer="C"),
            OrderLine(order_id="O2", item="TEA", qty=2, due=10, status="cancelled"),
        ]
    )
    warehouse.set_reservations([Reservation(item="TEA", qty=1), Reservation(item="TEA", qty=5, order_id="O1")])
    warehouse.put_listings([Listing(channel="web", item="TEA", state=ListingState.IN_STOCK)])
    warehouse.put_purchase_orders([PurchaseOrderLine(po="P", line="1", supplier="S", item="TEA", qty_ordered=5)])
    tables = opened(warehouse).reconcile_inputs("A1")
    assert {name: str(table.schema).replace("\n", ", ") for name, table in tables.items()} == {
        "recorded": "item: string, location: string, lot: string, qty: int64, unit_cost: int64, status: string",
        "movements": "item: string, location: string, lot: string, delta: int64, ts: int64, reason: string, "
        "document: string, line: string, status: string",
        "orders": "order_id: string, item: string, qty: int64, due: int64, customer: string, priority: int64, "
        "placed_at: int64, allow_backorder: bool, status: string, available_at_order: int64",
        "reservations": "item: string, qty: int64, order_id: string",
        "listings": "channel: string, item: string, state: string, published_qty: int64, policy: string, "
        "share: int64, buffer: int64",
        "items": "item: string, name: string, gtin: string, unit_cost: int64, price: int64, abc_class: string, "
        "tracking: string",
        "packs": "item: string, units: int64",
        "locations": "location: string, site: string, zone: string",
        "purchase_orders": "po: string, line: string, supplier: string, item: string, qty_ordered: int64, "
        "qty_received: int64, due: int64, received_at: int64",
        "suppliers": "supplier: string, item: string, price: int64, pack: int64, minimum: int64, "
        "lead_days_mean: double, lead_days_sd: double, on_time_share: double",
        "demand": "item: string, period_start: int64, period_days: int64, qty: int64",
        "returns": "rma: string, item: string, qty: int64, opened: int64",
        "planning": "item: string, reorder_point: int64, order_quantity: int64, order_up_to: int64, "
        "safety_stock: int64",
        "lots": "item: string, lot: string, expires: int64",
    }
    assert rows(warehouse, "orders") == [
        ("O1", "TEA", 2, 11, "C", 3, 5, False, "open", None),
        ("O2", "TEA", 2, 10, "", 0, None, False, "cancelled", None),
    ]
    assert rows(warehouse, "reservations") == [("TEA", 1, None), ("TEA", 5, "O1")]
    assert rows(warehouse, "listings") == [("web", "TEA", "in_stock", None, "deny", 100, 0)]
    assert rows(warehouse, "purchase_orders") == [("P", "1", "S", "TEA", 5, 0, None, None)]


def test_tables_of_an_empty_warehouse_have_their_columns(store: StockStore) -> None:
    store.create_audit("A1", name="Nothing", at=1)
    store.take_snapshot("A1", T0, [])
    tables = store.reconcile_inputs("A1")
    assert {name: table.num_rows for name, table in tables.items()} == dict.fromkeys(tables, 0)
    assert tables["recorded"].schema.names == ["item", "location", "lot", "qty", "unit_cost", "status"]


def test_faults_are_told(warehouse: StockStore) -> None:
    def reason(call: Any, *args: Any, **more: Any) -> StoreReason:
        with pytest.raises(StoreError) as caught:
            call(*args, **more)
        assert caught.value.remedy
        return caught.value.reason

    assert reason(warehouse.reconcile_inputs, "A1") is StoreReason.UNKNOWN_AUDIT
    assert reason(warehouse.take_snapshot, "A1", T0, []) is StoreReason.UNKNOWN_AUDIT
    warehouse.create_audit("A1", name="Annual", at=1)
    assert reason(warehouse.create_audit, "A1", name="Again", at=2) is StoreReason.EXISTS
    assert reason(warehouse.reconcile_inputs, "A1") is StoreReason.WRONG_STATE
    assert reason(warehouse.take_snapshot, "A1", T0, ["L1", "NONE"]) is StoreReason.NOT_FOUND
    assert warehouse.scope("A1") == ()
    assert reason(warehouse.set_audit_state, "A1", "posted", at=3) is StoreReason.WRONG_STATE
    assert reason(warehouse.post_adjustments, "A1", [], 3) is StoreReason.WRONG_STATE
    warehouse.take_snapshot("A1", T0, ["L1"])
    assert reason(warehouse.take_snapshot, "A1", T0, ["L1"]) is StoreReason.WRONG_STATE


def test_a_recount_drops_the_approvals(warehouse: StockStore) -> None:
    approved(warehouse)
    approval = Approval(operator="2001", at=5, reason_code="COUNTED_TWICE", amount=70_000)
    warehouse.approve("A1", approval)
    warehouse.approve("A1", approval)
    assert warehouse.approvals("A1") == (approval,)
    warehouse.set_audit_state("A1", "approved", at=6)
    assert warehouse.approvals("A1") == (approval,)
    warehouse.set_audit_state("A1", "counting", at=7)
    assert warehouse.approvals("A1") == ()


FOUND = (
    Adjustment(item="TEA", location="L1", lot=None, delta=-3, reason_code="UNEXPLAINED"),
    Adjustment(item="RICE", location="L2", lot="B7", delta=2),
)


def test_posting_twice_changes_nothing(warehouse: StockStore) -> None:
    approved(warehouse)
    assert warehouse.post_adjustments("A1", FOUND, 4_000) == 2
    assert warehouse.post_adjustments("A1", reversed(FOUND), 5_000) == 0
    assert (at(warehouse, "TEA", "L1"), at(warehouse, "RICE", "L2")) == (7, 2)
    assert set(warehouse.adjustments("A1")) == set(FOUND)
    movements = list(warehouse.movements())
    assert [(row.delta, row.ts, row.reason, row.document, row.line) for row in movements] == [
        (-3, 4_000, "adjustment", "A1", "UNEXPLAINED"),
        (2, 4_000, "adjustment", "A1", ""),
    ]
    assert movements[0].key == "audit:A1:TEA:L1::available"


def test_stock_that_moved_since_the_count_stays_right(warehouse: StockStore) -> None:
    """Recorded 10, counted 7, then 2 picked: 5 are there, whenever the pick is booked."""
    approved(warehouse)
    book(warehouse, -2, 3_500)
    warehouse.post_adjustments("A1", FOUND[:1], 4_000)
    assert at(warehouse, "TEA", "L1") == 5
    book(warehouse, -1, 3_600)
    assert at(warehouse, "TEA", "L1") == 4


def test_other_figures_for_a_posted_record_are_refused(warehouse: StockStore) -> None:
    approved(warehouse)
    warehouse.post_adjustments("A1", FOUND, 4_000)
    other = Adjustment(item="TEA", location="L1", lot=None, delta=-4)
    new = Adjustment(item="RICE", location="L3", lot=None, delta=1)
    for batch in ([new, other], [new, new]):
        with pytest.raises(StoreError) as caught:
            warehouse.post_adjustments("A1", batch, 5_000)
        assert caught.value.reason is StoreReason.CONFLICT
    assert at(warehouse, "RICE", "L3") == 7


def test_two_audits_adjust_one_record(warehouse: StockStore) -> None:
    approved(warehouse)
    opened(warehouse, "A2")
    for state in ("reconciled", "approved"):
        warehouse.set_audit_state("A2", state, at=3_000)
    warehouse.post_adjustments("A1", FOUND[:1], 4_000)
    warehouse.post_adjustments("A2", FOUND[:1], 4_000)
    assert at(warehouse, "TEA", "L1") == 4


def test_a_process_killed_while_posting_posts_all_or_nothing(warehouse: StockStore, address: str) -> None:
    """The transaction dies after the adjustments and before the records; posting again heals it."""
    approved(warehouse)
    code = (
        "import os\n"
        "from sqlalchemy import event\n"
        "from scanstation.audit import Adjustment\n"
        "from scanstation.store.stock import open_stock\n"
        f"store = open_stock({address!r})\n"
        "def stop(connection, cursor, statement, *rest):\n"
        "    if statement.startswith('INSERT INTO stock_records'): os._exit(9)\n"
        "event.listen(store.engine, 'before_cursor_execute', stop)\n"
        "store.post_adjustments('A1', [Adjustment(item='TEA', location='L1', lot=None, delta=-3)], 4000)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 9
    with open_stock(address) as again:
        assert list(again.adjustments("A1")) == []
        assert at(again, "TEA", "L1") == 10
        again.post_adjustments("A1", FOUND[:1], 5_000)
        assert at(again, "TEA", "L1") == 7


def test_keys_of_odd_numbers_stay_apart(warehouse: StockStore) -> None:
    from scanstation.stock.model import Item, Location

    warehouse.put_items([Item(item="a:b", name=""), Item(item="a", name="")])
    warehouse.put_locations([Location(location="c"), Location(location="b:c")])
    approved(warehouse)
    odd = [
        Adjustment(item="a:b", location="c", lot=None, delta=1),
        Adjustment(item="a", location="b:c", lot=None, delta=1),
    ]
    assert warehouse.post_adjustments("A1", odd, 4_000) == 2
    assert len({row.key for row in warehouse.movements()}) == 2


def test_two_stations_post_the_same_audit_at_once(warehouse: StockStore) -> None:
    approved(warehouse)
    with ThreadPoolExecutor(4) as pool:
        posted = list(pool.map(lambda ts: warehouse.post_adjustments("A1", FOUND, ts), range(4_000, 4_008)))
    assert sorted(posted) == [0] * 7 + [2]
    assert (at(warehouse, "TEA", "L1"), at(warehouse, "RICE", "L2")) == (7, 2)


def test_a_snapshot_in_the_middle_of_bookings_misses_none(warehouse: StockStore) -> None:
    """Whatever is booked while snapshots are taken: record at t0 + movements after t0 = record now."""
    clock = count(T0)
    stop = Event()

    def pick() -> None:
        while not stop.is_set():
            book(warehouse, 1, next(clock) + 3)
            book(warehouse, 1, next(clock) - 3)

    with ThreadPoolExecutor(2) as pool:
        pickers = [pool.submit(pick) for _ in range(2)]
        for number in range(8):
            warehouse.create_audit(f"N{number}", name="", at=1)
            warehouse.take_snapshot(f"N{number}", next(clock), ["L1"])
        stop.set()
        for picker in pickers:
            picker.result()
    now = sum(row.qty for row in warehouse.records())
    assert now > 21
    for number in range(8):
        tables = warehouse.reconcile_inputs(f"N{number}")
        t0 = warehouse.audit(f"N{number}").t0
        recorded = tables["recorded"].to_pylist()
        moved = [row for row in tables["movements"].to_pylist() if row["ts"] > t0]
        assert sum(row["qty"] for row in recorded) + sum(row["delta"] for row in moved) == now
