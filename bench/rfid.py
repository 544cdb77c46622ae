"""How often does an RFID sweep count exactly right?  Our presence model against fixed-window de-duplication.

    python bench/rfid.py [--seeds 20] [--readings] [--tags 500] [--json]
    python bench/rfid.py --portal [--seeds 5] [--json]

The yardstick: 500 tags; a sweep is 20 inventory rounds, at most 3 sweeps, another one only when the model asks for it;
a tag in place is read in a round with .95, .65 or .2; 25 strays with .05 and an RSSI 10 to 20 dB lower (normal, mean
15, standard deviation 4, drawn once a stray); one ghost in 100,000 reads.  Both sides get the same reads.  The model
gets them as the station does, without the number of the round.  Fixed-window de-duplication counts every EPC once, its
window being as long as the sweeps.  A run is exact when just the tags in place are counted.

What the yardstick leaves open is fixed here: a tag answers 1 to 5 times in a round, in the order of the air; tags in
place are alike (-55 dBm, standard deviation 2 dB from read to read); a round takes as long as its reads, 1 ms each.
``--readings`` runs other readings of it: tags that differ, strays that scatter otherwise, other repetitions, antennas.
``limit`` is what a judge reaches who knows every parameter and the rounds (the Bayes limit): where it is below the bar,
the reads do not hold the answer.  The neighbouring bay then does: the last reading has swept it before.

``--portal`` measures presence over time at fixed antennas instead: epochs in which a tag that comes and goes is judged
wrong, against fixed windows, SMURF and the limit, and what the journal is told of the tags before two neighbouring
antennas (bench/peers/portal_field.py says exactly what).

Exit status 1 when a bar is missed.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from peers import portal
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from scanstation.counting.presence import Sweep

BARS = {0.95: 0.99, 0.65: 0.97, 0.2: 0.95}
"""Share of the runs that must be exact, by the chance that a round reads a tag in place."""

HOLDS = 0.95
"""Share of the stated intervals of completeness that must hold the truth."""

ROUNDS, SWEEPS, STRAY_RATE, GHOSTS = 20, 3, 0.05, 1e-5
Floats = NDArray[np.float64]
Read = tuple[int, int, float]  # number of the tag, antenna, RSSI


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand the yardstick; spreads are standard deviations in dB."""

    name: str
    tag_spread: float = 0.0
    read_spread: float = 2.0
    strays: str = "normal"  # offset a stray: normal(15, 4); "uniform" 10 to 20; "cut" normal within 10 to 20; "read"
    stray_spread: float | None = None  # from read to read, where it differs
    repeats: int = 5
    copies: bool = False  # a repeated read repeats the RSSI
    shuffled: bool = False  # the reads of a round come in any order
    gap_ms: int = 0
    antennas: int = 1
    swept_before: bool = False  # the strays were counted in their own bay


YARDSTICK = Reading("the yardstick")
READINGS = (
    YARDSTICK,
    Reading("one answer a round", repeats=1),
    Reading("up to 50 answers, shuffled", repeats=50, shuffled=True, gap_ms=500),
    Reading("offset uniform, 4 dB from read to read", 2.0, 2.0, "uniform", 4.0),
    Reading("offset within 10 to 20 dB, tags differ by 2 dB", 2.0, 2.0, "cut"),
    Reading("offset drawn a read, tags differ by 2 dB", 2.0, 4.0, "read"),
    Reading("offset drawn a read, repeats are copies", 1.0, 4.0, "read", copies=True),
    Reading("two antennas, one 4 dB lower", antennas=2),
    Reading("tags differ by 2 dB", 2.0),
    Reading("tags differ by 4 dB", 4.0),
    Reading("tags differ by 2 dB, next bay swept before", 2.0, swept_before=True),
)


