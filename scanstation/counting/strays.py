"""Does a tag that was read lie here, or is it heard from next door, or is it noise?

A mixture model: each tag that was read is **here**, a **stray** of a neighbouring place, or a **ghost** (a read that no
tag sent).  Each story gives the rounds in which the tag was read and its mean RSSI a likelihood:

=======  ==========================================================  ===============================================
story    read in k of R rounds (k at least 1)                        mean RSSI
=======  ==========================================================  ===============================================
here     binomial, the rate drawn from a distribution ``f``          normal around the centre; one in fifty shielded
stray    binomial, the rate drawn from ``h``, well below the others  normal, some 15 dB below the centre
ghost    one read                                                    anything
=======  ==========================================================  ===============================================

Centre, spreads, ``f``, ``h`` and the share of strays are estimated from the sweep itself by expectation maximisation
(Dempster, Laird and Rubin 1977, JRSS B 39); ``f`` and ``h`` are histograms over a grid of rates (Laird 1978, JASA
73), because metal and liquid make the tags of one shelf answer very differently.  Each tag is judged by what the
*others* show, so that no tag makes a story likely by telling it.  Common values enter as a few imagined tags: one tag
alone is judged sensibly, a full shelf by its own data.  A tag is in place where that is likelier than not.  The
formulas with their sources are in ``docs/rfid.md``.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

STRAY_BELOW_DB, STRAY_SPREAD_DB = 15.0, 4.0
STRAY_SHARE, STRAY_SHARE_ELSEWHERE = 0.05, 0.9
"""How likely a tag is a stray before a sweep has shown it: any tag, and one already found at another location."""

STRAY_RATE = 0.1
"""Read rate of a stray as a share of the rate of the tags in place, until strays have shown their own."""

MOST_STRAY_RATE = 0.5
"""What is read more often than this share is no stray."""

GHOSTS_PER_READ = 1e-5
"""Noise passes the 16-bit CRC of the air interface about this often (an assumption; it needs no better one)."""

STRANGE_GHOSTS = 0.9
"""Ghosts that name nothing known; the others differ from a real tag in the serial number only."""

SHIELDED_SHARE, SHIELDED_SPREAD_DB = 0.02, 8.0
"""Tags in place that metal, liquid or distance makes unlike the others: any rate, and much louder or lower."""

_TAG_SPREAD_DB = 3.0  # what is assumed until a sweep has shown its own
_PRIOR_TAGS = 5.0  # the weight of an assumption, in tags
_LEAST_SPREAD_DB = 0.5
_ODD_TAGS = 0.1  # imagined at rates that no tag showed
_LOUD = 0.75  # where the search for the centre begins: strays may outweigh the tags in place up to three to one
_MOST_STRAYS = 0.9
_PASSES = 60
_CAREFUL = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """What was heard, an entry a tag: arrays of one length.

    ``rounds`` in which the tag was read of ``of`` rounds; ``reads``; ``level`` is the mean RSSI in dBm (NaN: never
    told) and ``noise`` the variance of that mean in dB squared; ``strange`` names nothing that is known
    (None: nobody could say); ``elsewhere`` was found at another location.
    """

    of: int
    rounds: Floats
    reads: Floats
    level: Floats
    noise: Floats
    strange: Flags | None
    elsewhere: Flags


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How likely each tag is here, a stray, a ghost.

    ``centre`` is the usual level here in dBm (None: unknown), ``usual_rounds`` how many rounds read a tag here, and
    ``unseen`` how many tags here are expected to have been read in no round, by the rates of those that were.
    """

    here: Floats
    stray: Floats
    ghost: Floats
    centre: float | None
    usual_rounds: float
    unseen: float


@dataclass(slots=True)
class _Model:
    """The parameters: centre in dBm, offset and variances in dB and dB squared, shares, rates over the grid."""

    centre: float
    tag_variance: float
    below: float
    stray_variance: float
    stray_share: float
    here_rates: Floats
    stray_rates: Floats


