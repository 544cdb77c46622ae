"""From raw tag reads to presence: which tags lie at this location, which are heard from next door.

A reader reports the same tag again and again, misses tags that are there, and hears tags of the neighbouring bay.
While a location is open every read goes into its `Sweep`; a read of a known tag refreshes its evidence and never adds
a unit.  When the location closes, `Sweep.settle` decides once; how it tells strays is in
`scanstation.counting.strays`, how it knows what it missed in `scanstation.counting.completeness`.
"""

import math
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from enum import StrEnum

from scanstation.counting.completeness import Completeness, estimate
from scanstation.counting.strays import (
    STRAY_SHARE_ELSEWHERE,
    Evidence,
    Model,
    fit,
    level,
    pooled_variance,
    stray_odds,
)

__all__ = ["Evidence", "Rejected", "Rejection", "Sweep", "SweepResult"]


class Rejection(StrEnum):
    """Why a tag that was read is not counted."""

    STRAY = "stray"  # weak and seldom: it lies elsewhere
    GHOST = "ghost"  # read once and names nothing: noise that passed the checksum of the air interface


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
    earlier sweep); with it a location that holds nothing but strays is known to be empty.  ``elsewhere`` are tags that
    were already found at another location: they must be heard better to have moved here.
    """

    def __init__(self, usual_dbm: float | None = None, elsewhere: Container[str] = ()) -> None:
        self._usual = usual_dbm
        self._elsewhere = elsewhere
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
        model = fit(evidence.values(), self._read_spread(), self._usual)
        accepted: list[str] = []
        rejected: list[Rejected] = []
        for epc, heard in evidence.items():
            share = STRAY_SHARE_ELSEWHERE if epc in self._elsewhere else 0.0
            refusal = _refusal(heard, model, share, known is None or known(epc))
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
        return pooled_variance(scatter, freedom)


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


def _refusal(tag: Evidence, model: Model, share: float, known: bool) -> tuple[Rejection, str] | None:
    if stray_odds(tag, model, share) > 0:
        assert model.centre is not None
        below = model.centre - level(tag)
        text = f"{below:.0f} dB below the tags here, {tag.reads} reads where {model.reads:.0f} are usual"
        return Rejection.STRAY, text
    if not known and tag.reads == 1 and model.reads >= 3:
        return Rejection.GHOST, f"read once where {model.reads:.0f} reads are usual, and names nothing"
    return None
