"""From raw tag reads to presence: which tags lie at this location, which are heard from next door.

A reader reports the same tag again and again, misses tags that are there, and hears tags of the neighbouring bay.
While a location is open every read goes into its `Sweep`; a read of a known tag refreshes its evidence and never adds
a unit.  When the location closes, `Sweep.settle` decides once.  How it tells strays and ghosts is in
`scanstation.counting.strays`, how it knows what it missed in `scanstation.counting.completeness`; both are explained
in ``docs/rfid.md``.
"""

import math
from collections.abc import Callable, Container, Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from scanstation.counting.completeness import Completeness, estimate
from scanstation.counting.heard import Evidence, HeardTag, Hearing, Level, levels

__all__ = ["Evidence", "Rejected", "Rejection", "Sweep", "SweepResult"]

EXPECTED_WRONG = 0.01
"""Another sweep is asked for while more tags than this are expected to be judged wrong or not heard at all."""

_SURE = 0.999  # a tag that is judged with less is named as doubtful


class Rejection(StrEnum):
    """Why a tag that was read is not counted."""

    STRAY = "stray"  # weak and seldom: it lies elsewhere
    GHOST = "ghost"  # one read where a tag would be read often: noise that passed the checksum of the air interface


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
    ``doubtful`` are the tags whose judgement another sweep may turn.  ``misjudged`` and ``missed`` are how many tags
    are expected to be judged wrong, and to lie here without having been heard.
    """

    accepted: tuple[str, ...]
    rejected: tuple[Rejected, ...]
    completeness: Completeness
    evidence: Mapping[str, Evidence]
    centre_dbm: float | None
    doubtful: tuple[str, ...] = ()
    misjudged: float = 0.0
    missed: float = 0.0

    @property
    def again(self) -> bool:
        """Whether another sweep is worth it."""
        return self.misjudged + self.missed > EXPECTED_WRONG

    @property
    def advice(self) -> str:
        """What the operator should do and exactly why; empty where the count is sure."""
        if not self.again:
            return ""
        why = []
        if (unseen := round(self.completeness.unseen)) > 0:
            why.append(f"about {_tags(unseen)} not heard yet")
        elif self.missed > EXPECTED_WRONG / 2:
            why.append("a tag may not have been heard yet")
        if self.misjudged > EXPECTED_WRONG / 2:
            why.append(f"{_tags(max(1, len(self.doubtful)))} may lie here or next door")
        return f"sweep again here: {', '.join(why)}"


def _tags(count: int) -> str:
    return "1 tag" if count == 1 else f"{count} tags"


class Sweep:
    """The tags heard while one location is open.

    ``usual_dbm`` is the RSSI at which this reader hears tags that are in place (`SweepResult.centre_dbm` of an
    earlier sweep); with it a location that holds nothing but strays is known to be empty.  ``elsewhere`` are tags that
    were already found at another location: they must be heard better to have moved here.
    """

    def __init__(self, usual_dbm: float | None = None, elsewhere: Container[str] = ()) -> None:
        self._usual = usual_dbm
        self._elsewhere = elsewhere
        self._hearing = Hearing()

    def __len__(self) -> int:
        """How many different tags were heard, strays included."""
        return len(self._hearing.tags)

    def seen(self, epc: str, ts: int, antenna: Hashable, rssi: float | None) -> bool:
        """Take one read at ``ts`` (microseconds UTC); whether this tag is new to the sweep.

        ``antenna`` is what tells the antennas apart that hear this location: its number, with the reader's name where
        there are several readers, for each calls its first antenna 1.
        """
        return self._hearing.add(epc, ts, antenna, rssi)

    def settle(self, known: Callable[[str], bool] | None = None) -> SweepResult:
        """Decide which tags lie here.  The sweep may go on afterwards and be settled again.

        ``known`` tells whether an EPC names something; it helps to tell ghosts.
        """
        tags = self._hearing.tags
        if not tags:
            return SweepResult(
                accepted=(), rejected=(), completeness=estimate([], [], 0, 0.0), evidence={}, centre_dbm=None
            )
        import numpy as np  # only here: the station starts without it

        from scanstation.counting.strays import Tags, judge

        total, rounds = self._hearing.rounds()
        heard = list(tags.values())
        level = levels(heard)
        found = judge(
            Tags(
                of=total,
                rounds=np.array(rounds, dtype=float),
                reads=np.array([tag.reads for tag in heard], dtype=float),
                level=np.array([math.nan if one is None else one.mean for one in level]),
                noise=np.array([0.0 if one is None else one.noise for one in level]),
                strange=None if known is None else np.array([not known(epc) for epc in tags]),
                elsewhere=np.array([epc in self._elsewhere for epc in tags]),
            ),
            self._usual,
        )
        evidence = {epc: _evidence(tag, count) for (epc, tag), count in zip(tags.items(), rounds, strict=True)}
        accepted: list[str] = []
        rejected: list[Rejected] = []
        doubtful: list[str] = []
        for epc, loud, here, stray, ghost in zip(tags, level, found.here, found.stray, found.ghost, strict=True):
            if max(here, 1 - here) < _SURE:
                doubtful.append(epc)
            if here > 0.5:
                accepted.append(epc)
                continue
            reason = Rejection.STRAY if stray > ghost else Rejection.GHOST
            text = _why(reason, evidence[epc], loud, found.centre, found.usual_rounds)
            rejected.append(Rejected(epc=epc, reason=reason, text=text, evidence=evidence[epc]))
        completeness = estimate(rounds, found.here.tolist(), len(accepted), found.unseen)
        return SweepResult(
            accepted=tuple(accepted),
            rejected=tuple(rejected),
            completeness=completeness,
            evidence=evidence,
            centre_dbm=found.centre,
            doubtful=tuple(doubtful),
            misjudged=float(np.minimum(found.here, 1 - found.here).sum()),
            missed=found.unseen,
        )


def _evidence(tag: HeardTag, rounds: int) -> Evidence:
    antennas = tag.antennas
    best = max(antennas, key=lambda antenna: antennas[antenna].mean if antennas[antenna].heard else -math.inf)
    return Evidence(
        rounds=rounds,
        reads=tag.reads,
        rssi_dbm=antennas[best].mean if antennas[best].heard else None,
        antenna=best,
        first=tag.first,
        last=tag.last,
    )


def _why(reason: Rejection, tag: Evidence, level: Level | None, centre: float | None, usual: float) -> str:
    if reason is Rejection.GHOST:
        return f"read once where a tag here is read in {usual:.0f} rounds"
    assert level is not None
    assert centre is not None
    rounds = "1 round" if tag.rounds == 1 else f"{tag.rounds} rounds"
    return f"{centre - level.mean:.0f} dB below the tags here, read in {rounds} where {usual:.0f} are usual"
