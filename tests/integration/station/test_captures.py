"""Raw tag reads are kept where the settings of a device ask for it, within a bound, and play back."""

import asyncio
import random
from pathlib import Path
from urllib.parse import quote

from prometheus_client import CollectorRegistry, generate_latest

from drivers.device import State
from drivers.registry import open_device
from drivers.simulators.base import Delivery
from drivers.simulators.llrp import LlrpSimulator
from drivers.transports.replay import CaptureTransport, read_capture
from scanstation.settings import DeviceSettings
from scanstation.station.metrics import StationMetrics
from scanstation.station.service import Station

EPCS = [bytes.fromhex(f"30740257BF7194E4000018{number:02X}") for number in range(20)]


async def played(path: Path) -> list[bytes]:
    device = open_device(f"replay:{quote(str(path))}?protocol=llrp&speed=0", clock=lambda: 7, rng=random.Random(1))
    async with asyncio.timeout(30):
        return [read.payload async for read in device.reads()]


async def test_the_raw_reads_of_a_gate_play_back(station: Station, tmp_path: Path) -> None:
    asked, silent = LlrpSimulator(random.Random(1)), LlrpSimulator(random.Random(2))
    for name, gate, size in (("gate/1", asked, 1), ("gate 2", silent, 0)):
        await gate.start()
        station.devices.add(DeviceSettings(name=name, url=gate.url, capture_mb=size))
    async with asyncio.timeout(30):
        for epc in EPCS:
            await asked.deliver(Delivery(epc))
            await silent.deliver(Delivery(epc))
        while min(station.watches.of(name).reads for name in station.devices) < len(EPCS):
            await asyncio.sleep(0.01)
        await asked.unplug()
        while station.devices["gate/1"].status.state is State.READY:
            await asyncio.sleep(0.01)
        await asked.plug()
        await asked.deliver(Delivery(EPCS[0]))
        while station.watches.of("gate/1").reads <= len(EPCS):
            await asyncio.sleep(0.01)
    assert await played(station.settings.capture_path("gate/1")) == [*EPCS, EPCS[0]]
    assert [path.name for path in (tmp_path / "captures").iterdir()] == ["gate%2F1.jsonl"]
    registry = CollectorRegistry()
    StationMetrics(station, registry)
    assert b'scanstation_capture_lines_dropped_total{device="gate/1"} 0.0' in generate_latest(registry)
    await asked.stop()
    await silent.stop()


class Portions:
    """A wire on which one portion after the other comes."""

    def __init__(self) -> None:
        self.sent = 0

    async def open(self) -> None:
        """Nothing to connect."""

    async def receive(self, timeout: float) -> bytes:
        del timeout
        self.sent += 1
        return self.sent.to_bytes(4, "big") * 25

    async def send(self, data: bytes) -> None:
        """Nobody listens."""

    async def close(self) -> None:
        """Nothing to release."""


async def test_a_capture_keeps_the_latest_within_its_bound_and_counts_what_it_dropped(tmp_path: Path) -> None:
    path, ticks = tmp_path / "new" / "c.jsonl", iter(range(10_000))
    capture = CaptureTransport(Portions(), path, lambda: float(next(ticks)), most_bytes=10_000)
    await capture.open()
    for _ in range(1_000):
        await capture.receive(1.0)
    await capture.close()
    older = path.with_name("c.jsonl.1")
    assert path.stat().st_size + older.stat().st_size <= 10_000
    kept = [read_capture(file) for file in (older, path)]
    assert all(portions[0].t <= 1.0 for portions in kept)
    numbers = [int.from_bytes(portion.data[:4], "big") for portions in kept for portion in portions]
    assert numbers == list(range(1_001 - len(numbers), 1_001))
    assert capture.dropped == 1_000 - len(numbers) > 0


async def test_a_disk_that_refuses_costs_the_capture_and_not_the_read(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    capture = CaptureTransport(Portions(), path, lambda: 0.0, most_bytes=1_000)
    await capture.open()
    path.with_name("c.jsonl.1").mkdir()
    for _ in range(10):
        assert await capture.receive(1.0)
    assert capture.dropped > 0
    path.with_name("c.jsonl.1").rmdir()
    dropped = capture.dropped
    assert await capture.receive(1.0)
    assert capture.dropped == dropped
    await capture.close()
