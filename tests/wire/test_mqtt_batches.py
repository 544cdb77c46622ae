"""Batches over a real broker."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from drivers import Verdict
from drivers.registry import open_device
from drivers.simulators.mqtt import MqttSimulator


@pytest.fixture
async def dock(tmp_path: Path) -> AsyncIterator[MqttSimulator]:
    """A Zebra reader behind a broker."""
    simulator = MqttSimulator(random.Random(1), tmp_path, "zebra")
    await simulator.start()
    yield simulator
    await simulator.stop()


async def test_a_message_of_thousands_of_tags_is_acknowledged_with_the_last_of_them(dock: MqttSimulator) -> None:
    """As many as fit into the longest document, far more than wait for the consumer at a time."""
    device = open_device(dock.url, name="dock", clock=lambda: time.time_ns() // 1000, rng=random.Random(1))
    tags = [{"data": {"idHex": f"{number:04X}"}} for number in range(10_000)]
    batch = json.dumps(tags, separators=(",", ":")).encode()
    reads = device.reads()
    async with asyncio.timeout(120):
        first = asyncio.ensure_future(anext(reads))
        await dock.garbage(batch)
        got = [await first]
        while len(got) < len(tags):
            assert dock.acknowledged == 0
            got.append(await anext(reads))
        for read in got:
            await device.ack(read, Verdict.OK)
        while dock.acknowledged == 0:
            await asyncio.sleep(0.01)
    assert [int.from_bytes(read.payload, "big") for read in got] == list(range(10_000))
    await device.close()
