"""Keyboard wedges by URL in four layouts, through a pipe in place of the device file."""

import asyncio
import random
from pathlib import Path

import pytest

from drivers.device import State
from drivers.registry import open_device
from drivers.simulators.base import Delivery
from drivers.simulators.faults import Faults
from drivers.simulators.pipes import WedgeSimulator

LABELS = (
    "4006381333931",
    "0109506000134352\x1d21XYZ-zyq\x1d10L1",
    "[)>\x1e06\x1dP12\"3/4'\x1e\x04",
    "Größe_42 #@é",
)


@pytest.mark.parametrize("layout", ["us", "uk", "de", "fr"])
async def test_labels_come_as_they_were_printed_in_every_layout(layout: str, tmp_path: Path) -> None:
    simulator = WedgeSimulator(random.Random(1), tmp_path, layout)
    simulator.faults = Faults(split=0.02)
    await simulator.start()
    device = open_device(simulator.url, name="wedge", clock=lambda: 0, rng=random.Random(2))
    got: list[str] = []

    async def consume() -> None:
        async for read in device.reads():
            got.append(read.payload.decode())

    task = asyncio.create_task(consume())
    try:
        async with asyncio.timeout(60):
            for label in LABELS:
                await simulator.deliver(Delivery(payload=label.encode()))
                simulator.jump(-3600)
            while len(got) < len(LABELS):
                await asyncio.sleep(0.01)
            await simulator.unplug()
            while device.status.state is not State.LOST:
                await asyncio.sleep(0.01)
            await simulator.plug()
            await simulator.deliver(Delivery(payload=b"again"))
            while len(got) <= len(LABELS):
                await asyncio.sleep(0.01)
    finally:
        await device.close()
        await simulator.stop()
        await task
    assert got == [*LABELS, "again"]
