"""What a sweep remembers of each tag: sums and a map of moments, never the reads themselves.

So a read costs little and a tag the same memory however often it is read.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from scanstation.counting.rounds import FIRST_SHIFT, MOMENTS, coarser, count_rounds

_PASSES, _ENOUGH_SHARED = 10, 5  # learning what an antenna adds
_PRIOR_READS, _PRIOR_SPREAD_DB = 20.0, 2.0  # RSSI from read to read, until a sweep has shown its own


PAUSE = 2_000_000
"""A longer silence, in microseconds, takes no more of the maps than this: people pause between two sweeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was heard of one tag.

    ``rounds`` in which it was read, ``reads`` in all, mean RSSI in dBm on the antenna that hears it loudest (None:
    never told), first and last read in microseconds UTC.
    """

    rounds: int
    reads: int
    rssi_dbm: float | None
    antenna: Hashable
    first: int
    last: int


class Loudness:
    """Running sums of the RSSI of one tag on one antenna, also turn by turn: a turn is the reads of one moment."""

    __slots__ = ("_count", "_moment", "_part", "_turns", "_turns_squared", "heard", "squares", "total")

    def __init__(self) -> None:
        self.heard = self._count = self._turns = 0
        self.total = self.squares = self._part = self._turns_squared = 0.0
        self._moment = -1

    def add(self, moment: int, rssi: float) -> None:
        """Take one read."""
        self.heard += 1
        self.total += rssi
        self.squares += rssi * rssi
        if moment == self._moment:
            self._count += 1
            self._part += rssi
            return
        if self._count:
            self._turns += 1
            self._turns_squared += self._part * self._part / self._count
        self._moment, self._count, self._part = moment, 1, rssi

    @property
    def turns(self) -> int:
        """In how many moments it was read."""
        return self._turns + (self._count > 0)

    @property
    def between(self) -> float:
        """Sum over the turns of (sum of RSSI) squared over the number of reads."""
        return self._turns_squared + (self._part * self._part / self._count if self._count else 0.0)

    @property
    def mean(self) -> float:
        """In dBm; at least one read was told."""
        return self.total / self.heard


class HeardTag:
    """One tag: when it was read, how often, and how loudly on each antenna."""

    __slots__ = ("antennas", "bits", "first", "last", "moment", "reads", "shift")

    def __init__(self, ts: int, shift: int) -> None:
        self.antennas: dict[Hashable, Loudness] = {}
        self.reads = self.bits = 0
        self.first = self.last = ts
        self.shift = shift
        self.moment = -1


class Hearing:
    """All tags of a sweep by EPC, with their common time axis."""

    def __init__(self) -> None:
        self.tags: dict[str, HeardTag] = {}
        self._start: int | None = None
        self._shift = FIRST_SHIFT
        self._latest = self._paused = 0

    def add(self, epc: str, ts: int, antenna: Hashable, rssi: float | None) -> bool:
        """Take one read; whether the tag is new.  Antennas of two readers must differ, whatever they are called."""
        tag = self.tags.get(epc)
        new = tag is None
        if tag is None:
            tag = self.tags[epc] = HeardTag(ts, self._shift)
        if ts > self._latest:
            if ts - self._latest > PAUSE and self._start is not None:
                self._paused += ts - self._latest - PAUSE
            self._latest = ts
        at = ts - self._paused
        moment = at >> self._shift
        if moment != tag.moment or tag.shift != self._shift:
            moment = self._mark(tag, at)
            tag.first, tag.last = min(tag.first, ts), max(tag.last, ts)
        tag.reads += 1
        loudness = tag.antennas.get(antenna)
        if loudness is None:
            loudness = tag.antennas[antenna] = Loudness()
        if rssi is not None:
            loudness.add(moment, rssi)
        return new

    def rounds(self) -> tuple[int, list[int]]:
        """How many rounds there were, and in how many each tag was read, in the order of the tags."""
        for tag in self.tags.values():
            self._catch_up(tag)
        return count_rounds([tag.bits for tag in self.tags.values()], self._start or 0, self._shift)

    def _mark(self, tag: HeardTag, at: int) -> int:
        if self._start is None:
            self._start = at
        if at < self._start:
            self._begin_at(at)
        while (at >> self._shift) - (self._start >> self._shift) >= MOMENTS:
            self._shift += 1
        self._catch_up(tag)
        tag.moment = at >> self._shift
        tag.bits |= 1 << (tag.moment - (self._start >> self._shift))
        return tag.moment

    def _catch_up(self, tag: HeardTag) -> None:
        assert self._start is not None
        while tag.shift < self._shift:
            tag.bits = coarser(tag.bits, self._start, tag.shift)
            tag.shift += 1

    def _begin_at(self, at: int) -> None:
        """Make room for a read that is earlier than all before."""
        assert self._start is not None
        last = self._latest - self._paused
        while (last >> self._shift) - (at >> self._shift) >= MOMENTS:
            self._shift += 1
        for tag in self.tags.values():
            self._catch_up(tag)
            tag.bits <<= (self._start >> self._shift) - (at >> self._shift)
        self._start = at


@dataclass(frozen=True, slots=True)
class Level:
    """Mean RSSI of a tag in dBm and the variance of that mean in dB squared."""

    mean: float
    noise: float


def levels(tags: Sequence[HeardTag]) -> list[Level | None]:
    """How loud each tag is; None where no read told it.

    What an antenna hears louder or lower than the others is cleared first.  A tag is as loud as on the antenna that
    hears it best; other antennas help where they do not contradict.
    """
    scatter = _scatter(tags)
    offset = _offsets(tags)
    return [_level(tag, offset, scatter) for tag in tags]


def _scatter(tags: Sequence[HeardTag]) -> tuple[float, float]:
    """Variance from turn to turn, and from read to read of a turn: one-way analysis of variance, pooled over all tags.

    A reader that repeats one measurement ten times has not measured ten times.
    """
    sums = [loudness for tag in tags for loudness in tag.antennas.values() if loudness.heard]
    within = sum(one.squares - one.between for one in sums)
    freedom = sum(one.heard - one.turns for one in sums)
    reads = (max(0.0, within) + _PRIOR_READS * _PRIOR_SPREAD_DB**2) / (freedom + _PRIOR_READS)
    between = sum(one.between - one.total**2 / one.heard for one in sums)
    share = sum(one.heard - one.heard / one.turns for one in sums)
    turns = max(0.0, between - reads * sum(one.turns - 1 for one in sums)) / (share + _PRIOR_READS)
    return turns, reads


def _offsets(tags: Sequence[HeardTag]) -> dict[Hashable, float]:
    """What each antenna adds in dB, learned from the tags that several hear: least squares of tag plus antenna."""
    shared = [
        [(antenna, one) for antenna, one in tag.antennas.items() if one.heard] for tag in tags if len(tag.antennas) > 1
    ]
    shared = [pairs for pairs in shared if len(pairs) > 1]
    offset: dict[Hashable, float] = {}
    for _ in range(_PASSES if len(shared) >= _ENOUGH_SHARED else 0):
        off: dict[Hashable, list[tuple[float, int]]] = {}
        for pairs in shared:
            turns = sum(one.turns for _, one in pairs)
            level = sum((one.mean - offset.get(antenna, 0.0)) * one.turns for antenna, one in pairs) / turns
            for antenna, one in pairs:
                off.setdefault(antenna, []).append((one.mean - level, one.turns))
        offset = {antenna: sum(d * n for d, n in seen) / sum(n for _, n in seen) for antenna, seen in off.items()}
        middle = sum(offset.values()) / len(offset)
        offset = {antenna: each - middle for antenna, each in offset.items() if len(off[antenna]) >= _ENOUGH_SHARED}
    return offset


def _level(tag: HeardTag, offset: dict[Hashable, float], scatter: tuple[float, float]) -> Level | None:
    means = [
        (one.mean - offset.get(antenna, 0.0), scatter[0] / one.turns + scatter[1] / one.heard)
        for antenna, one in tag.antennas.items()
        if one.heard
    ]
    if not means:
        return None
    best, noise = max(means, key=lambda one: one[0] - math.sqrt(one[1]))
    agree = [(mean, 1 / var) for mean, var in means if mean >= best - 3 * math.sqrt(var + noise)]
    weight = sum(one for _, one in agree)
    return Level(sum(mean * one for mean, one in agree) / weight, 1 / weight)
