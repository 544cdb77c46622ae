"""From raw tag reads to presence: which tags lie at this location, which are heard from next door.

A reader reports the same tag again and again, misses tags that are there, and hears tags of the neighbouring bay.
While a location is open every read goes into its `Sweep`; a read of a known tag refreshes its evidence and never adds
a unit.  When the location closes, `Sweep.settle` decides once.

The decision is a comparison of two stories for each tag, by their likelihoods.  In place: its RSSI lies around the
centre of this location's tags.  Stray: its RSSI lies 15 dB (standard deviation 4) below the centre and it was read
seldom; 1 tag in 20 is expected to be one.  Published and measured: tags of a neighbouring bay show 10 to 20 dB less and
few reads.  The centre is the median over reads, which strays cannot move because they have few; spreads are estimated
from the sweep itself and held near common values while there are few tags.  Read counts support the RSSI but never
reject a loud tag alone, because metal and liquid make loud tags rare too.
"""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from scanstation.counting.completeness import Completeness, estimate

STRAY_BELOW_DB, STRAY_SPREAD_DB = 15.0, 4.0
STRAY_SHARE = 0.05
STRAY_READS = 0.1
"""Reads of a stray as a share of the reads of a tag in place, until strays have shown their own."""

SHIELDED_SHARE = 0.05
"""Share of the tags in place that metal or liquid shields, so that they are read less than the others."""

_TAG_SPREAD_DB, _READ_SPREAD_DB = 3.0, 2.0  # what is assumed until a sweep has shown its own
_PRIOR_TAGS, _PRIOR_READS = 5.0, 20.0  # the weight of that assumption
_LEAST_SPREAD_DB = 1.5
_EVEN = 50.0  # shape of a negative binomial that is as good as Poisson
_PASSES = 20


