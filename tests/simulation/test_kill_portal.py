"""A station with a portal reader (LLRP on TCP) is killed at seeded moments while tags come, move and leave.

Whatever was journaled before a kill stays; afterwards no arrival is told again for a tag that is where it was, and when
the tags stand still the journal says exactly where they are.  Each tag's places in the journal are a part, in order, of
those where it really was: nothing doubled, nothing invented.
"""

import asyncio
import os
import random
import signal
import sys
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from drivers.simulators.llrp import FieldTag, LlrpSimulator
from scanstation.counting.arrivals import tags_present
from scanstation.counting.events import EventKind
from scanstation.store.journal_read import read_events
from scanstation.store.journal_verify import verify

pytestmark = pytest.mark.counted

SCRIPT = Path(__file__).with_name("portal_process.py")
PLACES = {1: "A-000", 2: "A-001"}
TAGS = 12
PATIENCE_S = 120


def pytest_generate_tests(metafunc):
    full = os.environ.get("SCANSTATION_FULL") == "1"
    metafunc.parametrize(("seed", "kills"), [(seed, 15) for seed in range(4)] if full else [(0, 4)])


class World:
    """Where the tags really are, and where they have been."""

    def __init__(self, rng):
        self.rng = rng
        self.at = {f"30{number:022X}": None for number in range(TAGS)}
        self.been = {epc: [] for epc in self.at}

    def move(self):
        for epc in self.rng.sample(sorted(self.at), TAGS // 3):
            place = self.rng.choice([one for one in (None, 1, 2) if one != self.at[epc]])
            self.at[epc] = place
            if place is not None:
                self.been[epc].append(PLACES[place])

    @property
    def truth(self):
        return {epc: PLACES[place] for epc, place in self.at.items() if place is not None}

    def field(self):
        rates = (0.95, 0.65, 0.2)
        there = [(number, epc, place) for number, (epc, place) in enumerate(self.at.items()) if place is not None]
        return [FieldTag(epc=bytes.fromhex(e), probability=rates[n % 3], antenna=place) for n, e, place in there]


async def inventory(wire, world):
    while True:
        with suppress(OSError):
            if wire.connected and (field := world.field()):
                await wire.sweep(field, 1, ghosts=0.0)
        await asyncio.sleep(0.015)


def inspect(path, world, before):
    """Check the journal of a dead or a running station; return its presence events."""
    events = [e for e in read_events(path) if e.kind in (EventKind.TAG_ARRIVED, EventKind.TAG_LEFT)]
    assert events[: len(before)] == before
    for epc in world.at:
        told = [event for event in events if event.payload == epc]
        for first, second in pairwise([None, *told]):
            where = None if first is None or first.kind is EventKind.TAG_LEFT else first.location
            if second.kind is EventKind.TAG_LEFT:
                assert second.location == where
            else:
                assert second.location != where, "an arrival was told twice"
                assert second.data.get("before") == where
        rest = iter(world.been[epc])
        assert all(e.location in rest for e in told if e.kind is EventKind.TAG_ARRIVED), "an arrival was invented"
    return events


def said(path):
    return {event.payload: event.location for event in tags_present(read_events(path))}


async def test_nothing_is_lost_and_nothing_told_twice(warehouse, seed, kills):
    rng = random.Random(seed)
    folder, _ = warehouse
    path = folder / "journal.db"
    wire, world = LlrpSimulator(random.Random(seed)), World(rng)
    await wire.start()
    air = asyncio.create_task(inventory(wire, world))
    seen = []
    try:
        for turn in range(kills + 1):
            process = await asyncio.create_subprocess_exec(
                sys.executable, str(SCRIPT), str(folder), wire.url, stdout=asyncio.subprocess.PIPE
            )
            assert await asyncio.wait_for(process.stdout.readline(), PATIENCE_S) == b"ready\n"
            world.move()
            if turn < kills and turn % 2:
                await asyncio.sleep(rng.uniform(0.0, 2.0))
            else:
                await settled(path, world)
            os.kill(process.pid, signal.SIGKILL)
            await process.wait()
            seen = inspect(path, world, seen)
    finally:
        air.cancel()
        await asyncio.gather(air, return_exceptions=True)
        await wire.stop()
    assert said(path) == world.truth
    assert verify(path).ok
    assert len(seen) > TAGS // 3 * kills // 2


async def settled(path, world):
    """Wait until the journal says where the tags are."""
    for _ in range(PATIENCE_S * 20):
        if said(path) == world.truth:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"the journal says {said(path)}, the truth is {world.truth}")
