"""The LLRP device on a real TCP connection to the simulated reader."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drivers.device import State
from drivers.devices.wire import Backoff
from drivers.errors import DriverError, Reason
from drivers.llrp import llrp_device
from drivers.read import Carrier
from drivers.simulators.base import Delivery
from drivers.simulators.llrp import FieldTag, LlrpSimulator

Open = Callable[[str], Any]
READER = Path(__file__).resolve().parents[3] / "bench/peers/llrp_reader.py"


def tag(number: int) -> bytes:
    return bytes.fromhex("3034257bf7194e40") + number.to_bytes(4, "big")


async def test_a_sweep_arrives_read_by_read(simulator: LlrpSimulator, station: Open) -> None:
    async with station(simulator.url + "?every=5") as host:
        await host.until_state(State.READY)
        sent = await simulator.sweep([FieldTag(epc=tag(n), antenna=1 + n % 4) for n in range(60)], rounds=10)
        await host.until(lambda: len(host.reads) >= len(sent))
        assert host.payloads == [read.epc for read in sent]
        assert [read.antenna for read in host.reads] == [read.antenna for read in sent]
        assert [read.rssi_dbm for read in host.reads] == [round(read.rssi_dbm) for read in sent]
        assert {read.carrier for read in host.reads} == {Carrier.EPC}
        assert {read.pc for read in host.reads} == {0x3000}
        assert all(read.device_time for read in host.reads)


async def test_only_the_antennas_of_the_url_are_read(simulator: LlrpSimulator, station: Open) -> None:
    async with station(simulator.url + "?antennas=2,3") as host:
        await host.until_state(State.READY)
        for antenna in (1, 2, 3, 4, 2):
            await simulator.deliver(Delivery(payload=tag(antenna), epc=True, antenna=antenna))
        await host.until(lambda: len(host.reads) >= 3)
        await asyncio.sleep(0.05)
        assert [read.antenna for read in host.reads] == [2, 3, 2]


async def test_keepalives_are_acknowledged(simulator: LlrpSimulator, station: Open) -> None:
    async with station(simulator.url + "?keepalive=0.1") as host:
        await host.until(lambda: simulator.state.acknowledged >= 3)
        assert host.device.status.state is State.READY


async def test_a_reader_that_falls_silent_is_lost_and_called_again(simulator: LlrpSimulator, station: Open) -> None:
    async with station(simulator.url + "?keepalive=0.1") as host:
        await host.until_state(State.READY)
        simulator.silent = True
        await host.until(lambda: any(status.reason is Reason.TIMEOUT for status in host.statuses))
        assert "3 keepalives missed" in next(s.message for s in host.statuses if s.reason is Reason.TIMEOUT)
        simulator.silent = False
        await host.until_state(State.READY)
        await simulator.deliver(Delivery(payload=tag(1), epc=True))
        await host.until(lambda: host.payloads == [tag(1)])


async def test_a_port_that_speaks_no_llrp_is_named(station: Open) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with station(f"llrp://127.0.0.1:{port}?answer=0.2") as host:
        await host.until(lambda: any("no LLRP greeting" in status.message for status in host.statuses))
        assert State.READY not in {status.state for status in host.statuses}
    server.close()


async def test_a_reader_that_ends_politely_is_called_again(simulator: LlrpSimulator, station: Open) -> None:
    async with station(simulator.url) as host:
        await host.until_state(State.READY)
        await simulator.close_politely()
        await host.until(lambda: any("closed the connection" in status.message for status in host.statuses))
        await host.until_state(State.READY)
        await simulator.deliver(Delivery(payload=tag(2), epc=True))
        await host.until(lambda: host.payloads == [tag(2)])


async def test_a_second_host_is_told_that_the_reader_is_taken(simulator: LlrpSimulator, station: Open) -> None:
    async with station(simulator.url) as first:
        await first.until_state(State.READY)
        async with station(simulator.url) as second:
            await second.until_state(State.LOST)
            assert second.device.status.reason is Reason.BUSY
            assert "another client" in second.device.status.message
        assert first.device.status.state is State.READY


async def test_a_power_index_that_the_reader_lacks_is_shown_with_those_it_has(
    simulator: LlrpSimulator, station: Open
) -> None:
    async with station(simulator.url + "?power=500") as host:
        await host.until_state(State.LOST)
        assert "1 (10 dBm) to 81 (30 dBm)" in host.device.status.message
        assert "URL" in host.device.status.remedy


async def test_closing_stops_the_inventory_on_the_reader(simulator: LlrpSimulator, station: Open) -> None:
    async with station(simulator.url) as host:
        await host.until_state(State.READY)
        assert simulator.state.running
    async with asyncio.timeout(20):
        while simulator.state.rospecs or simulator.connected:
            await asyncio.sleep(0.005)


async def test_broken_off_in_mid_frame_many_times_no_read_is_lost_or_twice(
    simulator: LlrpSimulator, station: Open, full: bool
) -> None:
    rng = random.Random(8)
    sent: list[bytes] = []
    async with station(simulator.url) as host:
        for turn in range(40 if full else 4):
            await host.until_state(State.READY)
            for _ in range(rng.randrange(5)):
                sent.append(tag(len(sent)))
                await simulator.deliver(Delivery(payload=sent[-1], epc=True))
            await simulator.break_off(Delivery(payload=tag(10_000 + turn), epc=True))
            await host.until_state(State.LOST)
            await simulator.plug()
        await host.until_state(State.READY)
        await host.until(lambda: len(host.reads) >= len(sent))
        await asyncio.sleep(0.05)
        assert host.payloads == sent


@asynccontextmanager
async def reader_process(port: int, run: int) -> AsyncIterator[int]:
    """A simulated reader in a process of its own, killed at the end; gives its port once it listens."""
    command = [sys.executable, str(READER), str(port), str(run)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout
        yield int(await process.stdout.readline())
    finally:
        process.kill()
        await process.wait()


async def test_a_killed_reader_is_read_again_when_it_is_back(station: Open) -> None:
    async with AsyncExitStack() as opened:
        async with reader_process(0, 0) as port:
            host = await opened.enter_async_context(station(f"llrp://127.0.0.1:{port}"))
            await host.until(lambda: len(host.reads) >= 3)
        await host.until_state(State.LOST)
        async with reader_process(port, 1):
            await host.until(lambda: sum(payload[1] for payload in host.payloads) >= 3)
        assert host.payloads == sorted(set(host.payloads)), "a read came twice or out of order"
    assert Backoff().cap < 1.0, "a reader that is back is called within a second"


async def test_what_the_reader_cannot_do_is_told_and_not_asked_again(simulator: LlrpSimulator, station: Open) -> None:
    async with station(f"{simulator.url}?antennas=1,9") as host:
        await host.until_state(State.LOST)
        async with asyncio.timeout(20):
            assert [read async for read in host.device.reads()] == []
        assert (host.device.status.reason, host.device.status.state) == (Reason.BAD_URL, State.LOST)
        assert "antennas=9: the reader has 4" in host.device.status.message


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("llrp://reader?antennas=0,1", ["antennas"]),
        ("llrp://reader?session=4&every=0&colour=red", ["session", "every", "colour", "population"]),
        ("llrp://reader:99999", ["99999"]),
        ("llrp://", ["host:port"]),
    ],
)
def test_every_mistake_in_a_url_is_named(url: str, words: list[str]) -> None:
    with pytest.raises(DriverError) as caught:
        llrp_device(url, name="r", clock=lambda: 0, rng=random.Random(1))
    assert caught.value.reason is Reason.BAD_URL
    assert "llrp://reader-7:5084" in caught.value.remedy
    for word in words:
        assert word in str(caught.value)


async def test_the_memory_of_tags_is_read_where_the_url_asks_for_it(simulator: LlrpSimulator, station: Open) -> None:
    chip, user = bytes.fromhex("e280116020007d3b8a4b0a11"), bytes.fromhex("cafe01020304")
    tag = Delivery(bytes.fromhex("3034257bf7194e4000001a85"), epc=True, tid=chip, user=user)
    async with station(simulator.url + "?tid=6&user=2") as host:
        await simulator.deliver(tag)
        await simulator.deliver(replace(tag, tid=b"", user=b""))
        await host.until(lambda: len(host.reads) == 2)
        assert [(read.tid, read.user) for read in host.reads] == [(chip, user[:4]), (None, None)]
    await host.until(lambda: not simulator.connected)
    assert simulator.state.requests[-1].name == "CLOSE_CONNECTION"
    assert [one.name for one in simulator.state.requests].count("DELETE_ACCESSSPEC") == 2
    async with station(simulator.url) as host:
        await simulator.deliver(tag)
        await host.until(lambda: len(host.reads) == 1)
        assert (host.reads[0].tid, host.reads[0].user) == (None, None), "nothing was left behind"
