"""In parts by hash(item) the rows are those of one run."""

import json

import pyarrow
import pytest

from scanstation.reconcile import ReconcileError, as_table, reconcile, run_folder
from scanstation.reconcile.example import INPUTS, NINE
from scanstation.reconcile.parts import reconcile_in_parts


def rows(outcome):
    found = {name: sorted(map(repr, outcome.answer(name).to_pylist())) for name in outcome.answers}
    found["records"] = sorted(map(repr, outcome.records.to_pylist()))
    found["kept out"] = sorted(map(repr, outcome.kept_out.to_pylist()))
    summary = outcome.summary
    outcome.close()
    return found, summary


@pytest.mark.parametrize("partitions", [2, 7])
def test_the_example_in_parts_is_the_example(partitions):
    tables = {name: as_table(name, columns) for name, columns in INPUTS.items()}
    bad = as_table("reservations", {"item": ["ghost", "lamp", None], "qty": [1, -1, 1]})
    tables["reservations"] = tables["reservations"].cast(bad.schema)
    tables["reservations"] = pyarrow.concat_tables([tables["reservations"], bad])
    right = rows(reconcile(tables, snapshot_ts=NINE))
    assert right[1]["kept_out"] == {"reservations": {"missing": 1, "quantity": 1, "unknown_item": 1}}
    steps = []
    outcome = reconcile_in_parts(tables, partitions, snapshot_ts=NINE, on_step=steps.append)
    folder = outcome.engine.folder
    assert rows(outcome) == right
    assert steps[partitions - 1] == f"part {partitions} of {partitions}"
    assert not folder.exists()


def test_a_folder_in_parts_has_the_fingerprints_of_one_run(generated, full, tmp_path):
    folder = generated(0.1 if full else 0.01, 7)
    one = run_folder(folder, tmp_path / "one", fingerprint=True)
    parts = run_folder(folder, tmp_path / "parts", fingerprint=True, partitions=5)
    assert parts.pop("seconds").keys() != one.pop("seconds").keys()
    assert parts == one
    assert json.loads((tmp_path / "parts" / "summary.json").read_text())["sha256"] == one["sha256"]


def test_faults_are_told_before_anything_is_split(tmp_path):
    tables = {name: as_table(name, columns) for name, columns in INPUTS.items()}
    with pytest.raises(ReconcileError, match=r"recorded\.qty: is missing"):
        reconcile_in_parts({**tables, "recorded": tables["recorded"].drop_columns("qty")}, 3, snapshot_ts=NINE)
