"""What a wrong record breaks, at the edges of each rule, worked out by hand."""

import pytest

from scanstation.reconcile.duckdb_engine import DuckDBEngine
from scanstation.reconcile.examples import Example
from scanstation.reconcile.examples.case import TODAY
from scanstation.reconcile.sqlite_engine import SQLiteEngine

ORDERS = "order_id item qty due allow_backorder"
PLAN = "item reorder_point order_quantity order_up_to safety_stock"
SUPPLIERS = "supplier item price pack minimum lead_days_mean lead_days_sd on_time_share"
DEMAND = "item period_start period_days qty"
LISTED = "channel item state published_qty policy share buffer"
ITEMS = ("item unit_cost price", [("lamp", 50_000, 120_000)])


@pytest.fixture(params=[DuckDBEngine, SQLiteEngine])
def run(request):
    """A function (recorded, counted, more tables) -> rows of consequences, or of another answer, one item at A1."""

    def rows(recorded, counted, answer="consequences", **more):
        example = Example(
            kind="", answer="", story="", says={},
            recorded=[("lamp", "A1", recorded)], counted=[("lamp", "A1", counted)], more={"items": ITEMS, **more},
        )  # fmt: skip
        outcome = example.run(request.param())
        found = outcome.answer(answer).to_pylist()
        outcome.close()
        return found

    return rows


def of(kind, rows):
    return [row for row in rows if row["kind"] == kind]


def lines(*qty):
    return ORDERS, [(f"O{at}", "lamp", units, TODAY + at, False) for at, units in enumerate(qty, 1)]


def coming(*qty):
    return "po line item qty_ordered due", [
        (f"P{at}", "1", "lamp", units, TODAY + at) for at, units in enumerate(qty, 1)
    ]


@pytest.mark.parametrize(
    ("reorder_point", "orders", "on_order", "hidden_by"),
    [
        (6, (), (), (10, 5)),  # 10 on record, 5 on the shelf
        (5, (), (), (10, 5)),  # at the point
        (4, (), (), None),  # the shelf is above it
        (10, (), (), None),  # the record is at it and hides nothing
        (6, (4, 4, 2), (), (10, 5)),  # all of it promised: what the record shows on the shelf still hides it
        (6, (4, 4, 2), (6,), (10, 5)),
        (1, (4, 4, 2), (6,), (6, 1)),  # 10 - 10 + 6 by the record, 5 - 10 + 6 in truth
        (6, (), (2,), None),  # what is on its way lifts it above the point
    ],
)
def test_an_item_is_frozen_where_the_record_hides_that_it_is_to_be_ordered(
    run, reorder_point, orders, on_order, hidden_by
):
    plan = (PLAN, [("lamp", reorder_point, 0, None, 0)])
    found = of("FROZEN_REORDER", run(10, 5, planning=plan, orders=lines(*orders), purchase_orders=coming(*on_order)))
    assert [(row["by_record"], row["in_truth"]) for row in found] == ([hidden_by] if hidden_by else [])
    for row in found:
        assert row["units"] == reorder_point + 1 - (5 - sum(orders) + sum(on_order))


@pytest.mark.parametrize(
    ("quantity", "up_to", "minimum", "pack", "units"),
    [
        (0, None, 1, 1, 2),  # from 5 to 7, one above the point
        (4, None, 1, 1, 4),
        (0, 20, 1, 1, 15),
        (4, 20, 1, 1, 15),  # the level wins
        (0, 20, 1, 6, 18),
        (0, None, 10, 4, 12),
        (1, None, 1, 1, 2),
    ],
)
def test_the_quantity_of_a_reorder(run, quantity, up_to, minimum, pack, units):
    plan = (PLAN, [("lamp", 6, quantity, up_to, 0)])
    best = (SUPPLIERS, [("Quick", "lamp", 1, pack, minimum, 3.0, 1.0, 0.9), ("Slow", "lamp", 1, 1, 1, 4.0, 2.0, 1.0)])
    (row,) = of(
        "FROZEN_REORDER", run(10, 5, planning=plan, suppliers=best, demand=(DEMAND, [("lamp", TODAY - 9, 9, 27)]))
    )
    assert (row["units"], row["supplier"]) == (units, "Quick")
    assert row["day"] == TODAY + 5  # 3 + 1.282 x 1 + 0.1 x 7 = 4.982 days
    assert row["days"] == 2  # (10 - 6) / 3 a day
    assert row["margin"] == (2 * 3 - 5) * 70_000  # 5 lie there


