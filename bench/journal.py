"""The journal's speed against the floor: raw append + fdatasync with group commit, in the same run.

    python bench/journal.py [--rounds 7] [--seconds 1.0] [--folder DIR] [--json]

Both sides have the same shape: N producer threads, each submits one event, waits until it is durable, submits the
next; one writer thread commits all that waits with one sync.  The floor writes the very bytes that a row of the
journal holds (body, hash), made beforehand, and does nothing else: no encoding, no hash, no file format, no index.
The journal encodes, chains (SHA-256) and stores in SQLite (write-ahead log, synchronous=FULL).  The acknowledgement
is the resolution of the future; the numbered copies of the events, which the future makes for who asks for its
result, are not part of it.

Figures are the medians over the rounds; in each round both sides run in turn, in alternating order.  ``share`` is
the median of the rounds' ratios ours / floor.  Times are those a producer sees from submit to acknowledgement.
"""

import argparse
import json
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from scanstation.counting.canonical import GENESIS, encode
from scanstation.counting.events import CountEvent, EventKind, Source
from scanstation.store.journal import SqliteJournal

BARS = {8: 0.65, 64: 0.75}
"""Shares that must be reached, by number of producers."""

EVENT = CountEvent(
    kind=EventKind.COUNTED,
    ts=1_790_000_000_000_000,
    station="ST01",
    audit="2026-11-A",
    operator="1007",
    device="scanner-1",
    location="A-01-03-2",
    item="40063813",
    lot="L2291",
    qty=12,
    source=Source.SCAN,
    payload="0104006381333931101234",
    aim="]C1",
    read_id="scanner-1:00000000",
)


class RawLog:
    """The floor: an append-only file with group commit, of the journal's shape and nothing more."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        self._wake = threading.Condition()
        self._queue: list[tuple[Future[None], bytes]] = []
        self._closing = False
        self._writer = threading.Thread(target=self._run)
        self._writer.start()

    def submit(self, row: bytes) -> "Future[None]":
        """Queue a row for the next write."""
        future: Future[None] = Future()
        with self._wake:
            self._queue.append((future, row))
            self._wake.notify()
        return future

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._queue and not self._closing:
                    self._wake.wait()
                batch, self._queue = self._queue, []
            if not batch:
                return
            os.write(self._file, b"".join([row for _, row in batch]))
            os.fdatasync(self._file)
            for future, _ in batch:
                future.set_result(None)

    def close(self) -> None:
        """Write what waits and stop."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._writer.join()
        os.close(self._file)


def produce(submit: Callable[[], "Future[Any]"], producers: int, seconds: float) -> tuple[float, list[float]]:
    """Run the producers for that long; return events per second and every acknowledgement's time in seconds."""
    times: list[list[float]] = [[] for _ in range(producers)]
    begin = threading.Barrier(producers + 1)
    end = [0.0]

    def producer(mine: list[float]) -> None:
        begin.wait()
        while (start := time.perf_counter()) < end[0]:
            failure = submit().exception()
            if failure is not None:
                raise failure
            mine.append(time.perf_counter() - start)

    threads = [threading.Thread(target=producer, args=(mine,)) for mine in times]
    for thread in threads:
        thread.start()
    start = time.perf_counter()
    end[0] = start + seconds
    begin.wait()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - start
    every = [one for mine in times for one in mine]
    return len(every) / took, every


def run_ours(folder: Path, producers: int, seconds: float) -> tuple[float, list[float]]:
    """The journal, on a new file."""
    with SqliteJournal(folder / "journal.db") as journal:
        return produce(lambda: journal.submit((EVENT,)), producers, seconds)


def run_floor(folder: Path, producers: int, seconds: float) -> tuple[float, list[float]]:
    """The floor, on a new file."""
    body, digest = encode(EVENT, 123_456, GENESIS)
    row = (body + digest).encode()
    raw = RawLog(folder / "raw.log")
    try:
        return produce(lambda: raw.submit(row), producers, seconds)
    finally:
        raw.close()


def measure(producers: int, rounds: int, seconds: float, root: Path) -> dict[str, Any]:
    """Both sides for one number of producers."""
    sides = {"ours": run_ours, "floor": run_floor}
    rates: dict[str, list[float]] = {name: [] for name in sides}
    tails: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
    for number in range(rounds):
        for name in sorted(sides, reverse=bool(number % 2)):
            with tempfile.TemporaryDirectory(dir=root) as folder:
                rate, times = sides[name](Path(folder), producers, seconds)
            cuts = statistics.quantiles(times, n=100)
            rates[name].append(rate)
            tails[name].append((cuts[49] * 1e3, cuts[98] * 1e3))
    result: dict[str, Any] = {"producers": producers}
    for name in sides:
        p50, p99 = (statistics.median(column) for column in zip(*tails[name], strict=True))
        result[name] = {"events_per_s": round(statistics.median(rates[name])), "p50_ms": p50, "p99_ms": p99}
    pairs = zip(rates["ours"], rates["floor"], strict=True)
    result["share"] = round(statistics.median(ours / floor for ours, floor in pairs), 3)
    result["bar"] = BARS.get(producers)
    return result


def main() -> int:
    """Measure, print, and say by the exit code whether the bars are reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each side in each round")
    parser.add_argument("--folder", type=Path, default=None, help="on the disk to measure (default: the temp folder)")
    parser.add_argument("--producers", type=int, nargs="+", default=[1, 8, 64])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = []
    if not options.json:
        print("producers  side   events/s   p50 ms   p99 ms   share   bar")
    for producers in options.producers:
        result = measure(producers, options.rounds, options.seconds, options.folder)
        results.append(result)
        for name in () if options.json else ("floor", "ours"):
            row = result[name]
            tail = f"{result['share']:7.2f} {result['bar'] or '':>5}" if name == "ours" else ""
            rate, p50, p99 = row["events_per_s"], row["p50_ms"], row["p99_ms"]
            print(f"{producers:9}  {name:5} {rate:9,} {p50:8.3f} {p99:8.3f} {tail}")
    if options.json:
        print(json.dumps(results))
    return int(any(result["bar"] and result["share"] < result["bar"] for result in results))


if __name__ == "__main__":
    raise SystemExit(main())
