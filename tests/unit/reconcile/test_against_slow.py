"""The engine gives the answers of the independent implementation, on every engine and with every idiom."""

import json
import os

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from scanstation.reconcile import COLUMNS, fingerprint, reconcile, run_folder
from scanstation.reconcile.duckdb_engine import DuckDBEngine
from scanstation.reconcile.sqlite_engine import SQLiteEngine
from scanstation.reconcile.street import COMMON, CORE_ANSWERS

NAMES = ("recorded", "counts", "reads", "movements", "orders", "reservations")
FULL = os.environ.get("SCANSTATION_FULL") == "1"
pytestmark = pytest.mark.counted
CASES = [(scale, seed) for scale in (0.001, 0.01) for seed in (7, 8, 9)] + [
    (0.1, seed) for seed in ((7, 8, 9) if FULL else (7,))
]
if FULL:
    CASES += [(0.001, seed) for seed in range(100, 150)]


class CommonText(DuckDBEngine):
    """DuckDB without its own idioms."""

    dialect = COMMON


def slow_answers(slow, folder):
    tables = {name: pq.read_table(folder / f"{name}.parquet").to_pylist() for name in NAMES}
    snapshot_ts = json.loads((folder / "meta.json").read_text())["snapshot_ts"]
    return dict(zip(CORE_ANSWERS, slow.reconcile(tables, snapshot_ts), strict=True))


@pytest.mark.parametrize(("scale", "seed"), CASES)
def test_a_folder_gives_the_fingerprints_of_the_slow_implementation(slow, generated, tmp_path, scale, seed):
    folder = generated(scale, seed)
    right = slow_answers(slow, folder)

    summary = run_folder(folder, tmp_path, fingerprint=True)

    for name in ("discrepancies", "items", "order_lines"):
        table = pq.read_table(tmp_path / f"{name}.parquet")
        assert table.column_names == list(COLUMNS[name])
        rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
        assert len(right[name]) > 0
        assert slow.sha256(rows) == slow.sha256(right[name]), name
        if name in summary["sha256"]:
            assert summary["sha256"][name] == slow.sha256(right[name])


@pytest.mark.parametrize("engine", [CommonText, SQLiteEngine])
def test_the_common_text_gives_the_same_rows_on_every_engine(generated, engine):
    folder = generated(0.001, 7)
    inputs = {name: folder / f"{name}.parquet" for name in NAMES}
    snapshot_ts = json.loads((folder / "meta.json").read_text())["snapshot_ts"]

    ours, other = (reconcile(inputs, snapshot_ts=snapshot_ts, engine=made) for made in (None, engine()))

    for name in ("discrepancies", "item_answers", "order_lines", "variance"):
        texts = [fingerprint(outcome.engine.rows(f"SELECT * FROM {name}")) for outcome in (ours, other)]
        assert texts[0] == texts[1], name
    assert ours.summary == other.summary
    ours.close()
    other.close()


def test_sparse_numbers_of_reads_give_the_same_rows(generated):
    folder = generated(0.01, 7)
    reads = pq.read_table(folder / "reads.parquet")
    place = reads.column_names.index("event_id")
    sparse = reads.set_column(place, "event_id", pc.multiply(reads["event_id"], 1_000))
    inputs = {name: folder / f"{name}.parquet" for name in NAMES}
    snapshot_ts = json.loads((folder / "meta.json").read_text())["snapshot_ts"]

    numbered, unknown = (
        reconcile({**inputs, "reads": given}, snapshot_ts=snapshot_ts, full=False) for given in (reads, sparse)
    )

    variances = [fingerprint(outcome.engine.rows("SELECT * FROM variance")) for outcome in (numbered, unknown)]
    assert variances[0] == variances[1]
    numbered.close()
    unknown.close()
