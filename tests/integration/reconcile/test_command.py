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
