"""What one fixed antenna hears of one tag, and whether that is a tag in place or one of next door.

The stories are those of a sweep (`scanstation.counting.strays`) with fixed parameters, because a tag that comes has to
be judged at once: the level of tags in place is that of the last that came to this antenna, strays are heard 15 dB
lower and in 5 % of the epochs.  What was heard longer ago than the last twelve epochs that read the tag is forgotten.
"""

import math
from collections import deque
from statistics import fmean, median

from scanstation.counting.smoothing import Smoothing, window

STRAY_DB, STRAY_SPREAD, STRAY_RATE, STRAYS = 15.0, 4.0, 0.05, 0.05
"""Strays: how far below the tags in place, their spread in dB, in what share of epochs, how many of 1."""

SPREAD, SHIELDED, SHIELDED_SPREAD, SHIELDED_RATE = 4.0, 0.02, 8.0, 0.2
"""Tags in place: spread in dB; share of shielded ones (of any rate), their spread, and a rate usual for them."""

SURE = 0.9999
"""A tag has come when it is this likely to be in place: strays are judged anew with each of their many reads."""

SURE_BY_RATE = 0.99
"""The same where its level says nothing: the reader tells none, or no tag has come here yet."""

GONE = 0.005
"""A tag that is less likely to be in place is heard from next door, whether or not it was here."""

HYSTERESIS_DB, HYSTERESIS_RATE = 3.0, 0.2
"""So much better must another place hear a tag, beyond three standard errors, before the tag has moved there."""

_REMEMBERED = 12  # epochs with a read that a track remembers
_ENOUGH_READS = 3  # of them, before a tag has moved
_ENOUGH_UNHEARD = 6  # of them, before a tag has come whose level says nothing: fewer may be chance
_LAST, _ENOUGH_TAGS = 25, 5  # tags that tell the level of an antenna; fewer tell nothing
_NOISE = 16.0  # variance of the RSSI from one epoch to the next in dB squared, until an antenna has shown its own
_FORGETS = 1 - 1 / 512


class Antenna:
    """One antenna that watches a location: at what level and rate it hears the tags that are there.

    ``noise`` is the variance of the RSSI of a tag from one epoch to the next, in dB squared.
    """

    def __init__(self, reader: str, number: int | None, location: str) -> None:
        self.reader, self.number, self.location = reader, number, location
        self.noise = _NOISE
        self._levels: deque[float] = deque(maxlen=_LAST)
        self._hits, self._epochs = 4.0, 8.0

    @property
    def level(self) -> float | None:
        """Usual RSSI in dBm of the tags that come here; None until some have."""
        return median(self._levels) if len(self._levels) >= _ENOUGH_TAGS else None

    @property
    def rate(self) -> float:
        """Usual share of the epochs that read a tag here; never as low as that of strays."""
        return max(SHIELDED_RATE, self._hits / self._epochs)

    def came(self, level: float | None) -> None:
        """A tag came here, heard at this level."""
        if level is not None:
            self._levels.append(level)

    def learn(self, gap: int, step: float | None = None) -> None:
        """A tag that is here was read after so many epochs, its RSSI by so many dB higher than in the epoch before."""
        self._hits = self._hits * _FORGETS + 1
        self._epochs = self._epochs * _FORGETS + gap
        if step is not None:
            self.noise += (step * step / 2 - self.noise) / 256


