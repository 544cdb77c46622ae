"""Captures: written from a live wire, played back to the same reads."""

import asyncio
import random
import subprocess
import sys
from pathlib import Path

import pytest

from drivers import DriverError, Reason
from drivers.device import State, Status
from drivers.devices import WireDevice
from drivers.protocols.lines import LineProtocol
from drivers.registry import open_device
from drivers.simulators.base import Delivery
from drivers.simulators.scanner import ScannerSimulator
from drivers.transports.replay import CaptureTransport, ReplayTransport, read_capture
from drivers.transports.serial import SerialTransport


async def payloads(url: str) -> list[bytes]:
    device = open_device(url, clock=lambda: 7, rng=random.Random(1))
    async with asyncio.timeout(20):
        found = [read.payload async for read in device.reads()]
    assert device.status.state is State.CLOSED
    await device.close()
    return found


async def test_a_captured_wire_plays_back_to_the_same_reads(tmp_path: Path) -> None:
    scanner = ScannerSimulator(random.Random(1), tmp_path)
    await scanner.start()
    ticks = iter(range(1000))
    file = tmp_path / "capture.jsonl"
    wire = CaptureTransport(SerialTransport(str(scanner.link)), file, lambda: next(ticks) / 10)
    device = WireDevice("t", "serial:", lambda: 7, random.Random(1), wire, LineProtocol())
    reads = device.reads()
    live = []
    for number in range(5):
        await scanner.deliver(Delivery(b"ITEM %d" % number, "]C0"))
        live.append((await asyncio.wait_for(anext(reads), 10)).payload)
    await scanner.break_off(Delivery(b"HALF"))
    async with asyncio.timeout(10):
        while device.status.state is not State.LOST:
            await asyncio.sleep(0.01)
    await scanner.plug()
    await scanner.deliver(Delivery(b"after"))
    live.append((await asyncio.wait_for(anext(reads), 10)).payload)
    await device.close()
    await scanner.stop()
    assert live[-1] == b"after"
    assert [portion.t for portion in read_capture(file)] == sorted(portion.t for portion in read_capture(file))
    # a capture knows bytes, not cables: the half scan is joined to the next when it is played back
    assert (await payloads(f"replay:{file}?speed=0"))[:5] == live[:5]


async def test_speed_passes_through_the_given_sleep(tmp_path: Path) -> None:
    file = tmp_path / "c.jsonl"
    file.write_text('{"t": 1.0, "hex": "41"}\n\n{"t": 3.0, "hex": "42"}\n')
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    wire = ReplayTransport(file, speed=10, sleep=sleep)
    await wire.open()
    assert [await wire.receive(5), await wire.receive(5)] == [b"A", b"B"]
    assert slept == pytest.approx([0.1, 0.2])
    with pytest.raises(DriverError) as caught:
        await wire.receive(5)
    assert caught.value.reason is Reason.CLOSED
    slow = ReplayTransport(file, speed=1, sleep=sleep)
    await slow.open()
    assert [await slow.receive(0.6), await slow.receive(0.6)] == [b"", b"A"]


async def test_all_errors_of_a_capture_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "c.jsonl"
    file.write_text('{"t": 1.0, "hex": "41"}\nnonsense\n{"t": 2}\n{"t": 3, "hex": "4"}\n{"t": 0.5, "hex": "41"}\n[1]\n')
    with pytest.raises(DriverError) as caught:
        read_capture(file)
    assert caught.value.reason is Reason.BAD_FILE
    for number in (2, 3, 4, 5, 6):
        assert f"line {number}: " in str(caught.value)
    assert '{"t": 0.25' in caught.value.remedy


@pytest.mark.parametrize(
    ("made", "reason", "words"),
    [
        (None, Reason.NOT_FOUND, "no such file"),
        (b"nonsense\n", Reason.BAD_FILE, "line 1: "),
        (b"\xff\xfe", Reason.BAD_FILE, "no text"),
        ("folder", Reason.PERMISSION, "Is a directory"),
    ],
)
async def test_a_capture_that_cannot_be_played_is_told_and_not_tried_again(
    tmp_path: Path, made: bytes | str | None, reason: Reason, words: str
) -> None:
    file = tmp_path / "c.jsonl"
    if made == "folder":
        file.mkdir()
    elif isinstance(made, bytes):
        file.write_bytes(made)
    device = open_device(f"replay:{file}", clock=lambda: 7, rng=random.Random(1))
    told: list[Status] = []
    device.on_status(told.append)
    async with asyncio.timeout(20):
        assert [read async for read in device.reads()] == []
    assert [status.state for status in told] == [State.CONNECTING, State.LOST]
    assert device.status.reason is reason
    assert str(file) in device.status.message and words in device.status.message
    assert device.status.remedy
    await device.close()


def test_the_command_that_reads_a_missing_capture_fails_with_the_remedy(tmp_path: Path) -> None:
    tool = [sys.executable, "-m", "scanstation", "devices", "read", f"replay:{tmp_path}/none.jsonl"]
    done = subprocess.run(tool, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert "none.jsonl: no such file" in done.stderr and "remedy: mend the path" in done.stderr
