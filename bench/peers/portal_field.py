"""Tags that come and go before fixed antennas, in seeded epochs, and the peers of `scanstation.counting.smoothing`.

`smoothing_errors`: one antenna, tags that stay and stay away 100 epochs on average (5 at least); in each epoch a tag
is in the field or not, and each way of smoothing says so or not.  An error is an epoch of a tag in which it is wrong,
be it a tag that is gone and still seen or one that is there and missed: the trade-off by which SMURF was judged.

`told`: two antennas side by side and what the journal would be told.  A tag stays with one of them 300 epochs on
average (40 at least), then goes to the other or leaves for 400 epochs or more.  Meanwhile the other antenna hears it as
a stray: in 5 % of the epochs, 10 to 20 dB lower (normal, mean 15, standard deviation 4, drawn once a stay).  One tag in
five never comes and is heard so by both all the time.  RSSI: -55 dBm, 2 dB from tag to tag and from read to read.  A
tag answers 1 to 5 times in an epoch; one answer in 100,000 comes as an EPC that does not exist.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scanstation.counting.antennas import Antenna
from scanstation.counting.smoothing import Smoothing
from scanstation.counting.whereabouts import EPOCH_US, Change, Spot, Whereabouts

FIXED = (1, 2, 5, 10, 25, 50)
"""Fixed windows, in epochs; 1 is no smoothing."""

MIXED = (0.95, 0.65, 0.2)
EPOCHS, TAGS = 2_000, 30
Flags = NDArray[np.bool_]


def smoothing_errors(rate: float | None, stay: int, seed: int) -> dict[str, float]:
    """Wrong epochs of 100, by way of smoothing; without a ``rate`` each tag has one of `MIXED`."""
    rng = np.random.default_rng(seed)
    antenna = Antenna("door", 1, "DOOR")
    wrong: dict[str, int] = {}
    for number in range(TAGS):
        tag_rate = MIXED[number % len(MIXED)] if rate is None else rate
        there = _there(rng, stay)
        read = there & (rng.random(EPOCHS) < tag_rate)
        silent = np.arange(EPOCHS) - np.maximum.accumulate(np.where(read, np.arange(EPOCHS), -EPOCHS))
        said = {f"window {width}": silent < width for width in FIXED}
        said["ours"] = _ours(read, antenna)
        said["SMURF"] = _smurf(read, tag_rate)
        said["limit"] = _limit(read, tag_rate, stay)
        for name, flags in said.items():
            wrong[name] = wrong.get(name, 0) + int((flags != there).sum())
    return {name: 100 * errors / (EPOCHS * TAGS) for name, errors in wrong.items()}


def _there(rng: np.random.Generator, stay: int) -> Flags:
    there = np.zeros(EPOCHS, dtype=bool)
    at = int(rng.integers(0, 2 * stay))
    while at < EPOCHS:
        gone = at + 5 + int(rng.geometric(1 / stay))
        there[at:gone] = True
        at = gone + 5 + int(rng.geometric(1 / stay))
    return there


def _ours(read: Flags, antenna: Antenna) -> Flags:
    said = np.zeros(len(read), dtype=bool)
    smoothing: Smoothing | None = None
    for epoch, heard in enumerate(read):
        if heard and smoothing is None:
            smoothing = Smoothing(epoch, antenna.rate)
        elif heard and smoothing is not None:
            antenna.learn(smoothing.read(epoch))
        said[epoch] = smoothing is not None and smoothing.present(epoch)
    return said


def _smurf(read: Flags, rate: float) -> Flags:
    """SMURF (VLDB 2006, section 4) with a delta of .05, told the rate that it would estimate from the responses to each
    interrogation; present where its window holds a read."""
    said = np.zeros(len(read), dtype=bool)
    needed, width, reads = math.ceil(2 / rate * math.log(1 / 0.05)), 1, np.concatenate([[0], np.cumsum(read)])
    for epoch in range(len(read)):
        sample = int(reads[epoch + 1] - reads[max(0, epoch + 1 - width)])
        said[epoch] = sample > 0
        if needed > width:
            width = max(min(width + 2, needed), 1)
        elif abs(sample - width * rate) > 2 * math.sqrt(width * rate * (1 - rate)):
            width = max(min(width // 2, needed), 1)
        if sample == 0:
            width = 1
    return said


def _limit(read: Flags, rate: float, stay: int) -> Flags:
    """The best that can be said without hindsight, by one who knows the rate and how long tags stay: the forward
    filter of a hidden Markov chain (Rabiner 1989)."""
    said = np.zeros(len(read), dtype=bool)
    here, leaves = 0.5, 1 / (stay + 5)
    for epoch, heard in enumerate(read):
        here = here * (1 - leaves) + (1 - here) * leaves
        here = 1.0 if heard else here * (1 - rate) / (here * (1 - rate) + 1 - here)
        said[epoch] = here > 0.5
    return said


@dataclass(slots=True)
class Told:
    """What was told of the tags: visits that were real and how many of them were told once; arrivals that were not
    real, of tags in place, of strays, and of EPCs that do not exist; hours of strays before
    antennas; epochs from coming to its telling."""

    visits: int = 0
    once: int = 0
    invented: int = 0
    strays: int = 0
    stray_arrivals: int = 0
    ghosts: int = 0
    ghost_arrivals: int = 0
    hours: float = 0.0
    delays: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Visit:
    epc: str
    place: int
    begin: int
    end: int
    level: float
    stray_level: float
    told: int = 0


def told(rate: float | None, seed: int, *, tags: int = 60, epochs: int = 3_000, ghosts: float = 1e-5) -> Told:
    """Watch two antennas until every stay that began within so many epochs is over."""
    rng = np.random.default_rng(seed)
    spots = (Spot("left", 1), Spot("right", 1))
    where = Whereabouts(zip(spots, ("LEFT", "RIGHT"), strict=True))
    answer = Told()
    strays = {f"57{number:022X}": rng.normal(15, 4) for number in range(round(tags / 5))}
    visits = [visit for number in range(tags) for visit in _visits(rng, f"30{number:022X}", epochs)]
    visits.sort(key=lambda visit: visit.begin)
    rates = {f"30{number:022X}": MIXED[number % len(MIXED)] if rate is None else rate for number in range(tags)}
    answer.visits, answer.strays = len(visits), len(strays)
    begun = 0
    open_visits: list[_Visit] = []
    latest: dict[str, _Visit] = {}
    for epoch in range(max(visit.end for visit in visits) + 100):
        while begun < len(visits) and visits[begun].begin <= epoch:
            open_visits.append(visits[begun])
            latest[visits[begun].epc] = visits[begun]
            begun += 1
        open_visits = [visit for visit in open_visits if visit.end > epoch]
        begin = epoch * EPOCH_US
        for epc, antenna, level in _answers(rng, open_visits, rates, strays):
            for _ in range(int(rng.integers(1, 6))):
                name = epc
                if rng.random() < ghosts:
                    answer.ghosts += 1
                    name = rng.bytes(12).hex().upper()
                where.seen(name, begin + int(rng.integers(EPOCH_US)), spots[antenna], rng.normal(level, 2.0))
        for change in where.changes(begin + EPOCH_US, dict.fromkeys(("left", "right"), begin + EPOCH_US)):
            where.apply(change)
            if change.arrived:
                _match(answer, change, latest.get(change.epc), strays, epoch)
    answer.once = sum(visit.told == 1 for visit in visits)
    answer.hours = 2 * len(strays) * epoch * EPOCH_US / 3.6e9
    return answer


def _visits(rng: np.random.Generator, epc: str, epochs: int) -> Iterator[_Visit]:
    at, place, base = int(rng.integers(600)), int(rng.integers(2)), rng.normal(-55, 2)
    while at < epochs:
        end = at + 40 + int(rng.geometric(1 / 260))
        yield _Visit(epc, place, at, end, base, base - rng.normal(15, 4))
        if rng.random() < 0.5:
            at, place = end, 1 - place
        else:
            at = end + 400 + int(rng.geometric(1 / 200))


def _answers(
    rng: np.random.Generator, visits: list[_Visit], rates: dict[str, float], strays: dict[str, float]
) -> Iterator[tuple[str, int, float]]:
    for visit in visits:
        if rng.random() < rates[visit.epc]:
            yield visit.epc, visit.place, visit.level
        if rng.random() < 0.05:
            yield visit.epc, 1 - visit.place, visit.stray_level
    for epc, below in strays.items():
        for antenna in (0, 1):
            if rng.random() < 0.05:
                yield epc, antenna, -55 - below


def _match(answer: Told, change: Change, visit: _Visit | None, strays: dict[str, float], epoch: int) -> None:
    if change.epc in strays:
        answer.stray_arrivals += 1
    elif visit is None:
        answer.ghost_arrivals += 1
    elif ("LEFT", "RIGHT")[visit.place] == change.location and not visit.told:
        visit.told = 1
        answer.delays.append(epoch - visit.begin)
    else:
        answer.invented += 1
