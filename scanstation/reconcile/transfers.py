"""Which units to book over: the fewest transfers that bring an item's shortages and surpluses together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from scanstation.reconcile.engine import Engine

if TYPE_CHECKING:
    import pyarrow

EXACT_BINS = 12
"""Up to so many bins an item the number of transfers is the least possible; above, large is matched with large."""

Bin = TypeVar("Bin", str, tuple[str, str])
"""What names a bin among those of its item."""


def transfers(engine: Engine) -> "pyarrow.Table":
    """transfers: what to book over from where it is missing to where it lies

    in     discrepancies
    out    one row a transfer: item, lot, source (the record that is short), target (where the units lie), units
    rule   Within an item and lot, shortages are met by surpluses until one side is used up.  Of all ways to do so one
           with the fewest transfers is proposed.  Bins are split into as many groups as possible whose surplus does
           not exceed their shortage (or the other way round, where the surplus is greater over all); a group of n bins
           needs at most n - 1 transfers, and a bin by itself none.  Exact up to 12 bins; above, the largest shortage is
           met by the largest surplus, one after the other.
    """
    import pyarrow

    rows = engine.rows(
        "SELECT item, lot, location, variance FROM ("
        "SELECT item, lot, location, variance, min(variance) OVER (PARTITION BY item, lot) AS low, "
        "max(variance) OVER (PARTITION BY item, lot) AS high FROM discrepancies) AS sides "
        "WHERE low < 0 AND high > 0"
    )
    bins: dict[tuple[str, str | None], dict[str, int]] = defaultdict(dict)
    for item, lot, location, variance in rows:
        bins[item, lot][location] = int(variance)
    found = [
        (item, lot, *move)
        for (item, lot), variances in sorted(bins.items(), key=lambda entry: (entry[0][0], entry[0][1] or ""))
        for move in fewest(variances)
    ]
    text, whole = pyarrow.string(), pyarrow.int64()
    kinds = {"item": text, "lot": text, "source": text, "target": text, "units": whole}
    columns = list(zip(*found, strict=True)) or [()] * len(kinds)
    return pyarrow.table(
        {name: pyarrow.array(values, kind) for (name, kind), values in zip(kinds.items(), columns, strict=True)}
    )


def fewest(variances: Mapping[Bin, int]) -> list[tuple[Bin, Bin, int]]:
    """Return the fewest transfers between the bins of one item; ``variances`` by bin, none of them 0.

    A transfer is (source, target, units): the record of source is short of the units that lie at target.

    >>> fewest({"A": -5, "B": 5, "C": -3, "D": 3})
    [('A', 'B', 5), ('C', 'D', 3)]
    >>> fewest({"A": -5, "B": 3})
    [('A', 'B', 3)]
    """
    places = sorted(variances)
    groups = best_groups([variances[place] for place in places]) if len(places) <= EXACT_BINS else [range(len(places))]
    moves = [move for group in groups for move in _largest_first({places[at]: variances[places[at]] for at in group})]
    return sorted(moves)


def best_groups(amounts: Sequence[int]) -> list[list[int]]:
    """Split amounts into the most groups none of whose sums has the opposite sign of the whole; indices by group."""
    sign = -1 if sum(amounts) > 0 else 1
    signed = [sign * amount for amount in amounts]  # the sum of the whole is at most 0
    full = (1 << len(signed)) - 1
    sums = [0] * (full + 1)
    for mask in range(1, full + 1):
        low = mask & -mask
        sums[mask] = sums[mask ^ low] + signed[low.bit_length() - 1]

    @cache
    def split(mask: int) -> tuple[int, int]:
        """The most groups of a set of bins, and the first of them; the set's own sum is at most 0."""
        if not mask:
            return 0, 0
        low, best = mask & -mask, (1, mask)
        rest = mask ^ low
        part = rest
        while part:
            part = (part - 1) & rest
            group = part | low
            if sums[group] <= 0 and sums[mask ^ group] <= 0:
                count = 1 + split(mask ^ group)[0]
                if count > best[0]:
                    best = (count, group)
        return best

    groups, mask = [], full
    while mask:
        group = split(mask)[1]
        groups.append([at for at in range(len(signed)) if group >> at & 1])
        mask ^= group
    return groups


def _largest_first(variances: Mapping[Bin, int]) -> list[tuple[Bin, Bin, int]]:
    """Meet the largest shortage with the largest surplus until one side is used up."""
    short: list[tuple[int, Bin]] = sorted(
        ((-units, place) for place, units in variances.items() if units < 0), key=_largest
    )
    over: list[tuple[int, Bin]] = sorted(
        ((units, place) for place, units in variances.items() if units > 0), key=_largest
    )
    moves = []
    while short and over:
        (missing, source), (found, target) = short.pop(0), over.pop(0)
        units = min(missing, found)
        moves.append((source, target, units))
        if missing > units:
            short.append((missing - units, source))
            short.sort(key=_largest)
        if found > units:
            over.append((found - units, target))
            over.sort(key=_largest)
    return moves


def _largest(entry: tuple[int, Bin]) -> tuple[int, Bin]:
    return -entry[0], entry[1]
