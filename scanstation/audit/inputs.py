"""Joins the stock side and the counted side of an audit into what the reconciliation takes in."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from scanstation.audit.ports import AdjustmentLike
from scanstation.counting.tally import Tally
from scanstation.reconcile import TABLES, as_table

if TYPE_CHECKING:
    import pyarrow


def engine_inputs(
    stock: "Mapping[str, pyarrow.Table]", tally: Tally, posted: Iterable[AdjustmentLike]
) -> "dict[str, pyarrow.Table]":
    """Return the input tables of `scanstation.reconcile.reconcile`.

    ``posted`` are this audit's own adjustments: they are the answer, so they must not change the question when an
    audit is looked at again after it was posted.
    """
    count_ts: dict[str, int] = dict(zip(tally.counts["location"], tally.counts["count_ts"], strict=True))
    later = later_bookings(stock["movements"], count_ts)
    for adjustment in posted:
        later[adjustment.item] -= adjustment.delta
    return {
        **{name: table for name, table in stock.items() if name in TABLES},
        "reads": as_table("reads", tally.reads),
        "counts": as_table("counts", tally.counts),
        "later": as_table("later", {"item": list(later), "delta": list(later.values())}),
    }


def later_bookings(movements: "pyarrow.Table", count_ts: Mapping[str, int]) -> Counter[str]:
    """Return, by item, the sum of the movements since the cut-off that came after the count of their location, or lie
    at a location that was not counted."""
    later: Counter[str] = Counter()
    for item, location, delta, ts in rows(movements, "item", "location", "delta", "ts"):
        if location not in count_ts or ts >= count_ts[location]:
            later[item] += delta
    return later


def moved_while_open(movements: "pyarrow.Table", spans: Mapping[str, tuple[int, int]]) -> set[str]:
    """Return the locations with a movement booked while their count was open (from, to: microseconds)."""
    return {
        location
        for location, ts in rows(movements, "location", "ts")
        if location in spans and spans[location][0] <= ts <= spans[location][1]
    }


def rows(table: "pyarrow.Table", *columns: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of some columns as tuples, a batch at a time."""
    for batch in table.select(columns).to_batches():
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
