"""One audit small enough to check by hand, every number written out."""

import pytest

from scanstation.reconcile import TABLES, as_table, reconcile

HOUR = 3_600_000_000
T0 = 1_760_000_000_000_000


def rows(table):
    return sorted(tuple(row.values()) for row in table.to_pylist())


def audit(**more):
    """Ten lamps are on record in A1 and four in B1; one was picked in A1 before its count, one after."""
    tables = {
        "recorded": {
            "item": ["lamp", "lamp", "desk"],
            "location": ["A1", "B1", "A1"],
            "lot": [None, None, None],
            "qty": [10, 4, 2],
            "unit_cost": [50_000, 50_000, 900_000],
        },
        "counts": {"location": ["A1"], "count_ts": [T0 + 2 * HOUR]},
        "reads": {
            "event_id": [1, 2, 3, 4],
            "ts": [T0 + 2 * HOUR, T0 + 2 * HOUR + 1, T0 + 2 * HOUR + 2, T0 + 2 * HOUR + 3],
            "location": ["A1", "A1", "A1", "A1"],
            "item": ["lamp", "lamp", "desk", "desk"],
            "lot": [None, None, None, None],
            "serial": [None, None, "D1", "D1"],
            "qty": [5, 5, 1, 1],
            "voided": [False, True, False, False],
        },
        "movements": {
            "item": ["lamp", "lamp"],
            "location": ["A1", "A1"],
            "lot": [None, None],
            "delta": [-1, -1],
            "ts": [T0 + HOUR, T0 + 2 * HOUR],
        },
        "orders": {
            "order_id": ["O1", "O2", "O3"],
            "item": ["lamp", "lamp", "lamp"],
            "qty": [6, 4, 4],
            "due": [20_400, 20_401, 20_402],
            "allow_backorder": [False, False, True],
        },
        "reservations": {"item": ["lamp"], "qty": [1]},
        **more,
    }
    return {name: as_table(name, columns) for name, columns in tables.items()}


def test_expected_is_the_record_at_the_moment_of_the_count():
    outcome = reconcile(audit(), snapshot_ts=T0)
    assert rows(outcome.discrepancies) == [
        ("desk", "A1", None, 2, 1, -1, -900_000, "phantom"),
        ("lamp", "A1", None, 9, 5, -4, -200_000, "phantom"),
    ]
    # 13 lamps less 1 reserved: O1 and O2 whole, 2 for O3; in truth 9 less 1: O1 whole, 2 for O2, none for O3
    assert rows(outcome.order_lines) == [
        ("O2", "lamp", 20_401, 4, False, 4, 2, 2, 0),
        ("O3", "lamp", 20_402, 4, True, 2, 0, 2, 0),
    ]
    assert rows(outcome.items) == [
        ("desk", 2, 1, 2, 1, 0, 0, 0, 0),
        ("lamp", 13, 9, 12, 8, 2, 0, 1, 100_000),
    ]
    assert outcome.listings is None
    given = {"recorded", "counts", "reads", "movements", "orders", "reservations"}
    assert set(outcome.summary["switched_off"]) == set(TABLES) - given


def test_listings_tell_what_the_channels_promise_beyond_the_shelf():
    listings = {
        "channel": ["web", "web", "shop", "fair"],
        "item": ["desk", "lamp", "desk", "desk"],
        "state": ["in_stock", "out_of_stock", "backorder", "in_stock"],
        "published_qty": [2, None, None, None],
        "share": [100, 100, 50, 100],
        "buffer": [0, 0, 0, 1],
    }
    outcome = reconcile(audit(listings=listings), snapshot_ts=T0)
    assert outcome.listings is not None
    assert rows(outcome.listings) == [
        ("fair", "desk", "in_stock", None, 1, 0, 0, 1),  # offers the one that the record showed above its buffer
        ("shop", "desk", "backorder", None, 1, 0, 0, 0),  # half of one desk is no whole desk
        ("web", "desk", "in_stock", 2, 2, 1, 0, 1),
        ("web", "lamp", "out_of_stock", None, 0, 0, 0, 0),  # 14 lamps are ordered: none is left to sell
    ]


def test_a_found_unit_ends_a_false_out_of_stock():
    more = audit(
        listings={"channel": ["web"], "item": ["desk"], "state": ["out_of_stock"], "published_qty": [0]},
        recorded={"item": ["desk"], "location": ["A1"], "lot": [None], "qty": [0], "unit_cost": [900_000]},
        movements={"item": [], "location": [], "lot": [], "delta": [], "ts": []},
    )
    outcome = reconcile(more, snapshot_ts=T0)
    assert outcome.listings is not None
    assert rows(outcome.listings) == [("web", "desk", "out_of_stock", 0, 0, 1, 1, 0)]
    assert outcome.summary["listings"] == {
        "count": 1,
        "false_out_of_stock": 1,
        "units_to_release": 1,
        "oversells": 0,
        "units_too_many": 0,
    }


def test_the_queue_is_due_date_priority_age_number():
    orders = {
        "order_id": ["late", "young", "old", "first", "ageless"],
        "item": ["lamp"] * 5,
        "qty": [1, 1, 1, 1, 1],
        "due": [2, 1, 1, 1, 1],
        "allow_backorder": [False] * 5,
        "priority": [0, 1, 1, 0, 1],
        "placed_at": [1, 9, 8, 10, None],
    }
    queue = []
    for stock in range(6):
        recorded = {"item": ["lamp"], "location": ["A1"], "lot": [None], "qty": [stock], "unit_cost": [1]}
        reads = {name: [] for name in ("event_id", "ts", "location", "item", "lot", "serial", "qty", "voided")}
        none = {"item": [], "qty": []}
        inputs = audit(recorded=recorded, reads=reads, orders=orders, reservations=none)
        del inputs["movements"]
        outcome = reconcile(inputs, snapshot_ts=T0)
        queue += [row[0] for row in rows(outcome.order_lines) if row[0] not in queue]
    assert queue == ["first", "old", "young", "ageless", "late"]


@pytest.mark.parametrize(
    ("here", "there", "kinds"),
    [
        (11, -9, {"misplaced"}),  # |11 - 9| x 10 = 11 + 9: just within a tenth
        (12, -9, {"hidden", "phantom"}),
        (-12, 9, {"hidden", "phantom"}),
        (5, -5, {"misplaced"}),
        (3, 3, {"hidden"}),
        (-3, -3, {"phantom"}),
    ],
)
def test_misplaced_is_what_cancels_out_to_a_tenth(here, there, kinds):
    recorded = {
        "item": ["lamp"] * 2,
        "location": ["A1", "B1"],
        "lot": [None] * 2,
        "qty": [20, 20],
        "unit_cost": [1, 1],
    }
    reads = {
        "event_id": [1, 2],
        "ts": [1, 2],
        "location": ["A1", "B1"],
        "item": ["lamp"] * 2,
        "lot": [None] * 2,
        "serial": [None] * 2,
        "qty": [20 + here, 20 + there],
        "voided": [False, False],
    }
    inputs = audit(recorded=recorded, reads=reads, counts={"location": ["A1", "B1"], "count_ts": [T0 + 1, T0 + 1]})
    outcome = reconcile(inputs, snapshot_ts=T0)
    assert {row["kind"] for row in outcome.discrepancies.to_pylist()} == kinds