class Bay:
    """The tags in place, then the strays, drawn from a seed; ghosts are numbered from there."""

    def __init__(self, reading: Reading, rate: float, tags: int, seed: int) -> None:
        self.reading, self.rate, self.tags = reading, rate, tags
        self.rng = np.random.default_rng(seed)
        strays = round(tags * 0.05)
        offset = {
            "normal": lambda: self.rng.normal(15, 4, strays),
            "uniform": lambda: self.rng.uniform(10, 20, strays),
            "cut": lambda: np.clip(self.rng.normal(15, 4, strays), 10, 20),
            "read": lambda: np.full(strays, 15.0),
        }[reading.strays]()
        spread = 4.0 if reading.strays == "read" else reading.stray_spread or reading.read_spread
        self.size = tags + strays
        self.rates: Floats = np.repeat([rate, STRAY_RATE], [tags, strays])
        self.base: Floats = np.concatenate([self.rng.normal(-55, reading.tag_spread, tags), -55 - offset])
        self.spread: Floats = np.repeat([reading.read_spread, spread], [tags, strays])
        self.ghosts = 0
        self.rounds: Floats = np.zeros(self.size)
        self.reads: Floats = np.zeros(self.size)
        self.measured: Floats = np.zeros(self.size)
        self.total: Floats = np.zeros(self.size)
        prefix = self.rng.bytes(8).hex().upper()
        self.epcs = [f"{prefix}{number:08X}" for number in range(self.size)]

    def round(self) -> Iterator[Read]:
        """The reads of one inventory round in the order of the air."""
        heard = np.flatnonzero(self.rng.random(self.size) < self.rates)
        times = self.rng.integers(1, self.reading.repeats + 1, len(heard))
        which = np.repeat(heard, times)
        noise = np.repeat(self.rng.normal(size=len(heard)), times)
        if not self.reading.copies:
            noise = self.rng.normal(size=len(which))
        antenna = self.rng.integers(1, self.reading.antennas + 1, len(which))
        rssi = self.base[which] + self.spread[which] * noise - 4.0 * (antenna == 2)
        self.rounds[heard] += 1
        self.measured[heard] += 1 if self.reading.copies else times
        self.reads[heard] += times
        np.add.at(self.total, which, rssi + 4.0 * (antenna == 2))
        order = self.rng.permutation(len(which)) if self.reading.shuffled else range(len(which))
        noisy = set(np.flatnonzero(self.rng.random(len(which)) < GHOSTS).tolist())
        for place in order:
            yield int(which[place]), int(antenna[place]), float(rssi[place])
            if place in noisy:
                self.ghosts += 1
                yield self.size + self.ghosts, int(antenna[place]), float(rssi[place])

    def limit(self, rounds: int) -> int:
        """How many tags a judge gets wrong who knows all parameters; what was never heard is wrong too."""
        seen = self.rounds > 0
        k, level = self.rounds[seen], self.total[seen] / self.reads[seen] + 55
        noise = self.spread[seen] ** 2 / self.measured[seen]
        own = self.reading.read_spread**2 / self.measured[seen]
        offsets = np.linspace(-5, 35, 401)
        weights = {
            "normal": np.exp(-0.5 * ((offsets - 15) / 4) ** 2),
            "uniform": ((offsets >= 10) & (offsets <= 20)).astype(float),
            "cut": np.exp(-0.5 * ((offsets - 15) / 4) ** 2) * ((offsets >= 10) & (offsets <= 20)),
            "read": (np.abs(offsets - 15) < 0.01).astype(float),
        }[self.reading.strays]
        if self.reading.strays == "cut":
            weights[[150, 250]] += 0.1056 / 0.7888 * weights.sum()
        foreign = np.where(np.arange(self.size)[seen] >= self.tags, noise, self.spread[-1] ** 2 / self.measured[seen])
        density = np.exp(-0.5 * (level[:, None] + offsets) ** 2 / foreign[:, None]) / np.sqrt(foreign[:, None])
        stray = np.log(density @ weights / weights.sum() + 1e-300) + _binomial(k, rounds, STRAY_RATE) + np.log(0.05)
        variance = self.reading.tag_spread**2 + own
        here = -0.5 * (level**2 / variance + np.log(variance)) + _binomial(k, rounds, self.rate)
        wrong = (here > stray) != (np.arange(self.size)[seen] < self.tags)
        return int(wrong.sum() + (~seen[: self.tags]).sum())


def _binomial(k: Floats, n: int, rate: float) -> Floats:
    chance: Floats = k * np.log(rate) + (n - k) * np.log1p(-rate)
    return chance


@dataclass(frozen=True, slots=True)
class Run:
    """One run: units wrong by us, by the window, by the best judge; sweeps used; intervals stated and held."""

    wrong: int
    window: int
    limit: int
    sweeps: int
    intervals: int
    held: int


