"""Which engine compares how many rows."""

import pytest

from scanstation.reconcile import as_table
from scanstation.reconcile.duckdb_engine import DuckDBEngine
from scanstation.reconcile.engines import SMALL, engine_for
from scanstation.reconcile.sqlite_engine import SQLiteEngine


@pytest.mark.parametrize(("rows", "engine"), [(0, SQLiteEngine), (SMALL, SQLiteEngine), (SMALL + 1, DuckDBEngine)])
def test_the_rows_of_all_inputs_together_decide(rows, engine):
    half = rows // 2
    inputs = {
        "counts": as_table("counts", {"location": ["L"] * half, "count_ts": [1] * half}),
        "parked": as_table("parked", {"location": ["L"] * (rows - half), "codes": [1] * (rows - half)}),
    }
    chosen = engine_for(inputs)
    assert type(chosen) is engine
    chosen.close()