class Track:
    """One tag at one antenna, from the first read of a visit on.  RSSI in dBm, times in microseconds."""

    __slots__ = ("_recent", "antenna", "first_ts", "last_ts", "reads", "smoothing")

    def __init__(self, antenna: Antenna, epoch: int, ts: int) -> None:
        self.antenna = antenna
        self.first_ts = self.last_ts = ts
        self.smoothing = Smoothing(epoch, antenna.rate)
        self.reads = 0
        self._recent: deque[_Heard] = deque(maxlen=_REMEMBERED)

    def read(self, epoch: int, ts: int, rssi: float | None, count: int, here: bool) -> None:
        """Take a read that stands for ``count`` answers; of a tag that is ``here`` the antenna learns."""
        gap = self.smoothing.read(epoch)
        self.reads += count
        self.first_ts, self.last_ts = min(self.first_ts, ts), max(self.last_ts, ts)
        if gap and here:
            self.antenna.learn(gap, self._step())
        if gap or not self._recent:
            self._recent.append(_Heard(epoch))
        if rssi is not None:
            self._recent[-1].add(rssi)

    def restore(self, level: float | None) -> None:
        """Begin with the level that a journal has kept."""
        self._recent.append(_Heard(self.smoothing.last))
        if level is not None:
            self._recent[-1].add(level)

    def level(self, epoch: int) -> float | None:
        """Mean RSSI of the last epochs with a read; None where no read told it."""
        levels = self._levels(epoch)
        return fmean(levels) if levels else None

    def confirmed(self, epoch: int) -> bool:
        """Whether the tag is in the field, is no ghost (which is read once) and is not heard from next door."""
        if self.reads < 2 or not self.smoothing.present(epoch):
            return False
        return self._here(epoch) > (SURE_BY_RATE if self._below(epoch) is None else SURE)

    def strayed(self, epoch: int) -> bool:
        """Whether a tag that was here is now heard from next door."""
        if len(self._recent) < _REMEMBERED or epoch - self._recent[0].epoch < _REMEMBERED / SHIELDED_RATE:
            return False
        return self._here(epoch) < GONE

    def beats(self, other: "Track", epoch: int, epoch_there: int) -> bool:
        """Whether the tag is heard better here than there beyond doubt: louder, or more often and not lower."""
        if len(self._recent) < _ENOUGH_READS:
            return False
        mine, theirs = self._levels(epoch), other._levels(epoch_there)
        above = fmean(mine) - fmean(theirs) if mine and theirs else 0.0
        if mine and theirs:
            doubt = math.sqrt(self.antenna.noise / len(mine) + other.antenna.noise / len(theirs))
            if above > HYSTERESIS_DB + 3 * doubt:
                return True
        (seen, of), (seen_there, of_there) = self._sample(epoch), other._sample(epoch_there)
        rate, there = seen / of, seen_there / of_there
        doubt = math.sqrt(rate * (1 - rate) / of + there * (1 - there) / of_there)
        return above >= 0 and rate - there > HYSTERESIS_RATE + 3 * doubt

    def _here(self, epoch: int) -> float:
        """How likely the tag is in place: by its level, where it is known, and by how often it is read."""
        below = self._below(epoch)
        seen, of = self._sample(epoch)
        if below is None and seen < _ENOUGH_UNHEARD:
            return 0.0
        if below is not None and below <= 0:
            return 1.0
        rate, noise = self.antenna.rate, self.antenna.noise / max(1, len(self._levels(epoch)))
        ways = math.lgamma(of + 1) - math.lgamma(seen + 1) - math.lgamma(of - seen + 1)
        seldom = seen * math.log(STRAY_RATE) + (of - seen) * math.log1p(-STRAY_RATE)
        usually = seen * math.log(rate) + (of - seen) * math.log1p(-rate)
        here = (1 - SHIELDED) * _exp(usually - seldom) * _normal(below, 0.0, SPREAD**2 + noise)
        here += SHIELDED / (of + 1) * _exp(-ways - seldom) * _normal(below, 0.0, SHIELDED_SPREAD**2 + noise)
        stray = _normal(below, STRAY_DB, STRAY_SPREAD**2 + noise)
        return (1 - STRAYS) * here / ((1 - STRAYS) * here + STRAYS * stray)

    def _below(self, epoch: int) -> float | None:
        """How many dB lower than the tags here; None where that is not known."""
        usual, level = self.antenna.level, self.level(epoch)
        return None if usual is None or level is None else usual - level

    def _sample(self, epoch: int) -> tuple[int, int]:
        """(epochs with a read, epochs) since the first read that is remembered."""
        seen = len(self._recent)
        return seen, max(seen, epoch - self._recent[0].epoch + 1)

    def _levels(self, epoch: int) -> list[float]:
        """Level by epoch, of the last two windows, or the last one that was told."""
        since = epoch - 2 * window(self.smoothing.rate)
        told = [heard for heard in self._recent if heard.count]
        return [heard.mean for heard in told if heard.epoch >= since] or [heard.mean for heard in told[-1:]]

    def _step(self) -> float | None:
        if len(self._recent) < 2 or not (self._recent[-1].count and self._recent[-2].count):
            return None
        return self._recent[-1].mean - self._recent[-2].mean


class _Heard:
    """What an epoch heard of a tag."""

    __slots__ = ("count", "epoch", "total")

    def __init__(self, epoch: int) -> None:
        self.epoch, self.count, self.total = epoch, 0, 0.0

    def add(self, rssi: float) -> None:
        self.count += 1
        self.total += rssi

    @property
    def mean(self) -> float:
        return self.total / self.count


def _exp(x: float) -> float:
    return math.exp(min(x, 300.0))


def _normal(x: float | None, mean: float, variance: float) -> float:
    """Density of a level, but for a factor; 1 where the level is not known."""
    return 1.0 if x is None else math.exp(-0.5 * (x - mean) ** 2 / variance) / math.sqrt(variance)
