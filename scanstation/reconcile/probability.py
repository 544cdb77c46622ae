"""How likely demand exceeds a stock, and by how many units: negative binomial, Poisson, normal for large stocks."""

import math
from collections.abc import Iterator
from itertools import islice
from statistics import NormalDist

LARGE = 5_000
"""Beyond so many units the normal distribution with continuity correction takes over."""


def exceeds(mean: float, variance: float, stock: int) -> tuple[float, float]:
    """Return (P(D > stock), E[max(0, D - stock)]) for a demand D of a mean and a variance.

    Negative binomial where the variance exceeds the mean, Poisson otherwise (Syntetos & Boylan 2006 on intermittent
    demand); a stock below 0 is exceeded for sure.

    >>> exceeds(0, 0, 0)
    (0.0, 0.0)
    >>> exceeds(2, 1, -1)
    (1.0, 3.0)
    >>> tuple(round(part, 4) for part in exceeds(1, 1, 1))  # 1 - 2/e and 3/e - 1
    (0.2642, 0.1036)
    """
    if mean <= 0:
        return (1.0, float(-stock)) if stock < 0 else (0.0, 0.0)
    if stock < 0:
        return 1.0, mean - stock
    if stock > LARGE or mean > LARGE:
        return _normal(mean, math.sqrt(max(variance, mean)), stock)
    below = short = 0.0  # P(D <= k), and the sum of P(D > k) for k < stock
    for mass in islice(_masses(mean, variance), stock):
        below += mass
        short += 1 - below
    below += next(islice(_masses(mean, variance), stock, None))
    return max(0.0, 1 - below), max(0.0, mean - short)


def _masses(mean: float, variance: float) -> Iterator[float]:
    """Yield P(D = 0), P(D = 1), ..."""
    if variance <= mean * 1.000_001:
        log_mass = -mean
        for k in range(LARGE + 1):
            yield math.exp(log_mass)
            log_mass += math.log(mean / (k + 1))
        return
    shape, share = mean * mean / (variance - mean), mean / variance
    log_mass = shape * math.log(share)
    for k in range(LARGE + 1):
        yield math.exp(log_mass)
        log_mass += math.log((k + shape) / (k + 1) * (1 - share))


def _normal(mean: float, deviation: float, stock: int) -> tuple[float, float]:
    standard = NormalDist()
    z = (stock + 0.5 - mean) / deviation
    over = 1 - standard.cdf(z)
    return over, deviation * (standard.pdf(z) - z * over)
