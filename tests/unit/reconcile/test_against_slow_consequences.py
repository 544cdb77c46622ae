"""Causes and consequences of random audits with every table are those of the slow implementation."""

import os
import random

import pytest

from scanstation.policy import ConsequencePolicy
from scanstation.reconcile import COLUMNS, reconcile
from scanstation.reconcile.duckdb_engine import DuckDBEngine
from scanstation.reconcile.parts import reconcile_in_parts
from scanstation.reconcile.sqlite_engine import SQLiteEngine

FULL = os.environ.get("SCANSTATION_FULL") == "1"
pytestmark = pytest.mark.counted
POLICY = ConsequencePolicy()
ANSWERS = ("discrepancies", "causes", "evidence", "transfers", "consequences", "findings")


def rows_of(outcome, answers=ANSWERS):
    """Return rows as dicts by the name of the answer; no row was bad."""
    assert outcome.summary["kept_out"] == {}
    found = {name: outcome.answer(name).to_pylist() for name in answers}
    outcome.close()
    return found


def as_rows(rows, columns):
    return sorted((tuple(row[column] for column in columns) for row in rows), key=repr)


SIDE_BY_SIDE = 20
"""Random audits that one run of the engine takes: they share nothing, as the last test shows."""


@pytest.mark.parametrize("first", range(0, 2_000 if FULL else 60, SIDE_BY_SIDE))
def test_causes_and_consequences_are_those_of_the_slow_implementation(slow_answers, random_audits, first):
    audits = [random_audits.audit(random.Random(seed)) for seed in range(first, first + SIDE_BY_SIDE)]
    inputs = random_audits.inputs_of(random_audits.together(audits))
    how = {"snapshot_ts": random_audits.T0, "as_of_ts": random_audits.NOW, "policy": POLICY}
    found = rows_of(reconcile(inputs, engine=SQLiteEngine(), **how))
    for number, tables in enumerate(audits):
        own = {name: [row for row in rows if row["item"].startswith(f"{number}-")] for name, rows in found.items()}
        try:
            slow_answers(random_audits.together([{}] * number + [tables]), own)
        except AssertionError as wrong:
            raise AssertionError(f"the audit of seed {first + number}: {wrong}") from wrong


@pytest.fixture
def slow_answers(slow, slow_causes, slow_promises, slow_consequences, random_audits):
    """Hold what the engine found in an audit to the slow implementation."""
    t0, now, today = random_audits.T0, random_audits.NOW, random_audits.TODAY

    def hold(tables, found):
        hold_to_slow(tables, found, slow, slow_causes, slow_promises, slow_consequences, t0, now, today)

    return hold


def hold_to_slow(tables, found, slow, slow_causes, slow_promises, slow_consequences, t0, now, today):
    count_ts = {row["location"]: row["count_ts"] for row in tables["counts"]}
    expected = slow.expected_units(tables["recorded"], tables["movements"], count_ts, t0)
    counted = slow.counted_units(tables["reads"])
    wrong = []
    for key in sorted({*counted, *expected}, key=repr):
        record = dict(zip(("item", "location", "lot"), key, strict=True))
        record |= {"expected": expected.get(key, 0), "counted": counted.get(key, 0)}
        record["variance"] = record["counted"] - record["expected"]
        if record["location"] in count_ts and record["variance"]:
            wrong.append(record)
    figures = COLUMNS["discrepancies"][:6]
    assert as_rows(found["discrepancies"], figures) == as_rows(wrong, figures)

    pieces = slow_causes.evidence(tables, wrong, found["transfers"], t0, today, POLICY)
    assert as_rows(found["evidence"], COLUMNS["evidence"]) == sorted(pieces, key=repr)
    assert as_rows(found["causes"], COLUMNS["causes"]) == sorted(
        slow_causes.ranked(wrong, pieces, tables["parked"]), key=repr
    )

    items = slow_promises.looked_at(tables, counted, wrong, t0, now, POLICY)
    told = list(slow_consequences.consequences(items, tables, today, POLICY))
    assert len(found["consequences"]) == len(told)
    for row in told:
        key = [name for name in ("kind", "item", "order_id", "channel", "po", "line") if name in row]
        (same,) = (one for one in found["consequences"] if all(one[name] == row[name] for name in key))
        if row["kind"] == "SERVICE" and abs(same["units"] - row["units"]) == 1:  # a half, rounded the other way
            row |= {"units": same["units"], "margin": same["units"] * items[row["item"]].margin}
        assert {name: same[name] for name in row} == row
        assert same["behind"] == items[row["item"]].behind
    said = ("said", "should", "units", "should_units")
    ours = [
        (row["kind"], row["item"], row["order_id"] or row["channel"], *(row[name] for name in said))
        for row in found["findings"]
    ]
    gone = slow_promises.stale(tables)
    assert sorted(ours) == sorted(slow_consequences.findings(items, gone, tables, today))


def test_many_audits_side_by_side_on_duckdb_and_in_parts_are_each_by_itself(random_audits):
    seeds = range(200 if FULL else 25)
    audits = [random_audits.audit(random.Random(seed)) for seed in seeds]
    how = {"snapshot_ts": random_audits.T0, "as_of_ts": random_audits.NOW, "policy": POLICY}
    inputs = random_audits.inputs_of(random_audits.together(audits))
    ours = rows_of(reconcile(inputs, engine=DuckDBEngine(), **how))
    alone = {name: [] for name in ANSWERS}
    for number, tables in enumerate(audits):
        apart = random_audits.inputs_of(random_audits.together([{}] * number + [tables]))
        for name, rows in rows_of(reconcile(apart, engine=SQLiteEngine(), **how)).items():
            alone[name] += rows
    parts = rows_of(reconcile_in_parts(inputs, 3, **how))
    for name in ANSWERS:
        assert sorted(map(repr, ours[name])) == sorted(map(repr, alone[name])), name
        assert sorted(map(repr, ours[name])) == sorted(map(repr, parts[name])), name
