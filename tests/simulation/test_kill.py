"""The station is killed (SIGKILL) at seeded moments while several devices stream into it.

After every kill, on the file that is left: every acknowledged scan is there exactly once; an unacknowledged one is
absent or there once; nothing is there that nobody sent; the chain verifies and still holds the head seen before; the
tally equals an independent replay of the raw rows.  After every restart the seat is where the journal says it was.
Devices that deliver again (equal read_ids) end up with every delivery there exactly once.
"""

import asyncio
import json
import os
import random
import signal
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from drivers import Verdict
from scanstation.counting.tally import READ_COLUMNS, tally
from scanstation.store.journal_read import read_events
from scanstation.store.journal_verify import verify

pytestmark = pytest.mark.counted

SCRIPT = Path(__file__).with_name("station_process.py")
TAKEN = (Verdict.OK, Verdict.UNKNOWN)
KILLS_A_RUN = 20


def pytest_generate_tests(metafunc):
    full = os.environ.get("SCANSTATION_FULL") == "1"
    if "kills" in metafunc.fixturenames:
        metafunc.parametrize(("seed", "kills"), [(seed, KILLS_A_RUN) for seed in range(10)] if full else [(0, 8)])


def raw_events(path):
    """The bodies of all rows, read without the product."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return [json.loads(body) for (body,) in connection.execute("SELECT body FROM event ORDER BY seq")]


def key(event):
    """The payload of a scan that this event is the fact of, else None."""
    return event.get("payload") if event["kind"] in ("counted", "parked") else None


class Inspector:
    """Looks at the journal of a dead station."""

    def __init__(self, path, slow, scanners, queues):
        self.path, self.slow = path, slow
        self.scanners, self.queues = scanners, queues
        self.head = None
        self.seen = []

    def inspect(self):
        answer = verify(self.path, head=self.head)
        assert answer.ok, answer.text
        events = raw_events(self.path)
        assert events[: len(self.seen)] == self.seen
        self.head, self.seen = answer.head, events
        self._scans(events)
        self._deliveries(events)
        self._tally(events)

    def _scans(self, events):
        found = Counter(filter(None, map(key, events)))
        sent = set().union(*(scanner.sent for scanner in self.scanners))
        again = {payload for queue in self.queues for payload in queue.sent.values()}
        assert set(found) <= sent | again, "a read was invented"
        assert max(found.values(), default=0) <= 1, "a scan counted twice"
        for scanner in self.scanners:
            for payload, verdict in scanner.acknowledged.items():
                assert found[payload] == (verdict in TAKEN), (payload, verdict)

    def _deliveries(self, events):
        found = Counter(event["read_id"] for event in events if "read_id" in event)
        assert max(found.values(), default=0) <= 1
        for queue in self.queues:
            for read_id, verdict in queue.verdicts.items():
                assert found[read_id] == (verdict in TAKEN), (read_id, verdict)

    def _tally(self, events):
        answer = tally(read_events(self.path), "AU1")
        columns = (answer.reads[name] for name in READ_COLUMNS)
        ours = {(seq, ts, *what) for seq, ts, _, *what, voided in zip(*columns, strict=True) if not voided}
        reads, counts = self.slow.replay(events, "AU1")
        assert ours == reads
        assert set(zip(answer.counts["location"], answer.counts["count_ts"], strict=True)) == counts

    def open_location(self):
        """Where the journal says the seat is."""
        moves = [e for e in self.seen if e["kind"] in ("location_opened", "location_reopened", "location_closed")]
        return moves[-1]["location"] if moves and moves[-1]["kind"] != "location_closed" else "-"


async def test_nothing_acknowledged_is_lost_and_nothing_counts_twice(crew, slow, warehouse, tmp_path, seed, kills):
    rng = random.Random(seed)
    folder, locations = warehouse
    scanners = [
        crew.Scanner(name, random.Random(rng.random()), tmp_path, locations if name == "s0" else ())
        for name in ("s0", "s1")
    ]
    queues = [crew.Queue(name, random.Random(rng.random())) for name in ("q0", "q1")]
    for scanner in scanners:
        await scanner.wire.start()
    for queue in queues:
        await queue.start()
    station = crew.StationProcess(sys.executable, SCRIPT, folder, scanners, queues)
    inspector = Inspector(folder / "journal.db", slow, scanners, queues)
    await station.boot()
    streams = [asyncio.create_task(scanner.stream()) for scanner in scanners]
    try:
        for _ in range(kills):
            await station.start()
            if rng.random() < 0.8:
                await station.ready()
                if inspector.head:
                    assert station.state == ("C01", inspector.open_location())
                await acknowledged_more(rng.randrange(0, 120), scanners, queues)
                await asyncio.sleep(rng.uniform(0.0, 0.01))
            else:
                await asyncio.sleep(rng.uniform(0.0, 0.2))
            os.kill(station.pid, signal.SIGKILL)
            await station.dead()
            if inspector.path.exists() and inspector.path.stat().st_size:
                inspector.inspect()
        await drain(station, queues)
    finally:
        for stream in streams:
            stream.cancel()
        await station.stop()
        for one in (*queues, *(scanner.wire for scanner in scanners)):
            await one.stop()
    inspector.inspect()
    kinds = Counter(event["kind"] for event in inspector.seen)
    assert {"counted", "parked", "voided", "location_opened", "location_closed"} <= set(kinds)
    assert acknowledgements(scanners, queues) > 20 * kills
    assert any(set(queue.verdicts) == set(queue.sent) for queue in queues)


def acknowledgements(scanners, queues):
    """How many scans were acknowledged so far."""
    return sum(len(one.acknowledged) for one in scanners) + sum(len(one.verdicts) for one in queues)


async def acknowledged_more(count, scanners, queues):
    """Wait for so many more acknowledgements: the moment of a kill does not depend on the machine's speed."""
    due = acknowledgements(scanners, queues) + count
    for _ in range(20_000):
        if acknowledgements(scanners, queues) >= due:
            return
        await asyncio.sleep(0.001)
    raise AssertionError("the station takes no scans")


async def drain(station, queues):
    """One more start: the devices with a memory send nothing new and get rid of what they hold."""
    for queue in queues:
        queue.paused = True
    await station.start()
    await station.ready()
    for _ in range(600):
        if all(queue.drained for queue in queues):
            break
        await asyncio.sleep(0.1)
    assert all(queue.drained for queue in queues)
    os.kill(station.pid, signal.SIGKILL)
    await station.dead()
