"""DuckDB as the engine: what is kept between one engine and the next changes no answer."""

from concurrent.futures import ThreadPoolExecutor

import pyarrow
import pytest

from scanstation.reconcile import ReconcileError, as_table, duckdb_engine, reconcile
from scanstation.reconcile.duckdb_engine import DuckDBEngine
from scanstation.reconcile.example import INPUTS, NINE


def answers():
    """Every answer of the worked example, as sorted rows."""
    outcome = reconcile({name: as_table(name, columns) for name, columns in INPUTS.items()}, snapshot_ts=NINE)
    try:
        return {name: sorted(outcome.answer(name).to_pylist(), key=repr) for name in outcome.answers}
    finally:
        outcome.close()


def test_what_was_parsed_for_one_engine_reads_the_relations_of_the_next():
    seen = []
    for units in (1, 2):
        engine = DuckDBEngine()
        engine.attach("given", pyarrow.table({"units": [units]}))
        engine.define("folded", "SELECT units FROM given", keep=False)
        engine.define("kept", "SELECT units + 10 AS units FROM folded", keep=True)
        seen.append(engine.rows("SELECT units FROM kept"))
        engine.close()
    assert seen == [[(11,)], [(12,)]]


def test_runs_at_the_same_time_share_their_statements(monkeypatch):
    monkeypatch.setattr(duckdb_engine, "_PARSED", {})
    alone = answers()
    with ThreadPoolExecutor(4) as threads:
        assert all(found == alone for found in threads.map(lambda _: answers(), range(8)))


def test_the_steps_are_parsed_once(monkeypatch):
    monkeypatch.setattr(duckdb_engine, "_PARSED", {})
    answers()
    parsed = dict(duckdb_engine._PARSED)
    answers()
    assert parsed == duckdb_engine._PARSED
    assert 0 < len(parsed) < duckdb_engine.MOST_PARSED


def test_not_more_than_so_many_statements_are_kept(monkeypatch):
    monkeypatch.setattr(duckdb_engine, "_PARSED", {})
    monkeypatch.setattr(duckdb_engine, "MOST_PARSED", 3)
    engine = DuckDBEngine()
    assert [engine.rows(f"SELECT {number}") for number in range(10)] == [[(number,)] for number in range(10)]
    assert len(duckdb_engine._PARSED) <= 3
    engine.close()


def test_a_text_that_is_no_statement_is_told_with_its_step():
    engine = DuckDBEngine()
    with pytest.raises(ReconcileError, match=r"step wrong: .*Parser"):
        engine.define("wrong", "SELECT FROM FROM", keep=True)
    engine.close()
