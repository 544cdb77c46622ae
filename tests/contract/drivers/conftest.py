"""A bench for every driver: a simulated device and the real driver joined by their wire, found by entry point."""

import asyncio
import os
import random
import time
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import cast

import pytest

from drivers import DriverError, Read, Verdict
from drivers.device import Device, State, Status
from drivers.registry import open_device
from drivers.simulators.badge_reader import BadgeReaderSimulator
from drivers.simulators.base import Delivery, Simulator, make_simulator, simulator_schemes
from drivers.simulators.faults import line_noise
from drivers.simulators.frames import CameraSimulator

PATIENCE = 20.0
"""Seconds that a test waits for what must come; a loaded machine is slow, a defect never comes."""


def full_count() -> bool:
    return os.environ.get("SCANSTATION_FULL") == "1"


def now() -> int:
    return time.time_ns() // 1000


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What differs between the kinds of device for the one suite.

    A case of the suite that cannot apply to a kind is named in ``without`` with the reason, as a property of the
    device; the suite checks that reason instead of running the case.  ``held``: a label stays in view until it is read.
    """

    deliver: Callable[[int], Delivery]
    garbage: Callable[[random.Random, int], bytes]
    many: int = 300
    held: bool = False
    group: str = ""  # what the remedy of a missing permission names
    without: Mapping[str, str] = field(default_factory=dict)


def barcode(number: int) -> Delivery:
    return Delivery(payload=b"ITEM-%06d" % number, aim="]C0")


def tag(number: int) -> Delivery:
    return Delivery(payload=bytes.fromhex("3034257bf7194e40") + number.to_bytes(4, "big"), epc=True)


def random_bytes(rng: random.Random, size: int) -> bytes:
    return rng.randbytes(size)


def badge(number: int) -> Delivery:
    return Delivery(payload=b"\x67" + number.to_bytes(4, "big"))


def card(number: int) -> Delivery:
    return Delivery(payload=b"\x04" + number.to_bytes(3, "big"))


NETWORK = {
    "permission": "a peer in the network has no file mode; who may talk to it, its own settings say",
    "rename": "a network peer keeps its address when it is switched off and on",
}
CAMERA = {
    **NETWORK,
    "busy": "a picture source serves several hosts at once",
    "slow consumer": "a live picture does not wait",
}
BADGES = {
    "permission": "pcscd runs as root and polkit decides; the mode of no file says who may use a reader",
    "rename": "pcscd names a reader by its model and slot, not by the port that it is plugged into",
    "busy": "a reader belongs to nobody until a card lies on it",
    "slow consumer": "a person puts on one badge after the other",
}
ROW = 40
"""Reads for modules that are asked for each one."""

TRAITS = {
    "serial": Traits(deliver=barcode, garbage=line_noise, group="dialout"),
    "tcp": Traits(deliver=barcode, garbage=line_noise, without=NETWORK),
    "llrp": Traits(deliver=tag, garbage=random_bytes, without=NETWORK),
    "camera": Traits(deliver=barcode, garbage=random_bytes, many=4, held=True, without=CAMERA),
    "rtsp": Traits(deliver=barcode, garbage=random_bytes, many=4, held=True, without=CAMERA),
    "ssi": Traits(deliver=barcode, garbage=random_bytes, many=100, group="dialout"),
    "http": Traits(deliver=tag, garbage=random_bytes, without=NETWORK),
    "post": Traits(deliver=barcode, garbage=random_bytes, many=100, without=NETWORK),
    "post-zebra": Traits(deliver=tag, garbage=random_bytes, many=100, without=NETWORK),
    "mqtt": Traits(deliver=barcode, garbage=random_bytes, many=100, without=NETWORK),
    "mqtt-zebra": Traits(deliver=tag, garbage=random_bytes, many=100, without=NETWORK),
    "mqtt-impinj": Traits(deliver=tag, garbage=random_bytes, many=100, without=NETWORK),
    "keyence": Traits(deliver=barcode, garbage=line_noise, many=ROW, without=NETWORK),
    "tcp-caller": Traits(deliver=barcode, garbage=line_noise, without=NETWORK),
    "honeywell": Traits(deliver=barcode, garbage=random_bytes, many=ROW, group="dialout"),
    "rdm6300": Traits(deliver=badge, garbage=random_bytes, many=ROW, group="dialout"),
    "id12": Traits(deliver=badge, garbage=random_bytes, many=ROW, group="dialout"),
    "r200": Traits(deliver=tag, garbage=random_bytes, many=ROW, group="dialout"),
    "chainway": Traits(deliver=tag, garbage=random_bytes, many=ROW, group="dialout"),
    "uhfreader18": Traits(deliver=tag, garbage=random_bytes, many=ROW, group="dialout"),
    "thingmagic": Traits(deliver=tag, garbage=random_bytes, many=ROW, group="dialout"),
    "thingmagic stream": Traits(deliver=tag, garbage=random_bytes, many=ROW, group="dialout"),
    "pn532": Traits(deliver=card, garbage=random_bytes, many=ROW, group="dialout"),
    "tsl": Traits(deliver=tag, garbage=line_noise, many=ROW, group="dialout"),
    "evdev": Traits(deliver=barcode, garbage=random_bytes, many=100, group="input"),
    "pcsc": Traits(deliver=card, garbage=random_bytes, many=3, without=BADGES),
    "hidraw": Traits(deliver=barcode, garbage=random_bytes, group="udev"),
}


WAYS = {"thingmagic stream": ("thingmagic", "&mode=stream")}
"""Another way to use a simulated device: its scheme, and what is added to its URL."""


def traits_of(scheme: str) -> Traits:
    """The traits of a scheme: from the table, or from a package of its own (entry point, a mapping of the fields)."""
    if scheme in TRAITS:
        return TRAITS[scheme]
    for entry in entry_points(group="scanstation.contract", name=scheme):
        return Traits(**entry.load())
    pytest.fail(f"add the traits of {scheme} to this conftest, or to the package that brings its driver")


SAME_WIRE = {
    "honeywell", "rdm6300", "id12", "r200", "chainway", "uhfreader18", "thingmagic", "thingmagic stream", "pn532",
    "tsl",
}  # fmt: skip
"""Protocols on the serial wire: what concerns the wire alone is shown by ``serial``, and by them at full count."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, unless at full count, what another protocol on the same wire shows as well (marker ``wire``)."""
    if full_count():
        return
    same = [item for item in items if item.get_closest_marker("wire") and _scheme_of(item) in SAME_WIRE]
    config.hook.pytest_deselected(items=same)
    items[:] = [item for item in items if item not in set(same)]


