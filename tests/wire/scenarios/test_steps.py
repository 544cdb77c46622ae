"""Silence, a clock that jumps, a message that is sent again: at the wire of every kind that these steps are for."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from drivers import Read, Reason, Verdict
from drivers.device import Device, State, Status
from drivers.registry import open_device
from drivers.simulators.base import Delivery
from drivers.simulators.kinds import CAMERAS, CARRIED, MQTT, ONLY, Carried
from drivers.simulators.scenario import Scenario, Step, play, start_simulators

PATIENCE = 60.0
TAGS = {kind for kind, carried in CARRIED.items() if carried == (Carried.TAG,)}
NOW = 1_800_000_000_000_000
HURRIED = {"keyence": ("heartbeat=2", "heartbeat=0.2"), "llrp": ("", "?keepalive=0.1")}
"""Kind -> how its URL is changed so that silence is noticed soon: what is replaced (nothing: appended), and by what."""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drivers that give up sooner than they do at work."""
    for name, seconds in {
        "protocols.polling.ASK_AGAIN": 0.3,
        "protocols.polling.GIVE_UP": 0.8,
        "protocols.mqtt._PING": 0.3,
        "protocols.mqtt._SILENT": 0.9,
        "protocols.mqtt._ANSWER": 1.0,
        "camera.latest.LatestFrame.SILENCE": 1.0,
        "camera.mjpeg.TIMEOUT": 1.0,
        "simulators.frames.FRAMES_SHOWN": 25,
    }.items():
        monkeypatch.setattr(f"drivers.{name}", seconds)


def delivery(kind: str, number: int) -> Delivery:
    if kind in TAGS:
        return Delivery(payload=bytes.fromhex("3034257bf7194e40") + number.to_bytes(4, "big"), epc=True)
    if kind == "pn532":
        return Delivery(payload=b"\x04" + number.to_bytes(3, "big"))
    return Delivery(payload=b"BIN-%02d" % number, aim="]C0")


class Host:
    """What reads the device of a scenario."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.reads: list[Read] = []
        self.statuses: list[Status] = []
        device.on_status(self.statuses.append)

    async def consume(self) -> None:
        async for read in self.device.reads():
            self.reads.append(read)
            await self.device.ack(read, Verdict.OK)

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            await asyncio.sleep(0.01)

    async def count(self, number: int) -> None:
        await self.until(lambda: len(self.reads) >= number)


Opened = Callable[..., AbstractAsyncContextManager[Host]]


@pytest.fixture
def played(tmp_path: Path) -> Opened:
    """Plays steps at a device of a kind; ``sleep`` passes their time.  The host is there until the block ends."""

    @asynccontextmanager
    async def run(kind: str, steps: list[Step], sleep: Callable[[Host, float], object]) -> AsyncIterator[Host]:
        scenario = Scenario(title=kind, seed=1, devices={"it": kind}, steps=tuple(steps))
        rng = random.Random(scenario.seed)
        async with asyncio.timeout(PATIENCE), start_simulators(scenario, rng=rng, folder=tmp_path) as simulators:
            url = simulators["it"].url
            old, new = HURRIED.get(kind, ("", ""))
            host = Host(open_device(url.replace(old, new) if old else url + new, name=kind, clock=lambda: NOW, rng=rng))
            task = asyncio.create_task(host.consume())
            try:
                await host.until(lambda: host.device.status.state is State.READY)
                await play(scenario, simulators, sleep=lambda seconds: sleep(host, seconds), rng=rng)  # type: ignore[arg-type, return-value]
                yield host
            finally:
                await host.device.close()
                await task

    return run


def scan(kind: str, number: int) -> Step:
    return Step(do="scan", device="it", delivery=delivery(kind, number))


def payloads(kind: str, *numbers: int) -> list[bytes]:
    return [delivery(kind, number).payload for number in numbers]


@pytest.mark.parametrize("kind", ONLY["silence"])
async def test_silence_is_noticed_and_ends_by_itself(kind: str, played: Opened) -> None:
    recovers = 10.0

    async def pass_time(host: Host, seconds: float) -> None:
        await host.count(1)
        if seconds == recovers:
            await host.until(lambda: host.device.status.state is State.READY)
        elif seconds:  # of the silence: as long as it takes to notice
            await host.until(lambda: any(status.state is State.LOST for status in host.statuses))
            assert all(status.remedy for status in host.statuses if status.state is State.LOST)
            assert [read.payload for read in host.reads] == payloads(kind, 1)

    silence, wait = Step(do="silence", device="it", seconds=30), Step(do="wait", seconds=recovers)
    async with played(kind, [scan(kind, 1), silence, wait, scan(kind, 2)], pass_time) as host:
        await host.until(lambda: host.reads[-1].payload == payloads(kind, 2)[0])
        heard = [read.payload for read in host.reads]
        if kind in MQTT:  # the silence may have swallowed the acknowledgement: then the broker delivers again (QoS 1)
            heard = list(dict.fromkeys(heard))
        assert heard == payloads(kind, 1, 2)
        lost = next(status for status in host.statuses if status.state is State.LOST)
        assert lost.reason in (Reason.TIMEOUT, *((Reason.UNPLUGGED,) if kind in CAMERAS else ()))


@pytest.mark.parametrize("kind", ONLY["clock"])
async def test_a_clock_that_jumps_costs_no_read(kind: str, played: Opened) -> None:
    async def pass_time(host: Host, seconds: float) -> None:
        del host, seconds

    jumps = [Step(do="clock", device="it", seconds=seconds) for seconds in (-86_400, 7 * 86_400)]
    steps = [scan(kind, 1), jumps[0], scan(kind, 2), jumps[1], scan(kind, 3)]
    async with played(kind, steps, pass_time) as host:
        await host.count(3)
        assert [read.payload for read in host.reads] == payloads(kind, 1, 2, 3)
        assert {read.received_at for read in host.reads} == {NOW}, "the station's own time counts"
        times = [read.device_time for read in host.reads]
        if kind == "evdev":
            assert times == [None] * 3
        else:
            first, second, third = map(float, filter(None, times))
            assert first - second == pytest.approx(86_400e6, abs=60e6)
            assert third - second == pytest.approx(7 * 86_400e6, abs=60e6)


@pytest.mark.parametrize("kind", ONLY["resend"])
async def test_what_is_sent_again_is_known_by_its_id(kind: str, played: Opened) -> None:
    async def pass_time(host: Host, seconds: float) -> None:
        await host.count(1)

    again = Step(do="resend", device="it")
    async with played(kind, [scan(kind, 1), again, again, scan(kind, 2)], pass_time) as host:
        last = delivery(kind, 2).payload
        await host.until(lambda: bool(host.reads) and host.reads[-1].payload == last)
        assert {read.payload for read in host.reads} == set(payloads(kind, 1, 2))
        if kind in ("ssi", "mqtt", "post"):  # the others report tags, which count once by their serial
            assert len({read.read_id for read in host.reads}) == 2
            assert None not in {read.read_id for read in host.reads}
        if kind in MQTT:
            assert len(host.reads) == 4, "the broker hands on what was published"
