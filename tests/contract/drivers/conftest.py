"""A bench for every driver: a simulated device and the real driver joined by their wire, found by entry point."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from drivers import Read, Verdict
from drivers.device import Device, State, Status
from drivers.registry import open_device
from drivers.simulators.base import Delivery, Simulator, make_simulator, simulator_schemes

PATIENCE = 20.0
"""Seconds that a test waits for what must come; a loaded machine is slow, a defect never comes."""


def now() -> int:
    return time.time_ns() // 1000


@dataclass(frozen=True)
class Traits:
    """What differs between the kinds of device for the one suite."""

    deliver: Callable[[int], Delivery]
    garbage: Callable[[random.Random, int], bytes]
    many: int
    busy: bool  # the device serves one host at a time
    pause: float = 0.0  # seconds between deliveries that the medium needs


def barcode(number: int) -> Delivery:
    return Delivery(payload=b"ITEM-%06d" % number, aim="]C0")


def tag(number: int) -> Delivery:
    return Delivery(payload=bytes.fromhex("3034257bf7194e40") + number.to_bytes(4, "big"), epc=True)


def line_noise(rng: random.Random, size: int) -> bytes:
    """What a bad cable makes: bytes that no label has, cut into lines anywhere; the last line is ended."""
    bad = bytes([*range(0x0E, 0x1C), *range(0x80, 0xC0), 0x7F, 0xFF])
    return bytes(rng.choice(bad) if rng.random() > 0.01 else 0x0D for _ in range(size)) + b"\r"


def random_bytes(rng: random.Random, size: int) -> bytes:
    return rng.randbytes(size)


TRAITS = {
    "serial": Traits(barcode, line_noise, many=300, busy=True),
    "tcp": Traits(barcode, line_noise, many=300, busy=True),
    "llrp": Traits(tag, random_bytes, many=300, busy=True),
    "camera": Traits(barcode, random_bytes, many=4, busy=False),
    "ssi": Traits(barcode, random_bytes, many=100, busy=True),
    "http": Traits(tag, random_bytes, many=300, busy=True),
    "post": Traits(barcode, random_bytes, many=100, busy=True),
    "post-zebra": Traits(tag, random_bytes, many=100, busy=True),
    "mqtt": Traits(barcode, random_bytes, many=100, busy=True),
    "mqtt-zebra": Traits(tag, random_bytes, many=100, busy=True),
    "mqtt-impinj": Traits(tag, random_bytes, many=100, busy=True),
}


@dataclass
class Bench:
    """Simulator and driver; `payloads` and `statuses` grow while the driver runs."""

    scheme: str
    simulator: Simulator
    device: Device
    rng: random.Random
    reads: list[Read] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def traits(self) -> Traits:
        return TRAITS[self.scheme]

    @property
    def payloads(self) -> list[bytes]:
        return [read.payload for read in self.reads]

    def connect(self, device: Device | None = None) -> Device:
        """Start to consume the reads of the bench's device, or of another one at the same wire."""
        chosen = device or self.device
        if device is None:
            chosen.on_status(self.statuses.append)
        self.tasks.append(asyncio.create_task(self._consume(chosen)))
        return chosen

    def another(self) -> Device:
        """A second driver for the same wire."""
        return open_device(self.simulator.url, name="another", clock=now, rng=random.Random(99))

    async def _consume(self, device: Device) -> None:
        async for read in device.reads():
            self.reads.append(read)
            await device.ack(read, Verdict.OK)

    async def deliver(self, numbers: range) -> list[bytes]:
        """Deliver these, in order; return their payloads."""
        for number in numbers:
            await asyncio.wait_for(self.simulator.deliver(self.traits.deliver(number)), PATIENCE)
        return [self.traits.deliver(number).payload for number in numbers]

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until the condition holds; fail with the words when it never does."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, (
                f"{self.scheme}: {what}; status {self.device.status}, {len(self.reads)} reads"
            )
            await asyncio.sleep(0.01)

    async def until_state(self, state: State, device: Device | None = None) -> None:
        chosen = device or self.device
        await self.until(lambda: chosen.status.state is state, f"never {state}")

    async def until_count(self, count: int) -> None:
        await self.until(lambda: len(self.reads) >= count, f"{count} reads never came")


@asynccontextmanager
async def bench(scheme: str, folder: Path, seed: int = 1) -> AsyncIterator[Bench]:
    """A started simulator and an unconnected driver; both are gone at the end."""
    simulator = make_simulator(scheme, random.Random(seed), folder)
    await simulator.start()
    device = open_device(simulator.url, name="under test", clock=now, rng=random.Random(seed + 1))
    made = Bench(scheme, simulator, device, random.Random(seed + 2))
    try:
        yield made
    finally:
        await device.close()
        for task in made.tasks:
            task.cancel()
        await asyncio.gather(*made.tasks, return_exceptions=True)
        await simulator.stop()


OpenBench = Callable[[], AbstractAsyncContextManager[Bench]]


@pytest.fixture(params=simulator_schemes())
def scheme(request: pytest.FixtureRequest) -> str:
    """Every scheme that has a simulator; a new one without traits fails here and so asks for them."""
    name = str(request.param)
    assert name in TRAITS, f"add the traits of {name} to this conftest"
    return name


@pytest.fixture
def open_bench(scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenBench:
    """Opens a bench for the scheme; may be called more than once.

    Labels are held before the camera longer than the demo does: on a loaded machine few of the frames get looked at.
    """
    if scheme == "camera":
        monkeypatch.setattr("drivers.simulators.frames.FRAMES_SHOWN", 45)
    return lambda: bench(scheme, tmp_path)
