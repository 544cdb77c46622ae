"""Whatever a reconciliation says of an item, the item was in doubt before; an item that agrees is not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanstation.audit.doubt import in_doubt
from scanstation.audit.inputs import columns_of, engine_inputs
from scanstation.counting.tally import COUNT_COLUMNS, READ_COLUMNS, Tally
from scanstation.reconcile import as_table, reconcile
from scanstation.reconcile.sqlite_engine import SQLiteEngine

T0, COUNTED, NOW = 86_400_000_000, 86_400_000_500, 86_400_001_000
TODAY = 1
ITEMS, PLACES, LOTS = "abc", ("A1", "A2", "B1"), (None, "1", "2")
RECORDED = ("item", "location", "lot", "qty", "unit_cost", "status")
MOVEMENTS = ("item", "location", "lot", "delta", "ts", "reason", "document", "line", "status")

item, place, lot = st.sampled_from(ITEMS), st.sampled_from(PLACES), st.sampled_from(LOTS)
status = st.sampled_from(("available",) * 4 + ("damaged", "quarantined"))
units = st.integers(1, 3) | st.just(10**12)


@st.composite
def slices(draw):
    """Records and counts that often agree, with a few of the things that make them disagree."""
    keys = draw(st.lists(st.tuples(item, place, lot, status), unique=True, max_size=8))
    recorded = [(*key[:3], draw(units), 7, key[3]) for key in keys]
    counts = [(name, COUNTED) for name in draw(st.lists(place, unique=True, min_size=1))]
    counted = {name for name, _ in counts}
    lines = [(*key[:3], None, qty) for *key, qty, _, _ in recorded if draw(st.integers(0, 5))]
    lines += draw(st.lists(st.tuples(item, place, lot, st.sampled_from((None, "s", "t")), st.sampled_from((-1, 1, 2)))))
    times = st.sampled_from((COUNTED + 1,) * 9 + (0,))
    reads = [
        (number, draw(times), "ST", where, what, batch, serial, qty, draw(st.integers(0, 5)) == 0)
        for number, (what, where, batch, serial, qty) in enumerate(lines, 1)
        if where in counted
    ]
    when = st.sampled_from((T0 - 1, T0 + 1, COUNTED + 1))
    movements = draw(st.lists(st.tuples(item, place, lot, st.sampled_from((-1, 1)), when, status), max_size=2))
    lots = draw(st.lists(st.tuples(item, st.sampled_from(LOTS[1:]), st.integers(TODAY - 1, TODAY + 1)), max_size=2))
    marks = draw(st.lists(st.tuples(item, st.sampled_from(sorted(counted)), lot), max_size=1))
    return recorded, reads, counts, movements, list({row[:2]: row for row in lots}.values()), marks


def sides(recorded, reads, counts, movements, lots, marks):
    """The stock side and the counted side of a slice."""
    moved = [(*key, delta, ts, "issue", "", "", status) for *key, delta, ts, status in movements]
    stock = {
        "recorded": as_table("recorded", columns_of(recorded, *RECORDED)),
        "movements": as_table("movements", columns_of(moved, *MOVEMENTS)),
        "lots": as_table("lots", columns_of(lots, "item", "lot", "expires")),
    }
    tally = Tally(
        audit="A",
        reads=columns_of(reads, *READ_COLUMNS),
        counts=columns_of(counts, *COUNT_COLUMNS),
        parked={},
        damaged=dict.fromkeys(marks, 1),
        quarantined={},
        other_counts=[],
        counters=frozenset(),
        head=(0, ""),
        last=0,
    )
    return stock, tally


@settings(deadline=None, max_examples=60)
@given(slices())
def test_what_is_told_was_in_doubt(slice_):
    stock, tally = sides(*slice_)
    doubtful = in_doubt(stock, tally, T0, NOW)
    outcome = reconcile(
        engine_inputs(stock, tally, T0, NOW), snapshot_ts=T0, as_of_ts=NOW, full=False, engine=SQLiteEngine()
    )
    told = {*outcome.discrepancies["item"].to_pylist(), *outcome.statuses["item"].to_pylist()}
    outcome.close()
    assert told <= doubtful


RIGHT = [
    ("a", "A1", None, 2, 7, "available"),
    ("a", "B1", None, 5, 7, "available"),
    ("b", "A1", "1", 1, 7, "available"),
]
READS = [
    (1, COUNTED + 1, "ST", "A1", "a", None, None, 2, False),
    (2, COUNTED + 1, "ST", "A1", "a", None, None, 9, True),
    (3, COUNTED + 1, "ST", "A1", "b", "1", "s", 1, False),
    (4, COUNTED + 2, "ST", "A1", "b", "1", "s", 1, False),
]


def doubted(recorded=(), reads=(), movements=(), lots=(), marks=()):
    stock, tally = sides([*RIGHT, *recorded], [*READS, *reads], [("A1", COUNTED)], movements, lots, marks)
    return in_doubt(stock, tally, T0, NOW)


def test_what_agrees_is_not_in_doubt():
    """Whatever lies where nobody counted, moved before the cut-off, was voided, or may still be sold today."""
    assert doubted(movements=[("a", "A1", None, 1, T0, "available")], lots=[("b", "1", TODAY)]) == set()


@pytest.mark.parametrize(
    "more",
    [
        {"recorded": [("a", "A1", "1", 1, 7, "available")]},
        {"recorded": [("a", "B1", None, 1, 7, "damaged")]},
        {"recorded": [("a", "B1", "1", 10**11, 7, "available")]},
        {"reads": [(5, COUNTED + 1, "ST", "A1", "a", None, None, 1, False)]},
        {"reads": [(5, COUNTED + 1, "ST", "A1", "a", None, "s", 1, False)]},
        {"reads": [(5, 0, "ST", "A1", "a", None, None, 1, True)]},
        {"movements": [("a", "B1", None, 1, T0 + 1, "available")]},
        {"lots": [("a", "1", TODAY - 1)]},
        {"marks": [("a", "A1", None)]},
    ],
)
def test_what_makes_doubt(more):
    assert doubted(**more) == {"a"}


def test_a_unit_that_was_seen_in_two_places_makes_doubt():
    elsewhere = (5, COUNTED - 9, "ST", "A2", "b", "1", "s", 1, False)
    assert doubted(reads=[elsewhere]) == {"b"}
