"""In how many rounds was each tag read?  Found from the times of the reads alone.

A reader runs one inventory round after the other; in a round a tag answers or does not, once or many times.  Only the
number of *rounds* is evidence: fifty reads within one round say no more than one.  Few readers tell where a round ends.
So each tag keeps a bitmap of the moments in which it was read (bounded: the moments widen as the sweep grows), and the
length of a round is found afterwards, as the length at which the reads of one tag no longer come in clusters, and at
which no two rounds have merged yet.
"""

import math
from collections.abc import Sequence

MOMENTS = 2048
"""Bits of the map of a tag; when a sweep grows beyond them its moments become twice as long."""

FIRST_SHIFT = 0
"""A moment is 2 ** shift microseconds long."""

_MOST_ROUNDS, _FEWEST_ROUNDS = 256, 8
_KEPT = 0.99  # share of (tag, moment) pairs that longer moments must keep apart


def coarser(bits: int, start: int, shift: int) -> int:
    """Return the map in moments twice as long; ``start`` is the time of bit 0, ``shift`` the length it had."""
    if (start >> shift) & 1:
        bits <<= 1
    return int(f"{bits | bits >> 1:b}"[::-1][::2][::-1], 2)


def count_rounds(maps: Sequence[int], start: int, shift: int) -> tuple[int, list[int]]:
    """Return how many rounds there were and in how many of them each tag was read.

    ``maps`` are the bitmaps of the tags, all of one ``start`` and one ``shift``.
    """
    best: tuple[int, list[int]] | None = None
    least = math.inf
    chosen: tuple[int, list[int]] | None = None
    while True:
        total, counts = _totals(maps)
        if chosen is not None and sum(counts) < _KEPT * sum(chosen[1]):
            return chosen
        cluster = _clustering(maps, counts, total)
        if total <= _MOST_ROUNDS:
            if cluster <= 1:
                chosen = total, counts
            elif chosen is not None:
                return chosen
            if best is None or (cluster < least and total >= _FEWEST_ROUNDS):
                best, least = (total, counts), cluster
        if total <= 1:
            return chosen or best or (total, counts)
        maps = [coarser(bits, start, shift) for bits in maps]
        shift += 1


def _totals(maps: Sequence[int]) -> tuple[int, list[int]]:
    union = 0
    for bits in maps:
        union |= bits
    return union.bit_count(), [bits.bit_count() for bits in maps]


def _clustering(maps: Sequence[int], counts: Sequence[int], total: int) -> float:
    """How often a tag is read in two moments on end, over what chance explains (above 1: clustered).

    A tag read in k of n moments is read in both of a given pair with chance k (k - 1) / (n (n - 1)).
    """
    if total < 2:
        return 0.0
    union = 0
    for bits in maps:
        union |= bits
    pairs = (union & union >> 1).bit_count()
    met = sum((bits & bits >> 1).bit_count() for bits in maps)
    chance = pairs * sum(count * (count - 1) for count in counts) / (total * (total - 1))
    return met / (1.25 * chance + 3 * math.sqrt(chance + 1))
