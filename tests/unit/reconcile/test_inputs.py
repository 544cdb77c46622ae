"""Everything wrong with the inputs is named at once, and a broken run leaves nothing behind."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scanstation.reconcile import TABLES, ReconcileError, ReconcileReason, as_table, reconcile, run_folder
from scanstation.reconcile.duckdb_engine import DuckDBEngine
from scanstation.reconcile.sqlite_engine import SQLiteEngine
from scanstation.reconcile.street import ANSWERS

DAY = 86_400_000_000


def good():
    return {
        "recorded": pa.table({"item": ["a"], "location": ["L"], "lot": [None], "qty": [3], "unit_cost": [7]}),
        "counts": pa.table({"location": ["L"], "count_ts": [20]}),
        "reads": pa.table(
            {
                "event_id": [1],
                "ts": [20],
                "location": ["L"],
                "item": ["a"],
                "lot": pa.nulls(1),
                "serial": pa.nulls(1),
                "qty": pa.array([2], pa.int32()),
                "voided": [False],
                "station": ["ST01"],
            }
        ),
    }


def put(folder, tables, meta='{"snapshot_ts": 10}'):
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")
    (folder / "meta.json").write_text(meta)


@pytest.mark.parametrize("engine", [DuckDBEngine, SQLiteEngine])
def test_small_integers_null_missing_and_unknown_columns_are_welcome(engine):
    tables = {**good(), "recorded": good()["recorded"].set_column(0, "item", pa.array(["a"]).dictionary_encode())}
    tables["recorded"] = tables["recorded"].drop_columns("lot")
    tables["reads"] = tables["reads"].drop_columns(["lot", "serial"])
    outcome = reconcile(tables, snapshot_ts=10, engine=engine())
    assert [row["variance"] for row in outcome.discrepancies.to_pylist()] == [-1]
    assert set(outcome.summary["switched_off"]) == set(TABLES) - {"recorded", "counts", "reads"}


@pytest.mark.parametrize("engine", [DuckDBEngine, SQLiteEngine])
def test_tables_without_rows_are_welcome_whatever_their_types(engine, tmp_path):
    inputs = {}
    for name, table in TABLES.items():
        empty = pa.table({column: pa.array([], pa.null()) for column in table.columns})
        pq.write_table(empty, tmp_path / f"{name}.parquet")
        inputs[name] = tmp_path / f"{name}.parquet"
    outcome = reconcile(inputs, snapshot_ts=10, engine=engine())
    assert {name: outcome.answer(name).num_rows for name in outcome.answers} == dict.fromkeys(ANSWERS, 0)
    assert outcome.summary["switched_off"] == {}
    assert (
        reconcile({**good(), "recorded": inputs["recorded"]}, snapshot_ts=10, engine=engine()).discrepancies.num_rows
        == 1
    )


@pytest.mark.parametrize("engine", [DuckDBEngine, SQLiteEngine])
def test_all_faults_of_all_tables_come_in_one_error(engine):
    tables = {
        "recorded": pa.table({"item": [1], "location": ["L"], "lot": ["x"], "unit_cost": [1.5]}),
        "counts": pa.table({"location": ["L", "L"], "count_ts": [1, 2]}),
        "reads": good()["reads"].set_column(2, "location", pa.array([None], pa.string())),
        "orders": pa.table(
            {"order_id": [1, 2], "item": ["a", "a"], "qty": [-4, 1], "due": [1, 1], "allow_backorder": [True, False]}
        ),
        "stock": pa.table({"item": ["a"]}),
    }
    with pytest.raises(ReconcileError) as caught:
        reconcile(tables, snapshot_ts=10, engine=engine(), where="the audit")
    assert caught.value.reason is ReconcileReason.INPUT
    lines = str(caught.value).splitlines()
    assert lines[0] == "the audit: 4 faults in the input tables"
    assert [line.strip() for line in lines[1:]] == [
        f"stock: no such input table; known are {', '.join(TABLES)}",
        "recorded.item: expected text, got integer",
        "recorded.qty: is missing; expected integer",
        "recorded.unit_cost: expected integer, got number",
    ]


def test_a_folder_with_missing_and_broken_files_names_them_all(tmp_path):
    tables = good()
    del tables["counts"]
    put(tmp_path, tables, '{"snapshot_ts": "yesterday"}')
    (tmp_path / "reads.parquet").write_bytes(b"PAR1 not a table")
    with pytest.raises(ReconcileError) as caught:
        run_folder(tmp_path, tmp_path / "out")
    assert [fault.table for fault in caught.value.faults] == ["counts", "meta.json", "reads"]
    assert "snapshot_ts is 'yesterday'" in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_path_is_a_path_and_never_a_pattern_or_a_statement(tmp_path):
    folder = tmp_path / "it's [an] audit*?"
    folder.mkdir()
    put(folder, good())
    summary = run_folder(folder, folder / "out")
    assert summary["discrepancies"]["by_kind"]["phantom"] == {"records": 1, "units": 1, "value": 7, "net_value": -7}
    assert json.loads((folder / "out" / "summary.json").read_text()) == summary


def test_a_run_replaces_the_answers_of_the_run_before(tmp_path):
    listings = as_table("listings", {"channel": ["web"], "item": ["a"], "state": ["in_stock"]})
    put(tmp_path, {**good(), "listings": listings})
    run_folder(tmp_path, tmp_path / "out")
    assert pq.read_table(tmp_path / "out" / "listings.parquet").num_rows == 1
    (tmp_path / "listings.parquet").unlink()
    run_folder(tmp_path, tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {f"{name}.parquet" for name in ANSWERS if name != "listings"} | {"summary.json"}


class FailsToWrite(DuckDBEngine):
    """Fails at the second answer, as a full disk does."""

    def write(self, name, path):
        if name == "item_answers":
            raise ReconcileError(ReconcileReason.OUTPUT, "no space left on device")
        super().write(name, path)


def test_a_run_that_cannot_write_leaves_the_old_answers_whole(tmp_path):
    put(tmp_path, good())
    out = tmp_path / "out"
    run_folder(tmp_path, out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    put(tmp_path, {**good(), "recorded": good()["recorded"].set_column(3, "qty", pa.array([9]))})
    with pytest.raises(ReconcileError, match="no space left"):
        run_folder(tmp_path, out, engine=FailsToWrite())
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


@pytest.mark.parametrize("engine", [DuckDBEngine, SQLiteEngine])
def test_values_beyond_64_bits_are_refused_not_wrapped(engine):
    dear = good()["recorded"].set_column(3, "qty", pa.array([10**10])).set_column(4, "unit_cost", pa.array([10**14]))
    with pytest.raises(ReconcileError) as caught:
        reconcile({**good(), "recorded": dear}, snapshot_ts=10, engine=engine()).answer("discrepancies")
    assert caught.value.reason is ReconcileReason.ENGINE


@pytest.mark.parametrize("engine", [DuckDBEngine, SQLiteEngine])
@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ((5, 2**63 - 1), (6, -(2**63))),
        ((5, -(2**63)), (5, 2**63 - 1)),
        ((5, -1), (5, 0)),
        ((84_005 * DAY - 1, 0), (84_005 * DAY, -1)),
    ],
)
def test_the_last_read_is_right_at_the_ends_of_the_number_range(engine, earlier, later):
    reads = {
        "event_id": [later[1], earlier[1]],
        "ts": [later[0], earlier[0]],
        "location": ["L", "M"],
        "item": ["a", "a"],
        "lot": [None, "x"],
        "serial": ["1", "1"],
        "qty": [1, 1],
        "voided": [False, False],
    }
    outcome = reconcile({**good(), "reads": as_table("reads", reads)}, snapshot_ts=10, engine=engine())
    assert [(row["lot"], row["counted"]) for row in outcome.records.to_pylist()] == [(None, 1)]


@pytest.mark.parametrize("engine", [DuckDBEngine, SQLiteEngine])
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("stations", [("S1", "S2"), ("S2", "S1")])
def test_reads_of_one_time_and_number_are_ordered_by_their_stations(engine, stations, turned):
    """Each station numbers its own reads; which of them comes first in the table says nothing."""
    read = {"ts": [6] * 2, "item": ["lamp"] * 2, "lot": [None] * 2, "serial": ["S"] * 2, "qty": [1] * 2}
    reads = {"event_id": [1, 1], "station": stations, "location": ["A1", "B1"], "voided": [False] * 2, **read}
    if turned:
        reads = {name: list(reversed(values)) for name, values in reads.items()}
    tables = {
        "recorded": as_table("recorded", {"item": [], "location": [], "lot": [], "qty": [], "unit_cost": []}),
        "counts": as_table("counts", {"location": ["A1", "B1"], "count_ts": [5, 5]}),
        "reads": as_table("reads", reads),
    }
    outcome = reconcile(tables, snapshot_ts=4, engine=engine())
    assert [row["location"] for row in outcome.records.to_pylist()] == ["A1" if stations == ("S2", "S1") else "B1"]
    assert outcome.summary["kept_out"] == {}