def run(reading: Reading, rate: float, tags: int, seed: int) -> Run:
    """Sweep one bay until the model asks for no more, three times at most."""
    bay = Bay(reading, rate, tags, seed)
    here = set(bay.epcs[:tags])
    sweep = Sweep(elsewhere=set(bay.epcs[tags:]) if reading.swept_before else ())
    ghosts: dict[int, str] = {}
    heard: set[str] = set()
    ts, sweeps, held, again = 1_790_000_000_000_000, 0, 0, True
    while again and sweeps < SWEEPS:
        sweeps += 1
        for _ in range(ROUNDS):
            for number, antenna, rssi in bay.round():
                ts += 1000
                epc = bay.epcs[number] if number < bay.size else ghosts.setdefault(number, bay.rng.bytes(12).hex())
                heard.add(epc)
                sweep.seen(epc, ts, antenna, rssi)
            ts += reading.gap_ms * 1000
        result = sweep.settle()
        share = len(here & heard) / tags
        held += result.completeness.low <= share <= result.completeness.high
        again = result.again
    return Run(
        wrong=len(here ^ set(result.accepted)),
        window=len(here ^ heard),
        limit=bay.limit(sweeps * ROUNDS),
        sweeps=sweeps,
        intervals=sweeps,
        held=held,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """The outcome of all seeds of one setting."""

    reading: str
    rate: float
    exact: float
    limit: float
    window: float
    wrong_per_10k: float
    window_per_10k: float
    sweeps: float
    interval: float


def measure(reading: Reading, rate: float, tags: int, seeds: int, progress: Progress) -> Row:
    """Run all seeds of one setting."""
    task = progress.add_task(f"{reading.name}, {rate}", total=seeds)
    runs = []
    for seed in range(seeds):
        runs.append(run(reading, rate, tags, seed))
        progress.advance(task)
    progress.remove_task(task)
    units = seeds * tags / 10_000
    return Row(
        reading=reading.name,
        rate=rate,
        exact=sum(one.wrong == 0 for one in runs) / seeds,
        limit=sum(one.limit == 0 for one in runs) / seeds,
        window=sum(one.window == 0 for one in runs) / seeds,
        wrong_per_10k=sum(one.wrong for one in runs) / units,
        window_per_10k=sum(one.window for one in runs) / units,
        sweeps=sum(one.sweeps for one in runs) / seeds,
        interval=sum(one.held for one in runs) / sum(one.intervals for one in runs),
    )


def missed(row: Row) -> bool:
    """Whether the yardstick misses its bar; for other readings the table speaks."""
    return row.reading == YARDSTICK.name and (row.exact < BARS[row.rate] or row.interval < HOLDS)


def table(rows: list[Row]) -> Table:
    """For people."""
    drawn = Table(title="exact runs, and wrong units of 10,000")
    for head in ("reading", "p", "exact", "limit", "window", "wrong", "window", "sweeps", "interval holds"):
        drawn.add_column(head, justify="left" if head == "reading" else "right")
    for row in rows:
        shares = (f"{100 * share:.1f} %" for share in (row.exact, row.limit, row.window))
        units = (f"{row.wrong_per_10k:.2f}", f"{row.window_per_10k:.1f}", f"{row.sweeps:.2f}")
        drawn.add_row(row.reading, f"{row.rate}", *shares, *units, f"{100 * row.interval:.1f} %")
    return drawn


def main_of_portal(seeds: int, as_json: bool) -> int:
    """Measure, print, judge presence over time."""
    with Progress(console=Console(stderr=True), transient=True) as progress:
        rows = portal.smoothing(seeds, progress), portal.arrivals(seeds, progress)
    if as_json:
        print(json.dumps({"smoothing": rows[0], "arrivals": rows[1]}, indent=2))
    else:
        for drawn in portal.tables(*rows):
            Console(width=130).print(drawn)
    return portal.judge(*rows)


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, help="by default 20, with --portal 5")
    parser.add_argument("--tags", type=int, default=500)
    parser.add_argument("--readings", action="store_true", help="other readings of the yardstick as well")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--portal", action="store_true", help="fixed antennas instead of sweeps")
    options = parser.parse_args()
    if options.portal:
        return main_of_portal(options.seeds or 5, options.json)
    seeds = options.seeds or 20
    with Progress(console=Console(stderr=True), transient=True) as progress:
        rows = [
            measure(reading, rate, options.tags, seeds, progress)
            for reading in (READINGS if options.readings else READINGS[:1])
            for rate in BARS
        ]
    if options.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        Console(width=130).print(table(rows))
    for row in filter(missed, rows):
        print(f"missed at {row.rate}: {row.exact:.3f} exact, interval {row.interval:.3f}", file=sys.stderr)
    return int(any(map(missed, rows)))


if __name__ == "__main__":
    sys.exit(main())