def test_the_lead_time_of_an_item_without_a_reorder_point_is_that_of_its_supplier(run):
    best = (SUPPLIERS, [("Quick", "lamp", 1, 1, 1, 3.0, 0.0, 1.0)])
    demand = (DEMAND, [("lamp", TODAY - 10, 10, 20)])
    (row,) = of("SERVICE", run(10, 5, suppliers=best, demand=demand))
    assert row["days"] == 3
    # Poisson of 6: P(D > 10) and P(D > 5)
    assert (row["by_record"], row["in_truth"]) == (43, 554)


def test_a_breach_of_the_safety_stock_needs_no_history(run):
    (row,) = of("SERVICE", run(10, 5, planning=(PLAN, [("lamp", 0, 0, None, 6)])))
    assert (row["note"], row["of_units"], row["by_record"], row["in_truth"]) == ("breach", 6, None, None)
    assert of("SERVICE", run(10, 6, planning=(PLAN, [("lamp", 0, 0, None, 6)]))) == []
    short = run(10, 5, planning=(PLAN, [("lamp", 0, 0, None, 0)]), orders=lines(10))
    assert of("SERVICE", short) == [], "there is no safety stock to breach"


@pytest.mark.parametrize(("asked", "units", "margin"), [(0, 0, 0), (2, 2, 2 * 70_000)])
def test_units_that_open_lines_lack_are_not_short_a_second_time(run, asked, units, margin):
    """Ten are ordered and five there: these five are told of the line.  Of new demand, a
    Poisson of 2.8, the two that the record has left would have met E[min(D, 2)] = 1.7."""
    demand = (DEMAND, [("lamp", TODAY - 10, 10, asked)])
    (row,) = of("SERVICE", run(12 if asked else 10, 5, orders=lines(10), demand=demand))
    assert (row["units"], row["margin"]) == (units, margin)


@pytest.mark.parametrize(
    ("state", "published", "policy", "finding"),
    [
        ("in_stock", 3, "deny", ("in_stock", 5)),  # neither what the record says nor what is there
        ("in_stock", 5, "deny", None),  # right, whatever the record says
        ("in_stock", 10, "deny", None),  # as the record says: the count, not the listing, is what is new
        ("preorder", 0, "deny", None),
        ("backorder", 0, "continue", ("in_stock", 5)),
    ],
)
def test_a_listing_that_drifted_from_a_wrong_record_is_told_what_is_true(run, state, published, policy, finding):
    found = run(10, 5, "findings", listings=(LISTED, [("web", "lamp", state, published, policy, 100, 0)]))
    assert [(row["should"], row["should_units"]) for row in found] == ([finding] if finding else [])


@pytest.mark.parametrize(
    ("share", "buffer", "safety", "after"),
    [(100, 0, 0, 9), (50, 0, 0, 4), (100, 3, 0, 6), (100, 3, 2, 4), (60, 3, 2, 4), (40, 3, 2, 3), (100, 9, 1, 0)],
)
def test_what_a_channel_may_sell(run, share, buffer, safety, after):
    tables = {
        "listings": (LISTED, [("web", "lamp", "out_of_stock", 0, "deny", share, buffer)]),
        "planning": (PLAN, [("lamp", -99, 0, None, safety)]),
        "orders": lines(2, 1),
        "purchase_orders": ("po line item qty_ordered due", [("P1", "1", "lamp", 4, TODAY + 3)]),  # after the orders
    }
    found = of("FALSE_OUT_OF_STOCK", run(0, 12, **tables))
    assert [(row["units"], row["in_truth"], row["money"]) for row in found] == (
        [(after, after, after * 70_000)] if after else []
    )