class Rejection(StrEnum):
    """Why a tag that was read is not counted."""

    STRAY = "stray"  # weak and seldom: it lies elsewhere
    GHOST = "ghost"  # read once and names nothing: noise that passed the checksum of the air interface


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A tag that was read but does not lie here, and why in words."""

    epc: str
    reason: Rejection
    text: str
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepResult:
    """The outcome of a sweep: EPCs in the order in which they were first seen.

    ``evidence`` holds every tag that was read; ``centre_dbm`` is the usual RSSI here, None where no read told one.
    """

    accepted: tuple[str, ...]
    rejected: tuple[Rejected, ...]
    completeness: Completeness
    evidence: Mapping[str, Evidence]
    centre_dbm: float | None


class _Tally:
    """Running sums of one tag on one antenna."""

    __slots__ = ("first", "heard", "last", "reads", "squares", "total")

    def __init__(self, ts: int) -> None:
        self.reads = self.heard = 0
        self.total = self.squares = 0.0
        self.first = self.last = ts

    def add(self, ts: int, rssi: float | None) -> None:
        self.reads += 1
        self.first = min(self.first, ts)
        self.last = max(self.last, ts)
        if rssi is not None:
            self.heard += 1
            self.total += rssi
            self.squares += rssi * rssi

    @property
    def mean(self) -> float | None:
        return self.total / self.heard if self.heard else None


class Sweep:
    """The tags heard while one location is open.

    ``usual_dbm`` is the RSSI at which this reader hears tags that are in place (`SweepResult.centre_dbm` of an
    earlier sweep); with it a location that holds nothing but strays is known to be empty.
    """

    def __init__(self, usual_dbm: float | None = None) -> None:
        self._usual = usual_dbm
        self._tags: dict[str, dict[int | None, _Tally]] = {}

    def __len__(self) -> int:
        """How many different tags were heard, strays included."""
        return len(self._tags)

    def seen(self, epc: str, ts: int, antenna: int | None, rssi: float | None) -> bool:
        """Take one read at ``ts`` (microseconds UTC); whether this tag is new to the sweep."""
        antennas = self._tags.get(epc)
        new = antennas is None
        if antennas is None:
            antennas = self._tags[epc] = {}
        tally = antennas.get(antenna)
        if tally is None:
            tally = antennas[antenna] = _Tally(ts)
        tally.add(ts, rssi)
        return new

    def settle(self, known: Callable[[str], bool] | None = None) -> SweepResult:
        """Decide which tags lie here.  The sweep may go on afterwards and be settled again.

        ``known`` tells whether an EPC names something; a tag that was read once and names nothing is a ghost.
        """
        evidence = {epc: _evidence(antennas) for epc, antennas in self._tags.items()}
        model = _fit(evidence.values(), self._read_spread(), self._usual)
        accepted: list[str] = []
        rejected: list[Rejected] = []
        for epc, heard in evidence.items():
            refusal = _refusal(heard, model, known is None or known(epc))
            if refusal is None:
                accepted.append(epc)
            else:
                rejected.append(Rejected(epc=epc, reason=refusal[0], text=refusal[1], evidence=heard))
        return SweepResult(
            accepted=tuple(accepted),
            rejected=tuple(rejected),
            completeness=estimate([evidence[epc].reads for epc in accepted]),
            evidence=evidence,
            centre_dbm=model.centre,
        )

    def _read_spread(self) -> float:
        """Variance of the RSSI of one tag from read to read on one antenna, pooled over all tags."""
        tallies = [tally for antennas in self._tags.values() for tally in antennas.values() if tally.heard > 1]
        scatter = sum(max(0.0, tally.squares - tally.total**2 / tally.heard) for tally in tallies)
        freedom = sum(tally.heard - 1 for tally in tallies)
        return (scatter + _PRIOR_READS * _READ_SPREAD_DB**2) / (freedom + _PRIOR_READS)


@dataclass(frozen=True, slots=True)
class _Model:
    """What tags look like here: variances in dB squared, ``reads`` mean and ``shape`` of the negative binomial of the
    reads of a tag in place, ``stray_reads`` the mean reads of a stray."""

    centre: float | None
    tag_variance: float
    read_variance: float
    reads: float
    shape: float
    stray_reads: float


def _evidence(antennas: Mapping[int | None, _Tally]) -> Evidence:
    """Join the antennas: reads add up, the RSSI is that of the antenna that hears the tag loudest."""
    tallies = antennas.values()
    best = max(antennas, key=lambda antenna: -math.inf if (mean := antennas[antenna].mean) is None else mean)
    return Evidence(
        reads=sum(tally.reads for tally in tallies),
        rssi_dbm=antennas[best].mean,
        antenna=best,
        first=min(tally.first for tally in tallies),
        last=max(tally.last for tally in tallies),
    )


def _fit(tags: Collection[Evidence], read_variance: float, usual: float | None) -> _Model:
    """Estimate centre, spread and read counts of the tags in place; strays are left out pass by pass."""
    heard = [tag for tag in tags if tag.rssi_dbm is not None]
    if not heard:
        return _model(None, read_variance, tags, ())
    centre = _weighted_median(heard)
    centre = centre if usual is None else max(centre, usual)
    inside: list[Evidence] = []
    model = _model(centre, read_variance, heard, ())
    for _ in range(_PASSES):
        before, inside = inside, [tag for tag in heard if _stray_odds(tag, model) <= 0]
        if inside == before or not inside:
            break
        model = _model(centre, read_variance, inside, [tag for tag in heard if _stray_odds(tag, model) > 0])
    return model


def _model(
    centre: float | None, read_variance: float, inside: Collection[Evidence], strays: Collection[Evidence]
) -> _Model:
    """Describe the tags in place and the strays; the assumptions weigh as much as a few tags."""
    reads = [tag.reads for tag in inside]
    mean = sum(reads) / len(reads) if reads else 1.0
    variance = _TAG_SPREAD_DB**2
    if centre is not None:
        squares = [(_level(tag) - centre) ** 2 - read_variance / tag.reads for tag in inside]
        variance = (sum(squares) + _PRIOR_TAGS * variance) / (len(inside) + _PRIOR_TAGS)
    scatter = sum((count - mean) ** 2 for count in reads) + _PRIOR_TAGS * (mean + mean * mean)
    excess = scatter / (len(reads) + _PRIOR_TAGS) - mean
    shape = min(_EVEN, mean * mean / excess) if excess > 0 else _EVEN
    seldom = max(1.0, STRAY_READS * mean)
    stray_reads = (sum(tag.reads for tag in strays) + _PRIOR_TAGS * seldom) / (len(strays) + _PRIOR_TAGS)
    return _Model(centre, max(variance, _LEAST_SPREAD_DB**2), read_variance, mean, shape, stray_reads)


def _level(tag: Evidence) -> float:
    assert tag.rssi_dbm is not None
    return tag.rssi_dbm


def _weighted_median(tags: list[Evidence]) -> float:
    """Median RSSI over reads, not over tags."""
    ordered = sorted((_level(tag), tag.reads) for tag in tags)
    half, gone = sum(reads for _, reads in ordered) / 2, 0
    for level, reads in ordered:
        gone += reads
        if gone >= half:
            return level
    return ordered[-1][0]


def _stray_odds(tag: Evidence, model: _Model) -> float:
    """Log of how much better "stray" explains the tag than "in place"; above 0 it is a stray."""
    if model.centre is None or tag.rssi_dbm is None or tag.rssi_dbm >= model.centre:
        return -math.inf
    below = model.centre - tag.rssi_dbm
    noise = model.read_variance / tag.reads
    stray = _log_normal(below - STRAY_BELOW_DB if below < STRAY_BELOW_DB else 0.0, STRAY_SPREAD_DB**2 + noise)
    here = _log_normal(below, model.tag_variance + noise)
    return math.log(STRAY_SHARE / (1 - STRAY_SHARE)) + stray - here + _count_odds(tag.reads, model)


def _count_odds(reads: int, model: _Model) -> float:
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


def _refusal(tag: Evidence, model: _Model, known: bool) -> tuple[Rejection, str] | None:
    if _stray_odds(tag, model) > 0:
        assert model.centre is not None
        below = model.centre - _level(tag)
        text = f"{below:.0f} dB below the tags here, {tag.reads} reads where {model.reads:.0f} are usual"
        return Rejection.STRAY, text
    if not known and tag.reads == 1 and model.reads >= 3:
        return Rejection.GHOST, f"read once where {model.reads:.0f} reads are usual, and names nothing"
    return None
