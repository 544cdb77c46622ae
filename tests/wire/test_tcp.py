"""TCP transports against real sockets."""

import asyncio
import random
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from drivers import DriverError, Reason
from drivers.device import State
from drivers.devices import WireDevice
from drivers.protocols.lines import LineProtocol
from drivers.simulators.base import Delivery
from drivers.simulators.scanner import TcpScannerSimulator
from drivers.transports.tcp import TcpServerTransport, TcpTransport

ReceiveAll = Callable[[Any, int], Awaitable[bytes]]


async def called(transport: TcpServerTransport) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Call the listening transport as a scanner does, as soon as it listens."""
    async with asyncio.timeout(20):
        while transport._server is None:
            await asyncio.sleep(0.01)
    return await asyncio.open_connection("127.0.0.1", transport.port)


async def test_a_client_sends_and_receives(receive_all: ReceiveAll) -> None:
    simulator = TcpScannerSimulator(random.Random(1))
    await simulator.start()
    client = TcpTransport("127.0.0.1", simulator.port)
    await client.open()
    await client.send(b"LON\r")
    await simulator.deliver(Delivery(b"4006381333931", "]E0"))
    assert await receive_all(client, 17) == b"]E04006381333931\r"
    assert await client.receive(0.02) == b""
    async with asyncio.timeout(10):
        while bytes(simulator.received) != b"LON\r":
            await asyncio.sleep(0.01)
    await client.close()
    await simulator.stop()


async def test_reasons_of_a_client_that_cannot_connect() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(DriverError) as caught:
        await TcpTransport("127.0.0.1", port).open()
    assert caught.value.reason is Reason.REFUSED
    assert "check the port" in caught.value.remedy
    with pytest.raises(DriverError) as caught:
        await TcpTransport("no-such-host.invalid", 1, connect_timeout=30).open()
    assert caught.value.reason is Reason.NOT_FOUND


async def test_a_peer_that_never_answers_is_a_time_out() -> None:
    silent = socket.create_server(("127.0.0.1", 0), backlog=0)
    queued = [socket.socket() for _ in range(4)]
    try:
        for extra in queued:  # fill the queue of connections that nobody accepts
            extra.setblocking(False)
            extra.connect_ex(silent.getsockname())
        with pytest.raises(DriverError) as caught:
            await TcpTransport("127.0.0.1", silent.getsockname()[1], connect_timeout=0.2).open()
        assert caught.value.reason is Reason.TIMEOUT
    finally:
        for extra in queued:
            extra.close()
        silent.close()


async def test_a_scanner_that_calls_is_read_and_answered(receive_all: ReceiveAll) -> None:
    transport = TcpServerTransport("127.0.0.1", 0)
    opening = asyncio.create_task(transport.open())
    reader, writer = await called(transport)
    await opening
    writer.write(b"A\r")
    assert await receive_all(transport, 2) == b"A\r"
    await transport.send(b"ok")
    assert await reader.readexactly(2) == b"ok"
    writer.close()
    with pytest.raises(DriverError) as caught:
        await transport.receive(10)
    assert caught.value.reason is Reason.UNPLUGGED
    await transport.close()


async def test_nobody_calls() -> None:
    transport = TcpServerTransport("127.0.0.1", 0, call_timeout=0.05)
    with pytest.raises(DriverError) as caught:
        await transport.open()
    assert caught.value.reason is Reason.TIMEOUT
    assert str(transport.port) in caught.value.remedy
    await transport.close()


async def test_a_taken_port_is_busy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(DriverError) as caught:
        await TcpServerTransport("127.0.0.1", taken.getsockname()[1]).open()
    assert caught.value.reason is Reason.BUSY


async def test_a_scanner_that_lost_power_calls_again_and_its_half_line_is_not_joined() -> None:
    transport = TcpServerTransport("127.0.0.1", 0)
    device = WireDevice("t", "tcp:", lambda: 7, random.Random(1), transport, LineProtocol())
    reads = device.reads()
    first = asyncio.ensure_future(anext(reads))
    _, old = await called(transport)
    old.write(b"one\rhal")
    assert (await asyncio.wait_for(first, 10)).payload == b"one"
    _, new = await called(transport)  # the old connection still stands
    new.write(b"two\rthree\r")
    async with asyncio.timeout(10):
        assert [(await anext(reads)).payload, (await anext(reads)).payload] == [b"two", b"three"]
    old.close()
    new.close()
    await device.close()


async def test_a_scanner_that_calls_back_later_is_ready_again() -> None:
    transport = TcpServerTransport("127.0.0.1", 0, call_timeout=0.1)
    device = WireDevice("t", "tcp:", lambda: 7, random.Random(1), transport, LineProtocol())
    reads = device.reads()
    for payload in (b"one", b"two"):
        pending = asyncio.ensure_future(anext(reads))
        _, writer = await called(transport)
        writer.write(payload + b"\r")
        assert (await asyncio.wait_for(pending, 10)).payload == payload
        assert device.status.state is State.READY
        writer.close()
        async with asyncio.timeout(10):
            while device.status.state is not State.LOST:
                await asyncio.sleep(0.01)
    await device.close()
