"""Does a tag that was read lie here, or is it heard from next door?

The decision is a comparison of two stories for each tag, by their likelihoods.  In place: its RSSI lies around the
centre of this location's tags.  Stray: its RSSI lies 15 dB (standard deviation 4) below the centre and it was read
seldom; 1 tag in 20 is expected to be one.  Published and measured: tags of a neighbouring bay show 10 to 20 dB less and
few reads.  The centre is the median over reads, which strays cannot move because they have few; spreads are estimated
from the sweep itself and held near common values while there are few tags.  Read counts support the RSSI but never
reject a loud tag alone, because metal and liquid make loud tags rare too.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass

STRAY_BELOW_DB, STRAY_SPREAD_DB = 15.0, 4.0
STRAY_SHARE, STRAY_SHARE_ELSEWHERE = 0.05, 0.5
"""How likely a tag is a stray before it is heard: any tag, and one that was already found at another location."""

STRAY_READS = 0.1
"""Reads of a stray as a share of the reads of a tag in place, until strays have shown their own."""

SHIELDED_SHARE = 0.05
"""Share of the tags in place that metal or liquid shields, so that they are read less than the others."""

_TAG_SPREAD_DB, _READ_SPREAD_DB = 3.0, 2.0  # what is assumed until a sweep has shown its own
_PRIOR_TAGS, _PRIOR_READS = 5.0, 20.0  # the weight of that assumption
_LEAST_SPREAD_DB = 1.5
_EVEN = 50.0  # shape of a negative binomial that is as good as Poisson
_PASSES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was heard of one tag: reads, mean RSSI in dBm on its best antenna (None: never told), first and last read.

    Times are microseconds UTC.
    """

    reads: int
    rssi_dbm: float | None
    antenna: int | None
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Model:
    """What tags look like here.

    ``centre`` in dBm, variances in dB squared; ``reads`` and ``shape`` are mean and shape of the negative binomial of
    the reads of a tag in place, ``stray_reads`` the mean reads of a stray.
    """

    centre: float | None
    tag_variance: float
    read_variance: float
    reads: float
    shape: float
    stray_reads: float


def pooled_variance(scatter: float, freedom: int) -> float:
    """Return the variance from read to read in dB squared: ``scatter`` over ``freedom``, held near the common one."""
    return (scatter + _PRIOR_READS * _READ_SPREAD_DB**2) / (freedom + _PRIOR_READS)


def fit(tags: Collection[Evidence], read_variance: float, usual: float | None) -> Model:
    """Estimate centre, spread and read counts of the tags in place; strays are left out pass by pass.

    ``usual`` is the centre of earlier sweeps, which this one's may exceed but not fall below.
    """
    heard = [tag for tag in tags if tag.rssi_dbm is not None]
    if not heard:
        return _model(None, read_variance, tags, ())
    centre = _weighted_median(heard)
    centre = centre if usual is None else max(centre, usual)
    inside: list[Evidence] = []
    model = _model(centre, read_variance, heard, ())
    for _ in range(_PASSES):
        before, inside = inside, [tag for tag in heard if stray_odds(tag, model) <= 0]
        if inside == before or not inside:
            break
        model = _model(centre, read_variance, inside, [tag for tag in heard if stray_odds(tag, model) > 0])
    return model


def _model(
    centre: float | None, read_variance: float, inside: Collection[Evidence], strays: Collection[Evidence]
) -> Model:
    """Describe the tags in place and the strays; the assumptions weigh as much as a few tags."""
    reads = [tag.reads for tag in inside]
    mean = sum(reads) / len(reads) if reads else 1.0
    variance = _TAG_SPREAD_DB**2
    if centre is not None:
        squares = [(level(tag) - centre) ** 2 - read_variance / tag.reads for tag in inside]
        variance = (sum(squares) + _PRIOR_TAGS * variance) / (len(inside) + _PRIOR_TAGS)
    scatter = sum((count - mean) ** 2 for count in reads) + _PRIOR_TAGS * (mean + mean * mean)
    excess = scatter / (len(reads) + _PRIOR_TAGS) - mean
    shape = min(_EVEN, mean * mean / excess) if excess > 0 else _EVEN
    seldom = max(1.0, STRAY_READS * mean)
    stray_reads = (sum(tag.reads for tag in strays) + _PRIOR_TAGS * seldom) / (len(strays) + _PRIOR_TAGS)
    return Model(centre, max(variance, _LEAST_SPREAD_DB**2), read_variance, mean, shape, stray_reads)


def level(tag: Evidence) -> float:
    """Return the RSSI of a tag that told one, in dBm."""
    assert tag.rssi_dbm is not None
    return tag.rssi_dbm


def _weighted_median(tags: list[Evidence]) -> float:
    """Median RSSI over reads, not over tags."""
    ordered = sorted((level(tag), tag.reads) for tag in tags)
    half, gone = sum(reads for _, reads in ordered) / 2, 0
    for dbm, reads in ordered:
        gone += reads
        if gone >= half:
            return dbm
    return ordered[-1][0]


def stray_odds(tag: Evidence, model: Model, share: float = STRAY_SHARE) -> float:
    """Log of how much better "stray" explains the tag than "in place"; above 0 it is a stray.

    ``share`` is how likely that is before the tag is heard.
    """
    if model.centre is None or tag.rssi_dbm is None or tag.rssi_dbm >= model.centre:
        return -math.inf
    below = model.centre - tag.rssi_dbm
    noise = model.read_variance / tag.reads
    stray = _log_normal(below - STRAY_BELOW_DB if below < STRAY_BELOW_DB else 0.0, STRAY_SPREAD_DB**2 + noise)
    here = _log_normal(below, model.tag_variance + noise)
    return math.log(share / (1 - share)) + stray - here + _count_odds(tag.reads, model)


def _count_odds(reads: int, model: Model) -> float:
    """Log likelihood ratio of the read count, stray to in place.

    Strays: geometric.  In place: negative binomial, but one tag in twenty is shielded and may be read any less.
    """
    stray = _log_geometric(reads, model.stray_reads)
    usual = math.log(1 - SHIELDED_SHARE) + _log_negative_binomial(reads, model.reads, model.shape)
    shielded = math.log(SHIELDED_SHARE) + _log_geometric(reads, model.reads)
    top = max(usual, shielded)
    return stray - (top + math.log(math.exp(usual - top) + math.exp(shielded - top)))


def _log_geometric(count: int, mean: float) -> float:
    """Log of P(count) on 1, 2, 3, ...; a mean of 1 is widened a little so that 2 stays possible."""
    mean = max(mean, 1.05)
    return (count - 1) * math.log1p(-1 / mean) - math.log(mean)


def _log_negative_binomial(count: int, mean: float, shape: float) -> float:
    return (
        math.lgamma(count + shape)
        - math.lgamma(shape)
        - math.lgamma(count + 1)
        - shape * math.log1p(mean / shape)
        + count * math.log(mean / (mean + shape))
    )


def _log_normal(distance: float, variance: float) -> float:
    return -0.5 * (distance * distance / variance + math.log(variance))
