"""How much of what is there has a sweep seen?  Estimated from how often each tag was read.

Tags that were read once and twice tell how many were read not at all: the Chao1 estimator, bias-corrected,
``unseen = f1 (f1 - 1) / (2 (f2 + 1))`` with f1 and f2 the numbers of tags read exactly once and twice (A. Chao 1984,
Scandinavian Journal of Statistics 11; bias-corrected form and variance: Chao 2005, Encyclopedia of Statistical
Sciences 12), with the log-normal 95 % interval of Chao 1987 (Biometrics 43).  It assumes nothing about how the read
probability varies from tag to tag, and where it varies Chao1 is a lower bound.

Where no tag or one was read once, Chao1 says nothing about the upper end.  There the bound is what a negative
binomial with the observed mean and at least `VARIETY` of variation between tags expects, ``P(0) = (1 + m / r) ** -r``.
Where no tag was read once it is at most 3 tags: with 95 % confidence fewer than 3 were then to be expected in the
class "once" (rule of three), and fewer still in the class "never".
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

ENOUGH, SURE = 0.995, 0.99
"""Another pass is asked for below this estimated share, or when the lower end of its interval is below the second."""

VARIETY = 3.0
"""Largest shape r of the negative binomial: tags in a warehouse never answer all alike (variance >= m + m^2 / 3)."""

NONE_MISSED = -math.log(0.025)
"""Where fewer are expected to be missed, that none is missed at all lies inside 95 % (Poisson)."""

_Z = 1.959963984540054  # 95 %, two-sided


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """Estimated share of the tags present that were seen, 0 to 1, with its 95 % interval.

    ``unseen`` is the estimated number of tags missed; ``again`` asks for another pass.
    """

    seen: int
    unseen: float
    share: float
    low: float
    high: float
    again: bool

    @property
    def text(self) -> str:
        """For the operator: ``98.8 % complete (97.5 % to 99.5 %): sweep again``."""
        if not self.seen:
            return "saw no tag"
        words = f"{_percent(self.share)} complete ({_percent(self.low)} to {_percent(self.high)})"
        return f"{words}: sweep again" if self.again else words


def _percent(share: float) -> str:
    """Rounded down, so that only what is complete is called 100 %."""
    return f"{math.floor(share * 1000) / 10:.1f} %"


def estimate(counts: Sequence[int]) -> Completeness:
    """Return the completeness of a sweep that read the tags ``counts`` times each (all at least 1)."""
    seen = len(counts)
    if not seen:
        return Completeness(seen=0, unseen=0.0, share=1.0, low=0.0, high=1.0, again=False)
    once, twice = sum(count == 1 for count in counts), sum(count == 2 for count in counts)
    unseen = once * (once - 1) / (2 * (twice + 1))
    if unseen > 0:
        stretch = math.exp(_Z * math.sqrt(math.log1p(_variance(once, twice) / unseen**2)))
        least, most = unseen / stretch, unseen * stretch
        least = least if least > NONE_MISSED else 0.0
    else:
        least, most = 0.0, min(_bound(counts), math.inf if once else 3.0)
    share = seen / (seen + unseen)
    low, high = seen / (seen + most), seen / (seen + least)
    again = share < ENOUGH or low < SURE
    return Completeness(seen=seen, unseen=unseen, share=share, low=low, high=high, again=again)


def _variance(once: int, twice: int) -> float:
    """Variance of the bias-corrected Chao1 estimate."""
    return (
        once * (once - 1) / (2 * (twice + 1))
        + once * (2 * once - 1) ** 2 / (4 * (twice + 1) ** 2)
        + once**2 * twice * (once - 1) ** 2 / (4 * (twice + 1) ** 4)
    )


def _bound(counts: Sequence[int]) -> float:
    """Return how many tags a negative binomial of at least `VARIETY` expects to have been missed."""
    seen = len(counts)
    mean = sum(counts) / seen
    spread = sum((count - mean) ** 2 for count in counts) / max(1, seen - 1)
    shape = min(VARIETY, mean**2 / (spread - mean)) if spread > mean else VARIETY
    # The mean of the counts without the zeros is too high; solve m / (1 - P0(m)) = mean for m by fixed point.
    true_mean = mean
    for _ in range(50):
        missed = (1 + true_mean / shape) ** -shape
        true_mean = mean * (1 - missed)
    return seen * missed / (1 - missed) if missed < 1 else math.inf
