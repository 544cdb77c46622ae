"""A station is killed (SIGKILL) three times while a sender delivers that repeats what was not acknowledged.

One sender publishes at a real broker, which is restarted once; the other posts and posts again.  Every message carries
the same item, so nothing but its id tells a message that comes again from the next one.
"""

import asyncio
import os
import random
import signal
import sqlite3
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from drivers.simulators.base import Delivery, make_simulator
from drivers.simulators.mqtt import MqttSimulator
from scanstation.counting.tally import tally
from scanstation.store.journal_read import read_events
from scanstation.store.journal_verify import verify

SCRIPT = Path(__file__).with_name("station_process.py")
KILLS = 3
PATIENCE_S = 250


class Sender:
    """To the crew it is a device of the station."""

    def __init__(self, simulator):
        self.simulator = simulator
        self.url = ""

    def beep(self, payload, verdict):
        """The station acknowledged; what counts is what the sender heard."""

    @property
    def satisfied(self):
        """Whether all was acknowledged; a poster has returned from its last delivery only then."""
        return not isinstance(self.simulator, MqttSimulator) or self.simulator.acknowledged > self.sent

    async def send(self, gtin, count):
        self.sent = count
        await self.simulator.deliver(Delivery(payload=b"LOC-A-000", aim="]C0"))
        for _ in range(count):
            await self.simulator.deliver(Delivery(payload=f"01{gtin}10L7".encode(), aim="]C1"))


def counted(path):
    """(events, different ids, units) in the journal, read without the product."""
    if not path.exists():
        return 0, 0, 0
    query = (
        "SELECT count(*), count(DISTINCT body ->> '$.read_id'), coalesce(sum(body ->> '$.qty'), 0) FROM event"
        " WHERE body ->> '$.kind' = 'counted'"
    )
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return tuple(connection.execute(query).fetchone())


async def until(condition, what):
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.05)
    assert condition(), what


@pytest.mark.parametrize(("kind", "usual"), [("mqtt", 1_000), ("post", 400)])
async def test_no_message_is_lost_and_none_counts_twice(crew, warehouse, tmp_path, full, kind, usual):
    messages = 10_000 if full else usual
    folder, _ = warehouse
    journal, rng = folder / "journal.db", random.Random(11)
    sender = Sender(make_simulator(kind, random.Random(5), tmp_path / "sender"))
    await sender.simulator.start()
    sender.url = sender.simulator.url
    station = crew.StationProcess(sys.executable, SCRIPT, folder, [sender], [])
    await station.boot()
    await station.start()
    sending = asyncio.create_task(sender.send(crew.GTIN, messages))
    try:
        for kill in range(KILLS):
            await station.ready()
            due = (kill + 1) * messages // (KILLS + 2) + rng.randrange(messages // 20)
            await until(lambda due=due: counted(journal)[0] >= due, "the station counts no more")
            await asyncio.sleep(rng.uniform(0, 0.02))
            os.kill(station.pid, signal.SIGKILL)
            await station.dead()
            events, ids, units = counted(journal)
            assert events == ids == units
            if kill == 1 and kind == "mqtt":
                await sender.simulator.restart()
            await station.start()
        await sending
        await until(lambda: counted(journal)[0] >= messages, "messages were lost")
        await until(lambda: sender.satisfied, "messages were not acknowledged")
        await asyncio.sleep(0.5)  # what comes twice has come by then
        assert counted(journal) == (messages, messages, messages)
    finally:
        sending.cancel()
        with suppress(ProcessLookupError):
            os.kill(station.pid, signal.SIGKILL)
        await station.dead()
        await station.stop()
        await sender.simulator.stop()
    answer = verify(journal)
    assert answer.ok, answer.text
    assert not tally(read_events(journal), "AU1").counts["location"]  # it is still open
