"""Does a tag that was read lie here, or is it heard from next door?

The decision is a comparison of stories for each tag, by their likelihoods.  In place: its RSSI lies around the centre
of this location's tags, and it was read about as often as they; or it is one in fifty that is shielded, and may be
read less and lower.  Stray: its RSSI lies 15 dB (standard deviation 4) below the centre and it was read seldom.
Published and measured: tags of a neighbouring bay show 10 to 20 dB less and few reads.

Centre, spread, read counts and the share of strays are estimated from the sweep itself, in passes, and held near
common values while there are few tags.  Read counts support the RSSI but hardly ever reject a loud tag alone, because
metal and liquid make loud tags rare too.  Where strays outweigh the tags in place by far, only the usual loudness of
the reader from earlier sweeps tells them apart.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass

STRAY_BELOW_DB, STRAY_SPREAD_DB = 15.0, 4.0
STRAY_SHARE, STRAY_SHARE_ELSEWHERE = 0.05, 0.5
"""How likely a tag is a stray before a sweep has shown it: any tag, and one already found at another location."""

STRAY_READS = 0.1
"""Reads of a stray as a share of the reads of a tag in place, until strays have shown their own."""

MOST_STRAY_READS = 0.35
"""What is read more often than this share is no stray (read probability .05 against .2 makes .25)."""

SHIELDED_SHARE, SHIELDED_SPREAD_DB = 0.02, 8.0
"""Share of the tags in place that metal, liquid or distance shields: heard less than the others, lower, or both."""

_TAG_SPREAD_DB, _READ_SPREAD_DB = 3.0, 2.0  # what is assumed until a sweep has shown its own
_PRIOR_TAGS, _PRIOR_READS = 5.0, 20.0  # the weight of that assumption
_LEAST_SPREAD_DB = 1.5
_EVEN = 50.0  # shape of a negative binomial that is as good as Poisson
_PASSES = 20
_LOUD = 0.75  # where the search for the centre begins: strays may outweigh the tags in place up to three to one
_MOST_STRAYS = 0.9
_OFTEN = 6  # reads that no stray is likely to have: such tags count as in place in the first pass


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
    the reads of a tag in place, ``stray_reads`` the mean reads of a stray, ``stray_share`` the share of strays.
    """

    centre: float | None
    tag_variance: float
    read_variance: float
    reads: float
    shape: float
    stray_reads: float
    stray_share: float


def pooled_variance(scatter: float, freedom: int) -> float:
    """Return the variance from read to read in dB squared: ``scatter`` over ``freedom``, held near the common one."""
    return (scatter + _PRIOR_READS * _READ_SPREAD_DB**2) / (freedom + _PRIOR_READS)


def fit(tags: Collection[Evidence], read_variance: float, usual: float | None) -> Model:
    """Estimate centre, spread, read counts and the share of strays, pass by pass.

    ``usual`` is the centre of earlier sweeps, which this one's may exceed but not fall below.
    """
    heard = [tag for tag in tags if tag.rssi_dbm is not None]
    if not heard:
        return _model(None, read_variance, tags, ())
    floor = -math.inf if usual is None else usual
    centre = max(floor, _quantile(heard, _LOUD))
    often = max(_OFTEN, 0.75 * _typical_reads(heard))
    inside = [tag for tag in heard if level(tag) > centre - STRAY_BELOW_DB / 2 or tag.reads >= often]
    model = _model(centre, read_variance, inside, ())
    for _ in range(_PASSES):
        before, inside = inside, [tag for tag in heard if stray_odds(tag, model) <= 0]
        if not inside:
            break
        strays = [tag for tag in heard if stray_odds(tag, model) > 0]
        model = _model(max(floor, _quantile(inside, 0.5)), read_variance, inside, strays)
        if inside == before:
            break
    return model


