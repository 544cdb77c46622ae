"""A scanner without its suffix, or with another, is told of within seconds; nothing that a pause cut off is a read."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from drivers.device import Device, State
from drivers.protocols.base import NO_END, Notice
from drivers.protocols.evdev import EVENT
from drivers.registry import open_device
from drivers.simulators.base import Delivery, Simulator, make_simulator
from drivers.simulators.keystrokes import Typist

SECONDS = 5
"""Within so many a person is told."""
CODE = b"4006381333931"


class Bench:
    """A simulated scanner, the driver at its other end, what was read and what was told."""

    def __init__(self, simulator: Simulator, device: Device) -> None:
        self.simulator, self.device = simulator, device
        self.reads: list[bytes] = []
        self.told: list[Notice] = []
        device.on_notice(self.told.append)

    async def consume(self) -> None:
        async for read in self.device.reads():
            self.reads.append(read.payload)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not true():
                await asyncio.sleep(0.02)

    async def notice(self) -> Notice:
        """The first notice of a missing end, waited for no longer than people have to."""
        async with asyncio.timeout(SECONDS):
            while not (ends := [notice for notice in self.told if notice.kind == NO_END]):
                await asyncio.sleep(0.02)
        return ends[0]


@asynccontextmanager
async def bench(scheme: str, folder: Path) -> AsyncIterator[Bench]:
    simulator = make_simulator(scheme, random.Random(1), folder)
    await simulator.start()
    device = open_device(simulator.url, name="scanner", clock=lambda: 0, rng=random.Random(2))
    found = Bench(simulator, device)
    task = asyncio.create_task(found.consume())
    try:
        await found.until(lambda: device.status.state is State.READY)
        yield found
    finally:
        await device.close()
        await simulator.stop()
        await task


@pytest.mark.parametrize("scheme", ["serial", "tcp"])
async def test_a_scanner_without_enter_is_told_of_and_never_believed(scheme: str, tmp_path: Path) -> None:
    async with bench(scheme, tmp_path) as it:
        await it.simulator.garbage(CODE)
        notice = await it.notice()
        assert notice.text == "13 bytes arrived without a line end (CR or LF): '4006381333931'"
        assert notice.fields["remedy"].startswith("set the scanner's suffix to CR or LF, or write in the URL")
        status = it.device.status
        assert (status.state, status.message) == (State.READY, notice.text)
        assert status.remedy == notice.fields["remedy"]
        await it.simulator.garbage(CODE + b"\r")  # two codes in one line: whose border was lost is neither
        await it.until(lambda: it.told[-1].kind == "noise")
        await it.simulator.deliver(Delivery(payload=b"LOC-A-01"))
        await it.until(lambda: len(it.reads) > 0)
        assert it.reads == [b"LOC-A-01"]
        assert it.device.status.message == ""
        assert [told.kind for told in it.told] == [NO_END, "noise"]


async def test_another_line_end_is_named_with_what_to_write(tmp_path: Path) -> None:
    async with bench("serial", tmp_path) as it:
        await it.simulator.garbage(CODE + b"\t")
        notice = await it.notice()
        assert "and end in TAB" in notice.text
        assert notice.fields["remedy"].endswith("or write in the URL of the device suffix=%09")


async def test_codes_that_come_without_a_pause_are_told_of_too(tmp_path: Path) -> None:
    async with bench("serial", tmp_path) as it:
        telling = asyncio.create_task(it.notice())
        while not telling.done():
            await it.simulator.garbage(b"A1")
            await asyncio.sleep(0.1)
        assert (await telling).kind == NO_END


async def test_what_waited_when_the_wire_broke_is_told_and_still_shown_when_it_is_back(tmp_path: Path) -> None:
    async with bench("serial", tmp_path) as it:
        await it.simulator.garbage(CODE)
        await it.until(lambda: bool(getattr(it.device, "protocol").waits))  # noqa: B009
        await it.simulator.unplug()
        notice = await it.notice()
        await it.until(lambda: it.device.status.state is State.LOST)
        await it.simulator.plug()
        await it.until(lambda: it.device.status.state is State.READY)
        assert it.device.status.message == notice.text
        await it.simulator.deliver(Delivery(payload=b"B"))
        await it.until(lambda: it.reads == [b"B"])
        assert [told.kind for told in it.told] == [NO_END]


async def test_a_scanner_that_has_its_suffix_is_not_told_to_set_it_when_its_wire_breaks(tmp_path: Path) -> None:
    async with bench("serial", tmp_path) as it:
        await it.simulator.deliver(Delivery(payload=b"A"))
        await it.until(lambda: it.reads == [b"A"])
        await it.simulator.garbage(CODE)
        await it.until(lambda: bool(getattr(it.device, "protocol").waits))  # noqa: B009
        await it.simulator.unplug()
        assert (await it.notice()).text == "the wire broke in the middle of a read, which is lost"
        await it.until(lambda: it.device.status.state is State.LOST)
        await it.simulator.plug()
        await it.until(lambda: it.device.status.state is State.READY)
        assert (it.device.status.message, it.device.status.remedy) == ("", "")


async def test_a_wedge_without_enter_is_told_of(tmp_path: Path) -> None:
    async with bench("evdev", tmp_path) as it:
        await it.simulator.garbage(Typist().line("LOC-A-01")[: -4 * EVENT.size])
        assert "without enter at their end: 'LOC-A-01'" in (await it.notice()).text
        assert it.reads == [] and it.device.status.remedy.startswith("set the scanner's suffix to Enter")


@pytest.mark.parametrize(
    ("sent", "told", "remedy"),
    [
        (b"4006381333931", "13 bytes arrived without a line end (CR or LF)", "set the scanner's suffix"),
        (b"4006381333931\r40063", "the wire broke in the middle of a read", "scan again"),
        (b"4006381333931\r", "", ""),
    ],
)
async def test_a_capture_that_ends_without_an_end_says_so(tmp_path: Path, sent: bytes, told: str, remedy: str) -> None:
    capture = tmp_path / "scanner.jsonl"
    capture.write_text(json.dumps({"t": 0, "hex": sent.hex()}) + "\n", "utf-8")
    device = open_device(f"replay:{capture}?protocol=lines", name="a", clock=lambda: 0, rng=random.Random(2))
    statuses: list[tuple[State, str, str]] = []
    device.on_status(lambda status: statuses.append((status.state, status.message, status.remedy)))
    reads = [read.payload async for read in device.reads()]
    (closed,) = [(message, mend) for state, message, mend in statuses if state is State.CLOSED and message]
    assert reads == [CODE] * (b"\r" in sent)
    assert closed[0].startswith(f"capture {capture} has ended") and told in closed[0]
    assert closed[1].startswith(remedy) and bool(closed[1]) == bool(remedy)
