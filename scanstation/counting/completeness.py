"""How much of what is there has a sweep seen?  Estimated from the number of rounds in which each tag was read.

Tags that were read in one round and in two tell how many were read in none: the estimator of Chao, bias-corrected,
``unseen = f1 (f1 - 1) / (2 (f2 + 1))`` with f1 and f2 the numbers of tags read in exactly one and two rounds (A. Chao
1984, Scandinavian Journal of Statistics 11; for rounds instead of reads Chao 1987, Biometrics 43; bias-corrected form
and variance: Chao 2005, Encyclopedia of Statistical Sciences 12), with the log-normal interval of Chao 1987.  It
assumes nothing about how the read rate varies from tag to tag, and where it varies much it is a lower bound.

So the upper end of the interval is the larger of Chao's and of what the estimated distribution of read rates
(`scanstation.counting.strays`) expects to have been missed, with the scatter of a Poisson count.  A tag that may be a
stray counts by how likely it lies here.  What never answers at all (a tag in a metal box) no statistics can see.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

NONE_MISSED = -math.log(0.025)
"""Where fewer are expected to be missed, that none is missed at all lies inside 95 % (Poisson)."""

_Z = 1.959963984540054  # 95 %, two-sided
_UPPER = 0.975


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """Estimated share of the tags present that were seen, 0 to 1, with its 95 % interval.

    ``unseen`` is the estimated number of tags missed.
    """

    seen: int
    unseen: float
    share: float
    low: float
    high: float

    @property
    def text(self) -> str:
        """For the operator: ``98.8 % complete (97.5 % to 99.5 %)``."""
        if not self.seen:
            return "saw no tag"
        return f"{_percent(self.share)} complete ({_percent(self.low)} to {_percent(self.high)})"


def _percent(share: float) -> str:
    """Rounded down, so that only what is complete is called 100 %."""
    return f"{math.floor(share * 1000) / 10:.1f} %"


def estimate(rounds: Sequence[int], here: Sequence[float], seen: int, expected: float) -> Completeness:
    """Return the completeness of a sweep that read each tag in so many ``rounds`` (all at least 1).

    ``here`` is how likely each tag lies here, ``seen`` how many of them were judged to, ``expected`` how many the
    distribution of their read rates expects to have been missed.
    """
    if not seen:
        return Completeness(seen=0, unseen=0.0, share=1.0, low=0.0, high=1.0)
    once = sum(weight for count, weight in zip(rounds, here, strict=True) if count == 1)
    twice = sum(weight for count, weight in zip(rounds, here, strict=True) if count == 2)
    unseen = once * max(0.0, once - 1) / (2 * (twice + 1))
    least, most = 0.0, 0.0
    if unseen > 0:
        stretch = math.exp(_Z * math.sqrt(math.log1p(_variance(once, twice, unseen) / unseen**2)))
        least, most = unseen / stretch, unseen * stretch
        least = least if least > NONE_MISSED else 0.0
    most = max(most, float(_most(expected)))
    return Completeness(
        seen=seen,
        unseen=unseen,
        share=seen / (seen + unseen),
        low=seen / (seen + math.ceil(most)),
        high=seen / (seen + math.floor(least)),
    )


def _variance(once: float, twice: float, unseen: float) -> float:
    """Variance of the bias-corrected estimate."""
    return (
        unseen
        + once * (2 * once - 1) ** 2 / (4 * (twice + 1) ** 2)
        + once**2 * twice * (once - 1) ** 2 / (4 * (twice + 1) ** 4)
    )


def _most(expected: float) -> int:
    """Return the smallest number that a Poisson count of that mean exceeds in no more than 2.5 %."""
    if expected > 500:
        return math.ceil(expected + _Z * math.sqrt(expected))
    count, chance = 0, math.exp(-expected)
    sum_ = chance
    while sum_ < _UPPER:
        count += 1
        chance *= expected / count
        sum_ += chance
    return count
