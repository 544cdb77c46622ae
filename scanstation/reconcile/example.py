"""One audit small enough to check by hand: the worked example of docs/reconcile.md."""

from collections.abc import Mapping, Sequence
from typing import Any

HOUR = 3_600_000_000
NINE = 1_796_029_200_000_000
"""The cut-off t0: 2026-11-30, 9:00 UTC, in microseconds."""

_DAY = 20_788  # 2026-12-01

INPUTS: Mapping[str, Mapping[str, Sequence[Any]]] = {
    "recorded": {
        "item": ("chair", "desk", "lamp", "lamp"),
        "location": ("B1", "A1", "A1", "B1"),
        "lot": (None, None, None, None),
        "qty": (0, 1, 10, 4),
        "unit_cost": (200_000, 900_000, 50_000, 50_000),
    },
    "counts": {"location": ("A1", "B1"), "count_ts": (NINE + HOUR, NINE + 2 * HOUR)},
    "movements": {
        "item": ("lamp",),
        "location": ("A1",),
        "lot": (None,),
        "delta": (-1,),
        "ts": (NINE + HOUR // 2,),
    },
    "later": {"item": ("lamp",), "delta": (-2,)},
    "reads": {
        "event_id": (1, 2, 3, 4, 5),
        "ts": tuple(NINE + minutes * HOUR // 60 for minutes in (61, 62, 121, 122, 123)),
        "location": ("A1", "A1", "B1", "B1", "B1"),
        "item": ("lamp", "desk", "lamp", "desk", "chair"),
        "lot": (None, None, None, None, None),
        "serial": (None, "D-1", None, "D-1", None),
        "qty": (5, 1, 4, 1, 3),
        "voided": (False, False, False, False, False),
    },
    "reservations": {"item": ("lamp",), "qty": (1,)},
    "orders": {
        "order_id": ("O1", "O2", "O3", "O4"),
        "item": ("lamp", "lamp", "lamp", "chair"),
        "qty": (6, 4, 4, 2),
        "due": (_DAY, _DAY + 1, _DAY + 2, _DAY),
        "allow_backorder": (False, False, True, True),
    },
    "listings": {
        "channel": ("shop", "web"),
        "item": ("lamp", "chair"),
        "state": ("in_stock", "out_of_stock"),
        "published_qty": (2, None),
        "share": (100, 100),
        "buffer": (0, 0),
    },
}
"""The input tables, column by column (`scanstation.reconcile.TABLES`)."""

TOLD: Mapping[str, str] = {
    "recorded": "What the record said at the cut-off, 9:00.",
    "counts": "When the count of each location began.",
    "movements": "What was booked between the cut-off and the count of its location: one lamp was picked at 9:30.",
    "later": "What was booked after the count: two lamps left A1 at 10:30.",
    "reads": "The count events. Desk D-1 carries a tag and answered at both places.",
    "reservations": "One lamp is promised elsewhere.",
    "orders": "The open order lines.",
    "listings": "What the sales channels say.",
}
"""What each table means, in the example's words."""