def judge(tags: Tags, usual: float | None = None) -> Verdicts:
    """Return how likely each tag lies here.

    ``usual`` is the centre of earlier sweeps in dBm, which this one's may exceed but not fall below: with it a
    location that holds nothing but strays is known to be empty.
    """
    grid = _Grid(tags)
    told = ~np.isnan(tags.level)
    floor = -math.inf if usual is None else usual
    model = _begin(tags, told, grid, floor)
    here = stray = plain = np.zeros_like(tags.rounds)
    for _ in range(_PASSES):
        here, stray, ghost, plain = _expect(tags, told, grid, model, here, stray, plain)
        if not told.any():
            break
        before, model = model, _maximise(tags, told, grid, model, here, stray, plain, floor)
        moved = abs(model.centre - before.centre) + 10 * abs(model.stray_share - before.stray_share)
        if moved + float(np.abs(model.here_rates - before.here_rates).sum()) < 1e-3:
            break
    usual_rounds = float(tags.of * (model.here_rates @ grid.rates))
    unseen = float(here @ grid.missed(_wide_rates(grid, here)))
    return Verdicts(here, stray, ghost, model.centre if told.any() else None, usual_rounds, unseen)


class _Grid:
    """Rates from seldom to always, one standard deviation apart, and how likely they give the rounds of each tag.

    Only tags that were read at all are known, so the binomial is cut off at zero.
    """

    def __init__(self, tags: Tags) -> None:
        steps = max(8, round(math.pi * math.sqrt(tags.of)))
        angles = (np.arange(steps) + 0.5) * (math.pi / 2 / steps)
        self.rates: Floats = np.sin(angles) ** 2
        self.width: Floats = np.sin(2 * angles)
        miss = np.log1p(-self.rates)
        seen = np.log(-np.expm1(tags.of * miss))
        self.odds_of_none: Floats = np.exp(tags.of * miss - seen)
        self.even = _shares(self.width * np.exp(seen))
        k = tags.rounds[:, None]
        self.ways = ways = np.array(
            [math.lgamma(tags.of + 1) - math.lgamma(n + 1) - math.lgamma(tags.of - n + 1) for n in tags.rounds]
        )
        self.chances: Floats = np.exp(ways[:, None] + k * np.log(self.rates) + (tags.of - k) * miss - seen)

    def alike(self, tags: Tags, weights: Floats) -> Floats:
        """How likely the rounds of each tag are by the one rate that all the others share."""
        of, k = tags.of, tags.rounds
        mean = (float(weights @ k) - weights * k + _ODD_TAGS * of / 2) / (float(weights.sum()) - weights + _ODD_TAGS)
        rate = np.clip(mean / of, 1e-9, 1 - 1e-9)
        for _ in range(20):  # the mean of what was read at all is higher than the rate
            rate = np.clip(mean / of * -np.expm1(of * np.log1p(-rate)), 1e-9, 1 - 1e-9)
        chance: Floats = np.exp(
            self.ways + k * np.log(rate) + (of - k) * np.log1p(-rate) - np.log(-np.expm1(of * np.log1p(-rate)))
        )
        return chance

    def missed(self, rates: Floats) -> Floats:
        """For each tag that was read: how many like it were not, by ``rates``."""
        explained = self.chances * rates
        total = np.maximum(explained.sum(axis=1), 1e-300)
        found: Floats = explained @ self.odds_of_none / total
        return found

    def seldom(self, mean: float) -> Floats:
        """Rates of strays before any was heard: exponential around a share of the ``mean``, cut off."""
        weights = self.width * np.exp(-self.rates / (STRAY_RATE * mean))
        weights[self.rates > max(MOST_STRAY_RATE * mean, self.rates[0])] = 0.0
        return _shares(weights)


