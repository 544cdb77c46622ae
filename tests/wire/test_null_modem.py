"""A bad wire: what arrives is read exactly as a plain reading of the same bytes says, nothing more, nothing less."""

import asyncio
import json
import random
import re
import time
from pathlib import Path

import pytest

from drivers import DriverError, Reason
from drivers.devices import WireDevice
from drivers.protocols.lines import LineProtocol
from drivers.transports.null_modem import NullModem, Quality
from drivers.transports.replay import CaptureTransport

ALLOWED = {0x04, 0x09, *range(0x1C, 0x20), *range(0x20, 0x7F), *range(0x80, 0x100)}


def plain_reading(data: bytes) -> list[bytes]:
    """The lines that are labels, said in the plainest way."""
    labels = []
    for line in re.split(rb"[\r\n]", data)[:-1]:
        if line in (b"", b"ERROR") or len(line) > 8192:
            continue
        payload = re.sub(rb"\A\](?:[A-Za-z][0-9]|z[ABC]|X[A-F])", b"", line)
        if not payload or not set(payload) <= ALLOWED:
            continue
        try:
            payload.decode("utf-8")
        except UnicodeDecodeError:
            continue
        labels.append(payload)
    return labels


@pytest.mark.parametrize("seed", range(5))
async def test_on_a_corrupting_wire_nothing_is_invented_lost_or_doubled(seed: int, tmp_path: Path, full: bool) -> None:
    modem = NullModem(random.Random(seed), Quality(split=True, corrupt=0.01, lose=0.005))
    capture = tmp_path / "wire.jsonl"
    wire = CaptureTransport(modem.host, capture, time.monotonic)
    device = WireDevice("t", "null:", lambda: 7, random.Random(seed), wire, LineProtocol())
    await modem.device.open()
    got: list[bytes] = []

    async def consume() -> None:
        async for read in device.reads():
            got.append(read.payload)

    consumer = asyncio.create_task(consume())
    count = 20_000 if full else 1000
    for number in range(count):
        await modem.device.send(b"]C0ITEM-%06d\r\n" % number)
        if number % 200 == 0:
            await asyncio.sleep(0)
    async with asyncio.timeout(120):
        while modem.host.buffer:
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    await device.close()
    await consumer
    arrived = b"".join(bytes.fromhex(json.loads(line)["hex"]) for line in capture.read_text().splitlines())
    assert got == plain_reading(arrived)
    clean = [payload for payload in got if re.fullmatch(rb"ITEM-\d{6}", payload)]
    assert 0.7 * count < len(clean) < count, "the wire was not bad, or hardly anything passed"


async def test_the_same_seed_spoils_the_same_bytes() -> None:
    async def heard(seed: int) -> bytes:
        modem = NullModem(random.Random(seed), Quality(corrupt=0.1, lose=0.1, split=True))
        await modem.host.open()
        await modem.device.open()
        await modem.device.send(bytes(1000))
        data = b""
        while modem.host.buffer:
            data += await modem.host.receive(1)
        return data

    first = await heard(1)
    assert first == await heard(1)
    assert first != await heard(2)
    assert 850 < len(first) < 950
    assert 60 < sum(byte != 0 for byte in first) < 130


async def test_delay_passes_through_the_given_sleep() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    modem = NullModem(random.Random(1), Quality(delay=3600), sleep=sleep)
    await modem.host.open()
    await modem.device.open()
    await modem.host.send(b"x")
    assert await modem.device.receive(1) == b"x"
    assert 0 < slept[0] < 3600


async def test_a_cut_wire_is_unplugged_after_what_arrived_and_can_be_mended() -> None:
    modem = NullModem(random.Random(1))
    await modem.host.open()
    await modem.device.open()
    await modem.device.send(b"last words")
    modem.cut()
    assert await modem.host.receive(1) == b"last words"
    with pytest.raises(DriverError) as caught:
        await modem.host.receive(1)
    assert caught.value.reason is Reason.UNPLUGGED
    with pytest.raises(DriverError) as caught:
        await modem.host.open()
    assert caught.value.reason is Reason.NOT_FOUND
    modem.mend()
    await modem.host.open()
    await modem.device.open()
    await modem.device.send(b"again")
    assert await modem.host.receive(1) == b"again"
