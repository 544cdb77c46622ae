"""SSI over a pseudo terminal: the scanner repeats, the host dies, and every scan counts once."""

import asyncio
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from drivers import DriverError, Verdict
from drivers.protocols.ssi import TONES
from drivers.protocols.ssi_packets import BEEP, NAK
from drivers.registry import open_device
from drivers.simulators.base import Delivery
from drivers.simulators.ssi import SsiSimulator, packets

HOST = Path(__file__).with_name("host.py")


def opened(simulator: SsiSimulator):
    return open_device(simulator.url, name="s", clock=lambda: time.time_ns() // 1000, rng=random.Random(2))


async def test_the_scanner_repeats_until_the_read_is_durable_and_it_is_one_read(tmp_path: Path) -> None:
    simulator = SsiSimulator(random.Random(1), tmp_path, resend_after=0.05)
    await simulator.start()
    device = opened(simulator)
    reads = device.reads()
    async with asyncio.timeout(20):
        scan = asyncio.create_task(simulator.deliver(Delivery(payload=b"4006381333931", aim="]E0")))
        read = await anext(reads)
        while simulator.resent < 3:
            await asyncio.sleep(0.01)
        assert not scan.done()
        await device.ack(read, Verdict.UNKNOWN)
        await scan
        scan = asyncio.create_task(simulator.deliver(Delivery(payload=b"x" * 600, aim="]Q1")))
        second = await anext(reads)
        await device.ack(second, Verdict.OK)
        await scan
    assert [(read.aim, read.payload), (second.aim, second.payload)] == [("]E0", b"4006381333931"), ("]Q1", b"x" * 600)]
    await device.close()
    assert (BEEP, bytes([TONES[Verdict.UNKNOWN]])) in simulator.heard
    await simulator.stop()


async def test_every_symbology_that_ssi_can_say_is_read_as_what_it_is(tmp_path: Path) -> None:
    aims = ["]A0", "]A1", "]C1", "]C4", "]G0", "]I1", "]L2", "]Q1", "]Q2", "]d0", "]d1", "]d2", "]e0", "]z3"]
    retail = [("]E0", b"4006381333931"), ("]E4", b"96385074")]
    addons = [("]E3", b"978020137962412"), ("]E3", b"400638133393151234")]
    long = b"]Q0 looks like an identifier " * 30
    scans = [(aim, b"1234567890") for aim in aims] + retail + addons + [("]Q1", long), ("]d0", long)]
    simulator = SsiSimulator(random.Random(1), tmp_path)
    await simulator.start()
    device = opened(simulator)
    reads = device.reads()
    got = []
    async with asyncio.timeout(20):
        for aim, payload in scans:
            scan = asyncio.create_task(simulator.deliver(Delivery(payload=payload, aim=aim)))
            read = await anext(reads)
            got.append((read.aim, read.payload))
            await device.ack(read, Verdict.OK)
            await scan
    assert got == scans
    assert packets(Delivery(b"978020137962412", "]E3"))[0][4] == 0x4B
    assert packets(Delivery(b"400638133393151234", "]E3"))[0][4] == 0x8B
    await device.close()
    await simulator.stop()


@pytest.mark.parametrize(("aim", "payload"), [("]X0", b"1"), ("]E0", b"123"), ("]E1", b"12"), ("]E3", b"4006381")])
async def test_a_symbol_that_ssi_cannot_say_is_refused_with_those_that_it_can(aim: str, payload: bytes) -> None:
    with pytest.raises(DriverError, match=r"SSI has no code type for \]...*; .*\]E0 \(13 digits\)"):
        packets(Delivery(payload, aim))


async def test_a_scan_on_a_noisy_line_is_refused_and_comes_again(tmp_path: Path) -> None:
    simulator = SsiSimulator(random.Random(1), tmp_path)
    await simulator.start()
    device = opened(simulator)
    reads = device.reads()
    async with asyncio.timeout(20):
        pending = asyncio.ensure_future(anext(reads))
        await simulator.garbage(bytes.fromhex("07f30000014e52fe66"))
        await simulator.garbage(b"\xff\xf3\x00\x00half of a packet")
        scan = asyncio.create_task(simulator.deliver(Delivery(payload=b"A", aim="]C0")))
        read = await pending
        await device.ack(read, Verdict.OK)
        await scan
    assert read.payload == b"A"
    assert (NAK, b"\x01") in simulator.heard
    await device.close()
    await simulator.stop()


@pytest.mark.parametrize("seed", range(2))
async def test_nothing_is_lost_and_nothing_counts_twice_when_the_host_dies(
    tmp_path: Path, seed: int, full: bool
) -> None:
    """Killed before the read is durable, between that and the acknowledgement, and after; codes repeat."""
    simulator = SsiSimulator(random.Random(seed), tmp_path, options=f"&memory={tmp_path / 'memory'}", resend_after=0.7)
    await simulator.start()
    journal = tmp_path / "journal"
    deaths = ["before", "between", "after"] * (4 if full else 1)
    random.Random(seed).shuffle(deaths)
    scans = len(deaths) + 2

    async def person() -> None:
        for number in range(scans):
            await simulator.deliver(Delivery(payload=b"4006381333931" if number % 3 else b"4006381333948", aim="]E0"))

    task = asyncio.create_task(person())
    async with asyncio.timeout(120):
        for death in deaths:
            host = await asyncio.create_subprocess_exec(sys.executable, HOST, simulator.url, journal, death)
            assert await host.wait() == -9
        host = subprocess.Popen([sys.executable, HOST, simulator.url, journal, "never"])
        try:
            await task
        finally:
            host.kill()
            host.wait()
    await simulator.stop()
    counted = [line.split()[1] for line in journal.read_text().splitlines()]
    assert counted == ["4006381333931" if number % 3 else "4006381333948" for number in range(scans)]
