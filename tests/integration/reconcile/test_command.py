"""The whole command as a process: what it writes, what it says, how it fails."""

import json
import subprocess
import sys

import pyarrow.parquet as pq

from scanstation.reconcile import as_table
from scanstation.reconcile.street import ANSWERS

TABLES = {
    "recorded": {"item": ["a"], "location": ["L"], "lot": [None], "qty": [3], "unit_cost": [7]},
    "counts": {"location": ["L"], "count_ts": [20]},
    "reads": {
        "event_id": [1],
        "ts": [21],
        "location": ["L"],
        "item": ["a"],
        "lot": [None],
        "serial": [None],
        "qty": [2],
        "voided": [False],
    },
    "orders": {"order_id": ["O1"], "item": ["a"], "qty": [3], "due": [9], "allow_backorder": [False]},
}


def command(*words):
    return subprocess.run(
        [sys.executable, "-m", "scanstation", "reconcile", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def write(folder):
    folder.mkdir()
    for name, columns in TABLES.items():
        pq.write_table(as_table(name, columns), folder / f"{name}.parquet")
    (folder / "meta.json").write_text('{"snapshot_ts": 10}')


def test_a_folder_in_a_folder_out(tmp_path):
    write(tmp_path / "in")
    done = command("--data", tmp_path / "in", "--out", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary == json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["order_lines"] == {
        "count": 1,
        "short_lines": 1,
        "short_units": 1,
        "released_lines": 0,
        "released_units": 0,
    }
    assert {"movements", "later", "reservations", "listings"} <= set(summary["switched_off"])
    assert "orders" not in summary["switched_off"]
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {f"{name}.parquet" for name in ANSWERS if name != "listings"} | {"summary.json"}


def test_faults_are_told_in_words_and_by_the_exit_code(tmp_path):
    write(tmp_path / "in")
    (tmp_path / "in" / "counts.parquet").unlink()
    (tmp_path / "in" / "orders.parquet").write_bytes(b"not a table")
    done = command("--data", tmp_path / "in", "--out", tmp_path / "out")
    assert done.returncode != 0
    assert "2 faults in the input tables" in done.stderr
    assert "counts" in done.stderr
    assert "orders: cannot be read as a Parquet table" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_table_in_another_format_is_told_and_not_passed_over_as_absent(tmp_path):
    write(tmp_path / "in")
    (tmp_path / "in" / "orders.parquet").rename(tmp_path / "in" / "orders.csv")
    (tmp_path / "in" / "reads.parquet").rename(tmp_path / "in" / "reads.xlsx")
    (tmp_path / "in" / "items.md").write_text("what the items are")
    done = command("--data", tmp_path / "in", "--out", tmp_path / "out")
    assert done.returncode == 3
    assert "2 faults" in done.stderr
    assert "orders: orders.csv is no Parquet file: write orders.parquet" in done.stderr
    assert "reads: reads.xlsx is no Parquet file: write reads.parquet" in done.stderr


def test_a_folder_that_is_not_there_is_one_fault(tmp_path):
    done = command("--data", tmp_path / "nosuch", "--out", tmp_path / "out")
    assert (done.returncode, done.stderr.count("\n  ")) == (3, 2)
    assert f"there is no folder {tmp_path / 'nosuch'}" in done.stderr
