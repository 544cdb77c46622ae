"""Damaged and quarantined stock: what a count makes of it, on random records, movements and marks."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanstation.reconcile import as_table, reconcile
from scanstation.reconcile.duckdb_engine import DuckDBEngine
from scanstation.reconcile.sqlite_engine import SQLiteEngine

FULL = os.environ.get("SCANSTATION_FULL") == "1"
pytestmark = pytest.mark.counted
CALM = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
law = settings(max_examples=250 if FULL else 40, deadline=None, suppress_health_check=CALM)

PLACES = ("L1", "L2")
COST = 700
STATUS = ("available", "damaged", "quarantined")
units = st.integers(0, 6)
records = st.tuples(*[st.one_of(st.none(), st.integers(-1, 6)) for _ in STATUS])


@st.composite
def shelves(draw):
    """By location of item A: recorded by status, moved by status, marked by status, counted."""
    shelf = {}
    for place in PLACES:
        damaged, quarantined = draw(units), draw(units)
        moved = draw(st.tuples(st.just(0), st.integers(-2, 2), st.integers(-2, 2)))
        counted = draw(st.integers(damaged + quarantined, 15))
        shelf[place] = {
            "recorded": draw(records),
            "moved": (-moved[1] - moved[2], *moved[1:]),
            "marked": (0, damaged, quarantined),
            "counted": counted,
        }
    return shelf


def look(shelf, engine=SQLiteEngine, counted=PLACES):
    """Reconcile; return the statuses by location, and the item's (on hand before and after, ATP before and after)."""
    of = {name: [] for name in ("recorded", "counts", "reads", "movements", "marks")}
    for number, (place, row) in enumerate(shelf.items()):
        for status, recorded, moved, marked in zip(STATUS, row["recorded"], row["moved"], row["marked"], strict=True):
            if recorded is not None:
                of["recorded"].append(("A", place, None, recorded, COST, status))
            if moved:
                of["movements"].append(("A", place, None, moved, 150, status))
            if marked:
                of["marks"].append(("A", place, None, marked, status))
        if place in counted:
            of["counts"].append((place, 200))
        if row["counted"]:
            of["reads"].append((number, 201, place, "A", None, None, row["counted"], False))
    names = {
        "recorded": "item location lot qty unit_cost status",
        "counts": "location count_ts",
        "reads": "event_id ts location item lot serial qty voided",
        "movements": "item location lot delta ts status",
        "marks": "item location lot units status",
    }
    inputs = {
        name: as_table(name, {column: [row[at] for row in of[name]] for at, column in enumerate(columns.split())})
        for name, columns in names.items()
    }
    listing = {"channel": ["web"], "item": ["A"], "state": ["in_stock"], "published_qty": [0]}  # has it looked at
    inputs["listings"] = as_table("listings", listing)
    outcome = reconcile(inputs, snapshot_ts=100, engine=engine())
    statuses = {row.pop("location"): row for row in outcome.answer("statuses").to_pylist()}
    found = outcome.engine.table("stock").to_pylist()
    outcome.close()
    return statuses, found[0] if found else None


def before(row):
    """Units by status when the location was counted."""
    return tuple((recorded or 0) + moved for recorded, moved in zip(row["recorded"], row["moved"], strict=True))


@law
@given(shelf=shelves())
def test_every_unit_is_in_one_status_and_the_marks_are_among_them(shelf):
    statuses, _ = look(shelf)
    for place, row in shelf.items():
        _, damaged, quarantined = before(row)
        if not (damaged or quarantined or any(row["marked"])):
            assert place not in statuses
            continue
        told = statuses[place]
        assert (told["damaged_before"], told["quarantined_before"]) == (damaged, quarantined)
        after = (told["damaged_after"], told["quarantined_after"])
        assert sum(after) == min(row["counted"], max(damaged + quarantined, sum(row["marked"])))
        assert all(have >= marked for have, marked in zip(after, row["marked"][1:], strict=True))
        gained = [max(0, have - had) for have, had in zip(after, (damaged, quarantined), strict=True)]
        assert told["units"] == sum(gained)
        assert told["value"] == told["units"] * (
            COST if any(r is not None for s in shelf.values() for r in s["recorded"]) else 0
        )


@law
@given(shelf=shelves())
def test_what_is_promised_leaves_out_what_every_record_holds(shelf):
    statuses, stock = look(shelf)
    if stock is None:
        return
    assert stock["expected_total"] - stock["atp_before"] == sum(sum(before(row)[1:]) for row in shelf.values())
    held = sum(row["damaged_after"] + row["quarantined_after"] for row in statuses.values())
    assert stock["verified_total"] - stock["atp_after"] == held


@law
@given(shelf=shelves())
def test_counting_again_after_it_was_posted_changes_nothing(shelf):
    statuses, _ = look(shelf)
    for place, row in shelf.items():
        told = statuses.get(place, {"damaged_after": 0, "quarantined_after": 0})
        held = told["damaged_after"], told["quarantined_after"]
        row["recorded"], row["moved"] = (row["counted"] - sum(held), *held), (0, 0, 0)
    again, stock = look(shelf)
    assert all(row["units"] == 0 for row in again.values())
    assert all(row["damaged_before"] == row["damaged_after"] for row in again.values())
    assert all(row["quarantined_before"] == row["quarantined_after"] for row in again.values())
    assert stock["atp_before"] == stock["atp_after"]


@law
@given(shelf=shelves())
def test_a_place_that_was_not_counted_keeps_its_statuses(shelf):
    assert "L2" not in look(shelf, counted=("L1",))[0]


@settings(max_examples=100 if FULL else 10, deadline=None, suppress_health_check=CALM)
@given(shelf=shelves())
def test_duckdb_says_the_same(shelf):
    assert look(shelf, DuckDBEngine) == look(shelf)


@pytest.mark.parametrize(
    ("recorded", "marked", "counted", "after"),
    [
        ((10, 0, 0), (0, 2, 0), 10, (2, 0)),
        ((8, 2, 0), (0, 2, 0), 10, (2, 0)),  # the same two: nothing moves
        ((8, 2, 0), (0, 0, 0), 10, (2, 0)),  # nobody said that they are well
        ((8, 2, 0), (0, 0, 2), 10, (0, 2)),  # another judgement of the same two
        ((5, 5, 0), (0, 0, 2), 10, (3, 2)),
        ((1, 9, 0), (0, 0, 0), 5, (5, 0)),  # no more than is there
        ((4, 1, 3), (0, 2, 2), 8, (2, 2)),
    ],
)
def test_by_hand(recorded, marked, counted, after):
    shelf = {"L1": {"recorded": recorded, "moved": (0, 0, 0), "marked": marked, "counted": counted}}
    told = look(shelf)[0]["L1"]
    assert (told["damaged_after"], told["quarantined_after"]) == after
