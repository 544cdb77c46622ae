"""Is a tag still in the field of a fixed antenna?  A window for each tag, from the rate at which it is read.

A tag that stands in the field is missed by many epochs, so a window over the last epochs has to bridge the gaps; one
that is too long sees a tag that has left.  As in SMURF (Jeffery, Garofalakis and Franklin, Adaptive Cleaning for RFID
Data Streams, VLDB 2006) the epochs are a binomial sample and each tag has a window of its own.  SMURF bounds the
chance to miss a tag of rate ``p`` in ``w`` epochs by a fixed ``delta``, ``w = (2 / p) ln(1 / delta)``, and halves the
window when the sample is more than two standard deviations off.  Here the bound is the binomial chance itself,
``(1 - p) ** w``, and ``delta`` is where an epoch is as likely wrong the one way as the other (`window`): a silence that
long is the transition.  ``docs/rfid.md`` has the derivation, ``bench/rfid.py --portal`` both in one run.
"""

import math

STAY = 200
"""Epochs that a tag stays in a field on average: an assumption that only weighs the two errors against each other."""

LEAST_RATE, MOST_RATE = 0.05, 0.99
"""Rates that are bridged: a tag that is read in fewer than one of twenty epochs is as seldom as a stray."""

UNSURE = 1e-6
"""Chance that a tag which has been silent for `patience` is still there."""

_FORGETS = 1 - 1 / 32  # what a read leaves of the evidence before it


def window(rate: float, stay: float = STAY) -> int:
    """Epochs of silence after which a tag read in ``rate`` of them has more likely left than not.

    It leaves an epoch with chance ``h = 1 / stay``.  After ``g`` silent epochs the odds that it has left are
    ``h ((1 - rate) ** -g - 1) / rate``; they reach 1 where ``(1 - rate) ** g = h / (h + rate)``.
    """
    return max(1, math.ceil(math.log1p(rate * stay) / -math.log1p(-rate)))


class Smoothing:
    """The rate of one tag at one antenna, from the gaps between the epochs that read it.

    ``usual`` is the rate of the tags there; it counts as one read.  Epochs are whole numbers; one that is not later
    than the last brings nothing new, so reads may come in any order.
    """

    __slots__ = ("_epochs", "_hits", "last")

    def __init__(self, epoch: int, usual: float) -> None:
        self.last = epoch
        self._hits, self._epochs = 1.0, 1 / usual

    @property
    def rate(self) -> float:
        """Share of the epochs that read it while it was there."""
        return min(max(self._hits / self._epochs, LEAST_RATE), MOST_RATE)

    @property
    def evidence(self) -> tuple[float, float]:
        """(reads, epochs) that the rate rests on, old ones faded; `recall` takes them back."""
        return self._hits, self._epochs

    def recall(self, hits: float, epochs: float) -> None:
        """Go on from the evidence of another time."""
        self._hits, self._epochs = hits, epochs

    def wait(self, epoch: int) -> None:
        """Count silence from this epoch on: before it nobody could hear."""
        self.last = max(self.last, epoch)

    def read(self, epoch: int) -> int:
        """It was read in this epoch; return how many epochs that teaches, 0 for none.

        Of a gap longer than the window only the window counts: the tag may have been away.
        """
        if epoch <= self.last:
            return 0
        gap = min(epoch - self.last, window(self.rate))
        self._hits = self._hits * _FORGETS + 1
        self._epochs = self._epochs * _FORGETS + gap
        self.last = epoch
        return gap

    def present(self, epoch: int) -> bool:
        """Whether it is in the field at this epoch, more likely than not."""
        return epoch - self.last < window(self.rate)

    def patience(self) -> int:
        """Epochs of silence that leave no doubt, whatever rate the evidence allows (two standard deviations below)."""
        rate = self.rate
        low = max(LEAST_RATE, rate - 2 * math.sqrt(rate * (1 - rate) / self._epochs))
        return math.ceil(math.log(UNSURE) / math.log1p(-low))
