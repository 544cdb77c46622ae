"""Rows that cannot be right are told one by one and take no part; everything else is reconciled."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scanstation.reconcile import as_table, reconcile, run_folder
from scanstation.reconcile.duckdb_engine import DuckDBEngine
from scanstation.reconcile.example import INPUTS, NINE
from scanstation.reconcile.screening import LISTED
from scanstation.reconcile.sqlite_engine import SQLiteEngine

ANSWERS = ("discrepancies", "items", "order_lines", "listings")
BAD = {
    "recorded": [{"item": "desk", "location": "C1", "lot": None, "qty": None, "unit_cost": 1}],
    "counts": [{"location": "C1", "count_ts": 10**18}],
    "reads": [
        {
            "event_id": 9,
            "ts": 0,
            "location": "A1",
            "item": "lamp",
            "lot": None,
            "serial": None,
            "qty": 4,
            "voided": False,
        },
        {
            "event_id": 5,
            "ts": NINE + 123 * 60_000_000,
            "location": "B1",
            "item": "chair",
            "lot": None,
            "serial": None,
            "qty": 3,
            "voided": False,
        },
    ],
    "movements": [{"item": "lamp", "location": None, "lot": None, "delta": -1, "ts": NINE + 1}],
    "orders": [
        {"order_id": "O5", "item": "ghost", "qty": 1, "due": 20_788, "allow_backorder": False},
        {"order_id": "O6", "item": "lamp", "qty": -1, "due": 20_788, "allow_backorder": False},
        {"order_id": "O7", "item": "lamp", "qty": 1, "due": 2_932_896, "allow_backorder": False},
        {"order_id": "O8", "item": "lamp", "qty": 1, "due": 20_788, "allow_backorder": False},
        {"order_id": "O8", "item": "lamp", "qty": 2, "due": 20_788, "allow_backorder": False},
        {"order_id": "O1", "item": "lamp", "qty": 6, "due": 20_788, "allow_backorder": False},
    ],
    "reservations": [{"item": "lamp", "qty": -3}],
    "listings": [
        {"channel": "web", "item": "ghost", "state": "in_stock", "published_qty": 1, "share": 100, "buffer": 0}
    ],
}
TOLD = {
    ("recorded", "item=desk, location=C1, lot=", "missing", "qty is not given"),
    ("counts", "location=C1", "date", f"count_ts is {10**18}, which is no time between 1970 and 2200"),
    ("reads", "event_id=9", "date", "ts is 0, which is no time between 1970 and 2200"),
    ("reads", "event_id=5", "repeated", "event_id 5 was given before, exactly so"),
    ("movements", f"item=lamp, location=, lot=, delta=-1, ts={NINE + 1}", "missing", "location is not given"),
    ("orders", "order_id=O5, item=ghost", "unknown_item", "neither record nor count knows ghost"),
    ("orders", "order_id=O6, item=lamp", "quantity", "qty is -1, the least is 0"),
    ("orders", "order_id=O7, item=lamp", "date", "due is 2932896, which is no time between 1970 and 2200"),
    (
        "orders",
        "order_id=O8, item=lamp",
        "contradicting",
        "rows with the key order_id O8, item lamp contradict each other",
    ),
    ("orders", "order_id=O1, item=lamp", "repeated", "order_id O1, item lamp was given before, exactly so"),
    ("reservations", "item=lamp, qty=-3", "quantity", "qty is -3, the least is 0"),
    ("listings", "channel=web, item=ghost", "unknown_item", "neither record nor count knows ghost"),
}


@pytest.fixture(params=[DuckDBEngine, SQLiteEngine])
def engine(request):
    return request.param()


def tables(**more):
    """The worked example, with further rows at the end of its tables."""
    made = {}
    for name, columns in {**INPUTS, **{name: {} for name in more if name not in INPUTS}}.items():
        given = as_table(name, columns).to_pylist()
        fields = list(columns) + [field for row in more.get(name, ()) for field in row if field not in columns]
        rows = [*given, *more.get(name, ())]
        made[name] = as_table(name, {field: [row.get(field) for row in rows] for field in dict.fromkeys(fields)})
    return made


def as_rows(name, rows):
    return as_table(
        name, {field: [row.get(field) for row in rows] for field in dict.fromkeys(k for r in rows for k in r)}
    )


def answers(outcome):
    return {name: sorted(map(repr, getattr(outcome, name).to_pylist())) for name in ANSWERS}


def told(outcome):
    return {(row["source"], row["row_key"], row["reason"], row["detail"]) for row in outcome.kept_out.to_pylist()}


def test_bad_rows_are_told_and_change_nothing(engine):
    sound = reconcile(tables(), snapshot_ts=NINE, engine=type(engine)())
    assert sound.summary["kept_out"] == {}
    assert sound.kept_out.num_rows == 0

    outcome = reconcile(tables(**BAD), snapshot_ts=NINE, engine=engine)

    assert told(outcome) == TOLD
    assert outcome.summary["kept_out"]["orders"] == {
        "unknown_item": 1,
        "quantity": 1,
        "date": 1,
        "contradicting": 2,
        "repeated": 1,
    }
    assert answers(outcome) == answers(sound)
    assert all(row["remedy"] for row in outcome.kept_out.to_pylist())


def test_a_return_that_was_given_twice_counts_once(engine):
    back = {"rma": "R1", "item": "lamp", "qty": 2, "opened": 20_780}
    outcome = reconcile(tables(returns=[back, back, {**back, "rma": "R2"}]), snapshot_ts=NINE, engine=engine)
    assert outcome.summary["kept_out"] == {"returns": {"repeated": 1}}


def test_a_location_in_two_sites_is_told(engine):
    places = [
        {"location": "A1", "site": "north"},
        {"location": "A1", "site": "south"},
        {"location": "B1", "site": "north"},
    ]
    outcome = reconcile(tables(locations=places), snapshot_ts=NINE, engine=engine)
    assert outcome.summary["kept_out"] == {"locations": {"two_sites": 2}}
    assert [row["location"] for row in outcome.engine.table("locations").to_pylist()] == ["B1"]


def test_an_amount_in_another_currency_is_left_out_and_its_quantity_counts(engine):
    given = tables()
    currencies = pa.array(["EUR", "SEK", "EUR", "EUR"])  # chair, desk, lamp, lamp
    outcome = reconcile(
        {**given, "recorded": given["recorded"].append_column("currency", currencies)}, snapshot_ts=NINE, engine=engine
    )
    found = {(row["item"], row["location"]): row for row in outcome.discrepancies.to_pylist()}
    assert found["desk", "A1"]["variance"] == -1
    assert found["desk", "A1"]["variance_value"] == 0
    assert found["lamp", "A1"]["variance_value"] == -200_000
    assert outcome.summary["kept_out"] == {"recorded": {"currency": 1}}
    assert told(outcome) == {
        ("recorded", "item=desk, location=A1, lot=", "currency", "an amount in SEK, unlike most; its quantity counts")
    }


def test_a_record_without_a_cost_is_told_and_its_quantity_counts(engine):
    row = {"item": "desk", "location": "A1", "lot": "L9", "qty": 4, "unit_cost": None}
    outcome = reconcile(tables(recorded=[row]), snapshot_ts=NINE, engine=engine)
    found = {(row["item"], row["lot"]): row for row in outcome.discrepancies.to_pylist()}
    assert found["desk", "L9"]["variance"] == -4
    assert told(outcome) == {
        ("recorded", "item=desk, location=A1, lot=L9", "missing", "unit_cost is not given; its quantity counts")
    }


def test_a_barcode_read_into_a_quantity_is_kept_out_and_the_rest_is_reconciled(engine):
    barcode = 4_006_381_333_931
    order = {"order_id": "O5", "item": "lamp", "qty": barcode, "due": 20_788, "allow_backorder": False}
    read = {"event_id": 9, "ts": NINE + 1, "location": "A1", "item": "lamp", "lot": None, "serial": None}
    bad = {
        "recorded": [{"item": "desk", "location": "C1", "lot": None, "qty": -barcode, "unit_cost": 1}],
        "reads": [{**read, "qty": barcode, "voided": False}],
        "orders": [order],
        "lots": [{"item": "lamp", "lot": "L1", "expires": -(10**18)}],
        "listings": [{"channel": "fair", "item": "lamp", "state": "in_stock", "published_qty": -1}],
    }
    outcome = reconcile(tables(**bad), snapshot_ts=NINE, engine=engine)
    assert told(outcome) == {
        ("recorded", "item=desk, location=C1, lot=", "quantity", f"qty is -{barcode}, the least is -10000000000"),
        ("reads", "event_id=9", "quantity", f"qty is {barcode}, the greatest is 10000000000"),
        ("orders", "order_id=O5, item=lamp", "quantity", f"qty is {barcode}, the greatest is 10000000000"),
        ("lots", "item=lamp, lot=L1", "date", f"expires is -{10**18}, which is no time between 1970 and 9999"),
        ("listings", "channel=fair, item=lamp", "quantity", "published_qty is -1, the least is 0"),
    }
    assert answers(outcome) == answers(reconcile(tables(), snapshot_ts=NINE, engine=type(engine)()))


def test_a_cost_that_cannot_be_is_left_out_and_its_quantity_counts(engine):
    given = tables()
    costs = pa.array([200_000, 10**15, 50_000, 50_000])  # chair, desk, lamp, lamp
    outcome = reconcile(
        {**given, "recorded": given["recorded"].set_column(4, "unit_cost", costs)}, snapshot_ts=NINE, engine=engine
    )
    found = {(row["item"], row["location"]): row for row in outcome.discrepancies.to_pylist()}
    assert (found["desk", "A1"]["variance"], found["desk", "A1"]["variance_value"]) == (-1, 0)
    detail = f"unit_cost is {10**15}, the greatest is {10**14}; its quantity counts"
    assert told(outcome) == {("recorded", "item=desk, location=A1, lot=", "amount", detail)}


@pytest.mark.parametrize("rows", [(None,), (7, 9)])
def test_nothing_is_concluded_about_a_record_of_which_nobody_knows_what_it_says(engine, rows):
    """Ten units were counted at it: they are no find."""
    record = {"item": "vase", "location": "A1", "lot": None, "unit_cost": 1}
    sound = reconcile(tables(), snapshot_ts=NINE, engine=type(engine)())
    read = {"event_id": 77, "ts": NINE + 1, "location": "A1", "item": "vase", "lot": None, "serial": None, "qty": 10}
    given = tables(recorded=[{**record, "qty": qty} for qty in rows], reads=[{**read, "voided": False}])
    outcome = reconcile(given, snapshot_ts=NINE, engine=engine)
    assert outcome.summary["kept_out"] == {"recorded": {"missing" if rows == (None,) else "contradicting": len(rows)}}
    assert answers(outcome) == answers(sound)
    other = [*given["recorded"].to_pylist(), {**record, "lot": "L1", "qty": 3}]
    outcome = reconcile({**given, "recorded": as_rows("recorded", other)}, snapshot_ts=NINE, engine=type(engine)())
    assert [row["variance"] for row in outcome.discrepancies.to_pylist() if row["item"] == "vase"] == [-3]


@pytest.mark.parametrize("status", ["available", "AVAILABLE", None])
def test_a_key_is_compared_as_the_steps_see_it(engine, status):
    given = tables()
    rows = [{**row, "status": "available"} for row in given["recorded"].to_pylist()]
    sound = reconcile({**given, "recorded": as_rows("recorded", rows)}, snapshot_ts=NINE, engine=type(engine)())
    twice = [*rows, {**rows[0], "status": status}]
    outcome = reconcile({**given, "recorded": as_rows("recorded", twice)}, snapshot_ts=NINE, engine=engine)
    assert outcome.summary["kept_out"] == {"recorded": {"repeated": 1}}
    assert answers(outcome) == answers(sound)


def test_a_line_without_its_number_is_the_first_line(engine):
    line = {"po": "P1", "line": "1", "item": "lamp", "qty_ordered": 5, "due": 20_790}
    for other, reason in (({"line": None}, "repeated"), ({"line": None, "qty_ordered": 6}, "contradicting")):
        given = tables(purchase_orders=[line, {**line, **other}])
        outcome = reconcile(given, snapshot_ts=NINE, engine=type(engine)())
        assert outcome.summary["kept_out"] == {"purchase_orders": {reason: 1 if reason == "repeated" else 2}}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_kept_out(engine, number):
    """SQLite has no such value: there it is missing."""
    row = {"supplier": "S", "item": "lamp", "price": 1, "pack": 1, "minimum": 1, "lead_days_mean": number}
    sweep = {"location": "A1", "read_rate": number, "usual_rate": 0.9}
    given = tables(suppliers=[row, {**row, "supplier": "T", "lead_days_mean": 2.5}], sweeps=[sweep])
    outcome = reconcile(given, snapshot_ts=NINE, engine=engine)
    assert {name: sum(found.values()) for name, found in outcome.summary["kept_out"].items()} == {
        "suppliers": 1,
        "sweeps": 1,
    }


def test_a_word_that_nobody_knows_is_told_and_capitals_are_not_one(engine):
    order = {"order_id": "O5", "item": "lamp", "qty": 1, "due": 20_788, "allow_backorder": False}
    listing = {"item": "lamp", "published_qty": None}
    more = {
        "orders": [{**order, "status": "Cancelled"}, {**order, "order_id": "O6", "status": "parked"}],
        "listings": [
            {**listing, "channel": "fair", "state": "IN_STOCK", "policy": "DENY"},
            {**listing, "channel": "mail", "state": "sold", "policy": "deny"},
        ],
    }
    given = tables(**more)
    outcome = reconcile(given, snapshot_ts=NINE, engine=engine)
    assert told(outcome) == {
        ("orders", "order_id=O6, item=lamp", "word", "status is parked, known are open, shipped, cancelled"),
        (
            "listings",
            "channel=mail, item=lamp",
            "word",
            "state is sold, known are in_stock, backorder, preorder, out_of_stock",
        ),
    }
    assert {row["status"] for row in outcome.engine.table("orders").to_pylist()} == {"open", "cancelled"}
    assert ("fair", "in_stock") in {(row["channel"], row["state"]) for row in outcome.listings.to_pylist()}


def test_a_number_that_does_not_rise_is_looked_at_and_found_sound(engine):
    given = tables()
    shuffled = given["reads"].take([3, 0, 4, 2, 1])
    outcome = reconcile({**given, "reads": shuffled}, snapshot_ts=NINE, engine=engine)
    assert outcome.summary["kept_out"] == {}
    assert outcome.discrepancies.num_rows == 4


def test_the_list_is_capped_and_the_counts_are_exact(engine):
    many = [{"item": "lamp", "qty": -1}] * (LISTED + 5)
    outcome = reconcile(tables(reservations=many), snapshot_ts=NINE, engine=engine)
    assert outcome.summary["kept_out"] == {"reservations": {"quantity": LISTED + 5}}
    assert outcome.kept_out.num_rows == LISTED


def test_a_folder_says_what_was_kept_out_and_says_it_no_longer_when_it_is_mended(tmp_path):
    def put(made):
        for name, table in made.items():
            pq.write_table(table, tmp_path / f"{name}.parquet")
        (tmp_path / "meta.json").write_text(json.dumps({"snapshot_ts": NINE}))
        return run_folder(tmp_path, tmp_path / "out")

    summary = put(tables(**BAD))
    assert summary["kept_out"]["reads"] == {"date": 1, "repeated": 1}
    listed = pq.read_table(tmp_path / "out" / "kept_out.parquet")
    assert listed.num_rows == sum(sum(reasons.values()) for reasons in summary["kept_out"].values())

    assert put(tables())["kept_out"] == {}
    assert not (tmp_path / "out" / "kept_out.parquet").exists()


@pytest.mark.parametrize("first", [0, -40, 1, 2**62])
@pytest.mark.parametrize("step", [1, 7, 2**40])
@pytest.mark.parametrize("again", [None, 0, 3])
def test_a_number_that_occurs_twice_is_found_however_the_numbers_lie(engine, first, step, again):
    numbers = [first + step * place for place in range(7)]
    numbers += [] if again is None else [numbers[again]]
    scan = {"ts": NINE + 1, "location": "A1", "item": "lamp", "lot": None, "serial": None, "qty": 1, "voided": False}
    given = tables()
    given["reads"] = as_table("reads", {name: [{**scan, "event_id": number}[name] for number in numbers]
                                        for name in ("event_id", *scan)})  # fmt: skip

    outcome = reconcile(given, snapshot_ts=NINE, engine=engine)

    repeated = set() if again is None else {("reads", f"event_id={numbers[again]}", "repeated")}
    assert {row[:3] for row in told(outcome)} == repeated