def _begin(tags: Tags, told: Flags, grid: _Grid, floor: float) -> _Model:
    """Start from the loud tags that are read often."""
    centre = max(floor, -60.0) if not told.any() else floor
    often = _often(tags.rounds)
    if told.any():
        weights = np.minimum(tags.rounds, often)[told] ** 2
        centre = max(floor, _weighted_quantile(tags.level[told], weights, _LOUD))
    surely = ~told | (tags.level > centre - STRAY_BELOW_DB / 2) | (tags.rounds >= 0.75 * often) & (tags.rounds > 5)
    rates = _ODD_TAGS * grid.even
    rates[np.argmin(np.abs(grid.rates - often / tags.of))] += len(told)
    rates = _shares(rates)
    return _Model(
        centre,
        _TAG_SPREAD_DB**2,
        STRAY_BELOW_DB,
        STRAY_SPREAD_DB**2,
        STRAY_SHARE if surely.all() else min(_MOST_STRAYS, float(np.mean(~surely))),
        rates,
        grid.seldom(max(float(rates @ grid.rates), 1 / tags.of)),
    )


def _expect(
    tags: Tags, told: Flags, grid: _Grid, model: _Model, here: Floats, stray: Floats, plain: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """How likely each tag is here, a stray, a ghost; and, if here, that it is not shielded."""
    was = here
    level = np.where(told, tags.level, model.centre)
    share = np.where(tags.elsewhere, max(model.stray_share, STRAY_SHARE_ELSEWHERE), model.stray_share)
    noise = min(0.5, GHOSTS_PER_READ * float(tags.reads.sum()) / len(level))
    odd = was * (1 - plain)
    shielded = (odd.sum() - odd + _PRIOR_TAGS * SHIELDED_SHARE) / (was.sum() - was + _PRIOR_TAGS)
    near = _normal(level - model.centre, model.tag_variance + tags.noise)
    far = _normal(level - model.centre, SHIELDED_SPREAD_DB**2 + tags.noise)
    usual = (1 - shielded) * _read_here(tags, grid, model, was * plain) * near
    wide = shielded * (grid.chances @ grid.even) * far
    here = (1 - share) * (usual + wide)
    below = level - (model.centre - model.below)
    stray = (
        share * _others(grid, model.stray_rates, stray, _PRIOR_TAGS) * _normal(below, model.stray_variance + tags.noise)
    )
    stray = np.where(told & (level < model.centre), stray, 0.0)
    often = float(tags.reads.sum() / tags.rounds.sum())
    ghost = noise * often * (near + far) / 2
    strange = np.zeros_like(told) if tags.strange is None else tags.strange
    if tags.strange is not None:
        unknown = (float(was @ strange) - was * strange + 0.5) / (float(was.sum()) + 1)
        ghost = ghost * np.where(strange, STRANGE_GHOSTS / unknown, (1 - STRANGE_GHOSTS) / (1 - unknown))
    ghost = np.where((tags.reads == 1) & (told | strange), ghost, 0.0)
    total = np.maximum(here + stray + ghost, 1e-300)
    return here / total, stray / total, ghost / total, usual / np.maximum(usual + wide, 1e-300)


def _maximise(
    tags: Tags, told: Flags, grid: _Grid, model: _Model, here: Floats, stray: Floats, plain: Floats, floor: float
) -> _Model:
    """Estimate the parameters anew; the assumptions weigh as much as a few tags."""
    count = _PRIOR_TAGS
    rates = _rates(grid, model.here_rates, here * plain, _ODD_TAGS * grid.even)
    mean = max(float(rates @ grid.rates), 1 / tags.of)
    seldom = grid.seldom(mean)
    strays = _rates(grid, np.where(seldom > 0, model.stray_rates + 1e-12, 0.0), stray, count * seldom)
    weights = np.where(told, here * plain, 0.0)
    level, noise = np.where(told, tags.level, model.centre), tags.noise
    pull = weights / (model.tag_variance + noise)
    centre = max(floor, float(pull @ level / pull.sum())) if weights.sum() > 1e-6 else model.centre
    variance = _spread(level - centre, noise, weights, model.tag_variance, _TAG_SPREAD_DB**2)
    heard = np.where(told, stray, 0.0)
    pull = heard / (model.stray_variance + noise)
    prior = count / model.stray_variance
    below = (float(pull @ (centre - level)) + prior * STRAY_BELOW_DB) / (float(pull.sum()) + prior)
    lower = _spread(level - (centre - below), noise, heard, model.stray_variance, STRAY_SPREAD_DB**2)
    share = (stray.sum() + count * STRAY_SHARE) / (len(here) + count)
    return _Model(centre, variance, below, lower, min(float(share), _MOST_STRAYS), rates, strays)


def _read_here(tags: Tags, grid: _Grid, model: _Model, weights: Floats) -> Floats:
    """Chance of the rounds of each tag if it lies here and is not shielded.

    The tags are believed to answer all alike, as long as the histogram of rates explains them no better than its
    additional parameters cost (Bayesian information criterion, Schwarz 1978, Annals of Statistics 6).
    """
    count = float(weights.sum())
    alike = grid.alike(tags, weights)
    mixed = grid.chances @ model.here_rates
    gain = float(weights @ (np.log(np.maximum(mixed, 1e-300)) - np.log(np.maximum(alike, 1e-300))))
    trust = 1 / (1 + math.exp(min(gain - math.log(count + 2), 500.0)))
    return trust * alike + (1 - trust) * _others(grid, model.here_rates, weights, _ODD_TAGS)


def _others(grid: _Grid, rates: Floats, weights: Floats, imagined: float) -> Floats:
    """Chance of the rounds of each tag by the rates of all the *other* tags: no tag supports its own story."""
    explained = grid.chances * rates
    chance = explained.sum(axis=1)
    own = (explained * grid.chances).sum(axis=1) / np.maximum(chance, 1e-300)
    total = float(weights.sum()) + imagined
    found: Floats = np.maximum(total * chance - weights * own, 0.0) / np.maximum(total - weights, 1e-9)
    return found


def _rates(grid: _Grid, rates: Floats, weights: Floats, imagined: Floats) -> Floats:
    """One step of EM for a histogram of rates: how much of each tag every rate explains."""
    explained = grid.chances * rates
    explained *= (weights / np.maximum(explained.sum(axis=1), 1e-300))[:, None]
    return _shares(explained.sum(axis=0) + imagined)


def _wide_rates(grid: _Grid, here: Floats) -> Floats:
    """The rates of the tags here, on the careful side: a few steps of EM from an even start."""
    rates = grid.even
    for _ in range(_CAREFUL):
        rates = _rates(grid, rates, here, grid.even)
    return rates


def _spread(off: Floats, noise: Floats, weights: Floats, variance: float, assumed: float) -> float:
    """One step of EM for the variance between tags whose means are known only up to ``noise``."""
    known = variance / (variance + noise)
    squares = float(weights @ ((known * off) ** 2 + known * noise))
    return max((squares + _PRIOR_TAGS * assumed) / (float(weights.sum()) + _PRIOR_TAGS), _LEAST_SPREAD_DB**2)


def _shares(weights: Floats) -> Floats:
    shares: Floats = weights / weights.sum()
    return shares


def _normal(off: Floats, variance: Floats) -> Floats:
    density: Floats = np.exp(-0.5 * off * off / variance) / np.sqrt(variance)
    return density


def _often(rounds: Floats) -> float:
    """Rounds of a tag in place: a median that leans to the tags read often, for strays are many.

    The tag read most is left out, because one tag beside the antenna may be read more often than all others together.
    """
    counts = np.sort(rounds)[:-1] if len(rounds) > 3 else rounds
    return _weighted_quantile(counts, counts**1.5, 0.5)


def _weighted_quantile(values: Floats, weights: Floats, part: float) -> float:
    order = np.argsort(values)
    gone = np.cumsum(weights[order])
    return float(values[order][min(np.searchsorted(gone, part * gone[-1]), len(values) - 1)])