def _model(
    centre: float | None, read_variance: float, inside: Collection[Evidence], strays: Collection[Evidence]
) -> Model:
    """Describe the tags in place and the strays; the assumptions weigh as much as a few tags.

    The spread is that of the tags louder than the centre: on the other side strays may be among them.
    """
    reads = [tag.reads for tag in inside]
    mean = sum(reads) / len(reads) if reads else 1.0
    variance = _TAG_SPREAD_DB**2
    if centre is not None:
        louder = [tag for tag in inside if level(tag) >= centre]
        squares = [(level(tag) - centre) ** 2 - read_variance / tag.reads for tag in louder]
        variance = (sum(squares) + _PRIOR_TAGS * variance) / (len(louder) + _PRIOR_TAGS)
    scatter = sum((count - mean) ** 2 for count in reads) + _PRIOR_TAGS * (mean + mean * mean)
    excess = scatter / (len(reads) + _PRIOR_TAGS) - mean
    shape = min(_EVEN, mean * mean / excess) if excess > 0 else _EVEN
    seldom = max(1.0, STRAY_READS * mean)
    stray_reads = (sum(tag.reads for tag in strays) + _PRIOR_TAGS * seldom) / (len(strays) + _PRIOR_TAGS)
    stray_reads = min(stray_reads, max(1.2, MOST_STRAY_READS * mean))
    share = (len(strays) + _PRIOR_TAGS * STRAY_SHARE) / (len(strays) + len(reads) + _PRIOR_TAGS)
    variance = max(variance, _LEAST_SPREAD_DB**2)
    return Model(centre, variance, read_variance, mean, shape, stray_reads, min(share, _MOST_STRAYS))


def level(tag: Evidence) -> float:
    """Return the RSSI of a tag that told one, in dBm."""
    assert tag.rssi_dbm is not None
    return tag.rssi_dbm


def _quantile(tags: list[Evidence], part: float) -> float:
    """Return a quantile of the RSSI in which a tag weighs the square of its reads.

    So many strays do not outweigh few tags; that one tag beside the antenna does not outweigh all others, no tag
    weighs more than one of typical reads.
    """
    typical = _typical_reads(tags)
    return _weighted([(level(tag), min(tag.reads, typical) ** 2) for tag in tags], part)


def _typical_reads(tags: list[Evidence]) -> float:
    """Return how often a tag in place was read: a median that leans to the tags read often, for strays are many.

    The tag read most is left out, because one tag beside the antenna may be read more often than all others together.
    """
    reads = sorted(tag.reads for tag in tags)
    return _weighted([(count, count**1.5) for count in (reads[:-1] if len(reads) > 3 else reads)], 0.5)


def _weighted(pairs: list[tuple[float, float]], part: float) -> float:
    """Return the quantile of (value, weight) pairs."""
    pairs.sort()
    wanted, gone = part * sum(weight for _, weight in pairs), 0.0
    for value, weight in pairs:
        gone += weight
        if gone >= wanted:
            return value
    return pairs[-1][0]


def stray_odds(tag: Evidence, model: Model, least_share: float = 0.0) -> float:
    """Log of how much better "stray" explains the tag than "in place"; above 0 it is a stray.

    ``least_share`` is how likely that is at least before the tag is heard.
    """
    if model.centre is None or tag.rssi_dbm is None or tag.rssi_dbm >= model.centre:
        return -math.inf
    share = max(model.stray_share, least_share)
    below = model.centre - tag.rssi_dbm
    noise = model.read_variance / tag.reads
    stray = _log_normal(min(0.0, below - STRAY_BELOW_DB), STRAY_SPREAD_DB**2 + noise)
    stray += _log_geometric(tag.reads, model.stray_reads)
    usual = math.log(1 - SHIELDED_SHARE) + _log_normal(below, model.tag_variance + noise)
    usual += _log_negative_binomial(tag.reads, model.reads, model.shape)
    shielded = math.log(SHIELDED_SHARE) + _log_normal(below, SHIELDED_SPREAD_DB**2 + noise)
    shielded += _log_geometric(tag.reads, model.reads)
    top = max(usual, shielded)
    here = top + math.log(math.exp(usual - top) + math.exp(shielded - top))
    return math.log(share / (1 - share)) + stray - here


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
