"""Available-to-promise against a table and a brute-force oracle, and laws that hold whatever is counted."""

import os
import random

import numpy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanstation.reconcile import as_table, reconcile
from scanstation.reconcile.probability import exceeds
from scanstation.reconcile.sqlite_engine import SQLiteEngine
from scanstation.reconcile.transfers import fewest

DAY = 86_400_000_000
TODAY = 20_000
FULL = os.environ.get("SCANSTATION_FULL") == "1"
pytestmark = pytest.mark.counted
law = settings(max_examples=500 if FULL else 40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def table(name, names, rows):
    return as_table(name, {column: [row[at] for row in rows] for at, column in enumerate(names.split())})


def timeline(on_hand, orders, receipts, engine=SQLiteEngine):
    """The timeline of an item of which one unit too few is recorded, from (day, qty) of orders and receipts."""
    inputs = {
        "recorded": table("recorded", "item location lot qty unit_cost", [("vase", "A1", None, on_hand - 1, 1)]),
        "counts": table("counts", "location count_ts", [("A1", TODAY * DAY)]),
        "reads": table(
            "reads",
            "event_id ts location item lot serial qty voided",
            [(1, TODAY * DAY, "A1", "vase", None, None, on_hand, False)],
        ),
        "orders": table(
            "orders",
            "order_id item qty due allow_backorder",
            [(f"O{at}", "vase", qty, TODAY + day, False) for at, (day, qty) in enumerate(orders)],
        ),
        "purchase_orders": table(
            "purchase_orders",
            "po line item qty_ordered due",
            [(f"P{at}", "1", "vase", qty, TODAY + day) for at, (day, qty) in enumerate(receipts)],
        ),
    }
    outcome = reconcile(inputs, snapshot_ts=TODAY * DAY - 1, as_of_ts=TODAY * DAY, engine=engine())
    rows = sorted(outcome.answer("timeline").to_pylist(), key=lambda row: row["day"])
    outcome.close()
    return rows


def test_the_table_of_the_manual():
    """On hand 80; orders of eight periods; receipts of 60 in periods 3 and 6 (JD Edwards manual)."""
    orders = list(enumerate((30, 25, 30, 10, 0, 35, 0, 0)))
    rows = timeline(80, orders, [(2, 60), (5, 60)])
    assert [row["atp"] for row in rows] == [25, None, 20, None, None, 25, None, None]
    assert [row["catp"] for row in rows] == [50, 25, 55, 45, 45, 70, 70, 70]
    assert [row["catp_ahead"] for row in rows] == [25, 25, 45, 45, 45, 70, 70, 70]
    assert [row["catp_ahead_before"] for row in rows] == [value - 1 for value in (25, 25, 45, 45, 45, 70, 70, 70)]


events = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 20)), max_size=8)


@law
@given(on_hand=st.integers(1, 40), orders=events, receipts=events)
def test_what_can_be_promised_is_what_breaks_no_later_promise(on_hand, orders, receipts):
    """The oracle asks for one more unit at a time until a later day would go below what stands there already."""
    rows = {row["day"] - TODAY: row for row in timeline(on_hand, orders, receipts)}
    stock = [
        on_hand + sum(qty for at, qty in receipts if at <= day) - sum(qty for at, qty in orders if at <= day)
        for day in range(10)
    ]
    for day, row in rows.items():
        assert row["catp"] == stock[day]
        units = min(stock)
        while all(left - units >= 0 for left in stock[day:]):
            units += 1
        if row["catp_ahead"] >= 0:
            assert row["catp_ahead"] == units - 1
        assert row["catp_ahead"] == min(stock[day:])


variances = st.dictionaries(st.sampled_from("ABCDEFG"), st.integers(-4, 4).filter(bool), min_size=2, max_size=7)


@law
@given(variances)
def test_transfers_move_no_unit_twice_and_none_from_nowhere(amounts):
    moves = fewest(amounts)
    left = dict(amounts)
    for source, target, units in moves:
        assert units > 0
        left[source] += units
        left[target] -= units
    assert sum(left.values()) == sum(amounts.values())
    assert all(abs(left[place]) <= abs(amounts[place]) and left[place] * amounts[place] >= 0 for place in left)
    assert min(left.values()) >= 0 or max(left.values()) <= 0  # one side is used up


@law
@given(variances)
def test_no_fewer_transfers_would_do(amounts):
    assert len(fewest(amounts)) == least_moves(tuple(sorted(amounts.values())))


def least_moves(amounts, seen=None):
    """Brute force: the least number of transfers that uses up one side."""
    seen = {} if seen is None else seen
    if amounts not in seen:
        short, over = [value for value in amounts if value < 0], [value for value in amounts if value > 0]
        best = 0 if not short or not over else 99
        for missing in set(short):
            for found in set(over):
                units = min(-missing, found)
                rest = list(amounts)
                rest.remove(missing)
                rest.remove(found)
                rest += [value for value in (missing + units, found - units) if value]
                best = min(best, 1 + least_moves(tuple(sorted(rest)), seen))
        seen[amounts] = best
    return seen[amounts]


def test_many_bins_are_matched_large_with_large():
    rng = random.Random(5)
    amounts = {f"B{at:02}": rng.choice([-3, -2, -1, 1, 2, 3]) for at in range(40)}
    moves = fewest(amounts)
    assert len(moves) < len(amounts)
    assert sum(units for *_, units in moves) == min(
        sum(value for value in amounts.values() if value > 0), -sum(value for value in amounts.values() if value < 0)
    )


@pytest.mark.parametrize(("mean", "variance"), [(0.4, 0.4), (3.0, 9.0), (50.0, 400.0)])
def test_the_risk_is_that_of_drawn_demand(mean, variance):
    rng = random.Random(7)
    draw = numpy.random.default_rng(rng.randint(0, 9))
    if variance > mean:
        drawn = draw.negative_binomial(mean * mean / (variance - mean), mean / variance, 200_000)
    else:
        drawn = draw.poisson(mean, 200_000)
    for stock in (0, int(mean), int(mean + 2 * variance**0.5)):
        over, short = exceeds(mean, variance, stock)
        assert over == pytest.approx(float((drawn > stock).mean()), abs=0.005)
        assert short == pytest.approx(float(numpy.maximum(drawn - stock, 0).mean()), rel=0.05, abs=0.01)