def test_every_consequence_names_what_lies_behind_it():
    places = [(f"A{at}", 10, 10 - at) for at in range(1, 6)]
    example = Example(
        kind="", answer="", story="", says={},
        recorded=[("lamp", place, was) for place, was, _ in places],
        counted=[("lamp", place, now) for place, _, now in places],
        more={"orders": lines(50), "marks": ("item location lot units", [("lamp", "A1", None, 1)])},
    )  # fmt: skip
    outcome = example.run(SQLiteEngine())
    behind = {row["behind"] for row in outcome.answer("consequences").to_pylist()}
    outcome.close()
    assert behind == {"A5 -5, A4 -4, A3 -3 and 3 more"}


def test_lots_and_reservations_behind_a_consequence_are_named():
    example = Example(
        kind="", answer="", story="", says={},
        recorded=[("lamp", "A1", "L1", 5)], counted=[("lamp", "A1", "L1", 7)],
        more={
            "orders": (ORDERS, [("O1", "lamp", 6, TODAY, True)]),
            "reservations": ("item qty order_id", [("lamp", 2, "gone")]),
        },
    )  # fmt: skip
    outcome = example.run(SQLiteEngine())
    behind = {row["behind"] for row in outcome.answer("consequences").to_pylist()}
    outcome.close()
    assert behind == {"A1 lot L1 +2, reservation of order gone 2"}


@pytest.mark.parametrize(
    ("plan", "recorded", "counted", "deliveries", "needless"),
    [
        ((6, 24, None, 0), 6, 24, (24,), {"P1": 24}),  # 24 lie above the point: nothing had to be ordered
        ((6, 24, None, 0), 7, 24, (24,), {}),  # nor had it by the record
        ((6, 24, None, 0), 2, 6, (24,), {}),  # at the point in truth: the order is due
        ((6, 10, None, 0), -20, -4, (10, 20), {"P2": 10}),  # 30 asked for by the record, 20 in truth
        ((6, 0, 30, 0), 4, 6, (26,), {"P1": 2}),  # up to 30
        (
            (6, 0, None, 0),
            2,
            5,
            (5, 9),
            {"P1": 3},
        ),  # one above the point: 5 by the record, which needs no P2, 2 in truth
        ((6, 0, None, 0), 2, 9, (5, 9), {"P1": 5}),  # P2 need not come by the record already
    ],
)
def test_orders_that_found_stock_makes_unnecessary(run, plan, recorded, counted, deliveries, needless):
    rows = run(recorded, counted, planning=(PLAN, [("lamp", *plan)]), purchase_orders=coming(*deliveries))
    assert {row["po"]: row["units"] for row in of("NEEDLESS_REORDER", rows)} == needless


def test_what_the_record_holds_back_costs_only_what_is_not_there(run):
    plan = (PLAN, [("lamp", 100, 0, None, 0)])
    for recorded, gone in ((101, 0), (300, 100)):  # 1 and 20 days at ten a day, and 100 lie there
        (row,) = of(
            "FROZEN_REORDER", run(recorded, 100, planning=plan, demand=(DEMAND, [("lamp", TODAY - 10, 10, 100)]))
        )
        assert row["margin"] == gone * 70_000


@pytest.mark.parametrize(("arrives", "advice", "cost"), [(2, "wait", 0), (3, "wait", None), (40, "split", None)])
def test_a_line_that_is_whole_by_its_due_date_waits_for_nothing(run, arrives, advice, cost):
    orders = (ORDERS, [("O1", "lamp", 8, TODAY + 2, False)])
    delivery = ("po line item qty_ordered due", [("P1", "1", "lamp", 9, TODAY + arrives)])
    rows = run(10, 5, orders=orders, purchase_orders=delivery)
    (partial,), (short,) = of("PARTIAL", rows), of("OVERSOLD", rows)
    assert partial["note"] == advice
    assert cost is None or partial["handling"] == short["margin"] == cost
    assert (short["margin"] > 0) == (arrives > 2)


def test_a_line_that_waits_for_a_delivery_in_time_loses_no_sale(run):
    orders = (ORDERS, [("O1", "lamp", 5, TODAY + 9, False)])
    for day, lost in ((TODAY + 9, False), (TODAY + 10, True)):
        delivery = ("po line item qty_ordered due", [("P1", "1", "lamp", 5, day)])
        (row,) = of("NEEDLESS_BACKORDER", run(0, 5, orders=orders, purchase_orders=delivery))
        assert (row["margin"] > 0) == lost