def _scheme_of(item: pytest.Item) -> object:
    return getattr(item, "callspec").params.get("scheme")  # noqa: B009  (Item has none for mypy)


@dataclass
class Bench:
    """Simulator and driver; `payloads` and `statuses` grow while the driver runs.

    ``more`` is added to the simulator's URL.
    """

    scheme: str
    simulator: Simulator
    device: Device
    rng: random.Random
    more: str = ""
    reads: list[Read] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def traits(self) -> Traits:
        return traits_of(self.scheme)

    @property
    def payloads(self) -> list[bytes]:
        return [read.payload for read in self.reads]

    def lacks(self, case: str) -> bool:
        """Whether a case of the suite cannot apply to this kind of device; its traits say why."""
        reason = self.traits.without.get(case)
        assert reason is None or len(reason) > 20, f"{self.scheme}: say why {case} cannot apply"
        return reason is not None

    def connect(self, device: Device | None = None) -> Device:
        """Start to consume the reads of the bench's device, or of another one at the same wire."""
        chosen = device or self.device
        if device is None:
            chosen.on_status(self.statuses.append)
        self.tasks.append(asyncio.create_task(self._consume(chosen)))
        return chosen

    def another(self) -> Device:
        """A second driver for the same wire."""
        return open_device(self.simulator.url + self.more, name="another", clock=now, rng=random.Random(99))

    async def _consume(self, device: Device) -> None:
        async for read in device.reads():
            self.reads.append(read)
            await device.ack(read, Verdict.OK)

    async def deliver(self, numbers: range) -> list[bytes]:
        """Deliver these, in order; return their payloads."""
        for number in numbers:
            show = self._hold if self.traits.held else self.simulator.deliver
            await asyncio.wait_for(show(self.traits.deliver(number)), PATIENCE)
        return [self.traits.deliver(number).payload for number in numbers]

    async def _hold(self, delivery: Delivery) -> None:
        """Hold a label before the camera until it is read: a loaded machine looks at few of the frames."""
        count = len(self.reads)
        async with cast(CameraSimulator, self.simulator).held(delivery):
            await self.until_count(count + 1)

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
    kind, more = WAYS.get(scheme, (scheme, ""))
    simulator = make_simulator(kind, random.Random(seed), folder)
    await _start(simulator)
    device = open_device(simulator.url + more, name="under test", clock=now, rng=random.Random(seed + 1))
    made = Bench(scheme, simulator, device, random.Random(seed + 2), more)
    try:
        yield made
    finally:
        await device.close()
        for task in made.tasks:
            task.cancel()
        await asyncio.gather(*made.tasks, return_exceptions=True)
        await simulator.stop()


async def _start(simulator: Simulator) -> None:
    """Start it; where this machine lacks the badge reader's service or its rights, skip, but fail under CI=true."""
    try:
        await simulator.start()
    except DriverError as error:
        if isinstance(simulator, BadgeReaderSimulator) and os.environ.get("CI") != "true":
            pytest.skip(f"{error}; {error.remedy}")
        raise


OpenBench = Callable[..., AbstractAsyncContextManager[Bench]]


@pytest.fixture(params=[*simulator_schemes(), *WAYS])
def scheme(request: pytest.FixtureRequest) -> str:
    """Every scheme that has a simulator, and the other ways; a new one without traits fails here: it asks for them."""
    name = str(request.param)
    traits_of(name)
    return name


@pytest.fixture
def open_bench(scheme: str, tmp_path: Path) -> OpenBench:
    """Opens a bench for the scheme; may be called more than once, at the same time by a name for each."""

    def opened(name: str = "") -> AbstractAsyncContextManager[Bench]:
        folder = tmp_path / f"{zlib.crc32(name.encode()):x}" if name else tmp_path
        folder.mkdir(exist_ok=True)
        return bench(scheme, folder)

    return opened
