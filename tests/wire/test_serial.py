"""Serial ports: pseudo terminals, pyserial's URLs, locks, settings, and ports that vanish."""

import asyncio
import os
import random
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import serial
import serial.rfc2217

from drivers import DriverError, Reason
from drivers.simulators.base import Delivery
from drivers.simulators.scanner import ScannerSimulator
from drivers.transports.failures import port_error
from drivers.transports.serial import LineSettings, SerialTransport

ReceiveAll = Callable[[Any, int], Awaitable[bytes]]
EVERY_BYTE = bytes(range(256))


@pytest.fixture
async def scanner(tmp_path: Path) -> Any:
    simulator = ScannerSimulator(random.Random(1), tmp_path)
    await simulator.start()
    yield simulator
    await simulator.stop()


async def test_every_byte_passes_unchanged_both_ways(scanner: ScannerSimulator, receive_all: ReceiveAll) -> None:
    port = SerialTransport(str(scanner.link))
    await port.open()
    await scanner.garbage(EVERY_BYTE * 40)
    assert await receive_all(port, 256 * 40) == EVERY_BYTE * 40
    await port.send(EVERY_BYTE)
    master = scanner._master
    assert master is not None
    heard = b""
    async with asyncio.timeout(10):
        while len(heard) < 256:
            try:
                heard += os.read(master, 4096)
            except BlockingIOError:
                await asyncio.sleep(0.01)
    assert heard == EVERY_BYTE
    await port.close()


async def test_what_arrives_before_the_port_is_open_is_kept(scanner: ScannerSimulator, receive_all: ReceiveAll) -> None:
    await scanner.deliver(Delivery(b"early"))
    port = SerialTransport(str(scanner.link))
    await port.open()
    assert await receive_all(port, 6) == b"early\r"
    await port.close()


async def test_receive_returns_nothing_when_nothing_comes(scanner: ScannerSimulator) -> None:
    port = SerialTransport(str(scanner.link))
    await port.open()
    assert await port.receive(0.05) == b""
    await port.close()


async def test_a_port_belongs_to_one_program(scanner: ScannerSimulator) -> None:
    first, second = SerialTransport(str(scanner.link)), SerialTransport(str(scanner.link))
    await first.open()
    with pytest.raises(DriverError) as caught:
        await second.open()
    assert caught.value.reason is Reason.BUSY
    assert "end it" in caught.value.remedy
    await first.close()
    await second.open()
    await second.close()


async def test_a_vanished_port_is_unplugged_for_receive_and_send(scanner: ScannerSimulator) -> None:
    port = SerialTransport(str(scanner.link))
    for use in (lambda: port.receive(5), lambda: port.send(b"x")):
        await scanner.plug()
        await port.open()
        await scanner.unplug()
        with pytest.raises(DriverError) as caught:
            await asyncio.wait_for(use(), 10)
        assert caught.value.reason is Reason.UNPLUGGED
        with pytest.raises(DriverError):
            await port.receive(0)
    await port.close()


async def test_a_port_that_vanishes_while_it_is_waited_for(scanner: ScannerSimulator) -> None:
    port = SerialTransport(str(scanner.link))
    await port.open()
    waiting = asyncio.create_task(port.receive(30))
    await asyncio.sleep(0.05)
    await scanner.unplug()
    with pytest.raises(DriverError) as caught:
        await asyncio.wait_for(waiting, 10)
    assert caught.value.reason is Reason.UNPLUGGED


async def test_a_missing_port_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(DriverError) as caught:
        await SerialTransport(str(tmp_path / "gone")).open()
    assert caught.value.reason is Reason.NOT_FOUND
    assert "plug the device in" in caught.value.remedy


async def test_a_file_that_is_no_port_says_so(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("no port")
    with pytest.raises(DriverError) as caught:
        await SerialTransport(str(file)).open()
    assert caught.value.reason is Reason.PROTOCOL


async def test_a_pty_is_opened_with_settings_that_only_a_real_line_has(
    scanner: ScannerSimulator, receive_all: ReceiveAll
) -> None:
    settings = LineSettings(baud=115200, bits=7, parity="E", stop=2, flow="rtscts")
    port = SerialTransport(str(scanner.link), settings)
    await port.open()
    await scanner.deliver(Delivery(b"x"))
    assert await receive_all(port, 2) == b"x\r"
    await port.close()


def test_a_real_line_gets_all_settings() -> None:
    settings = LineSettings(baud=19200, bits=7, parity="E", stop=2, flow="xonxoff")
    assert settings.for_port("/dev/ttyS0") == {
        "baudrate": 19200,
        "bytesize": 7,
        "parity": "E",
        "stopbits": 2,
        "rtscts": False,
        "xonxoff": True,
    }


async def test_cancelled_opening_leaves_no_lock_behind(scanner: ScannerSimulator) -> None:
    for _ in range(20):
        opening = asyncio.create_task(SerialTransport(str(scanner.link)).open())
        await asyncio.sleep(0)
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
    port = SerialTransport(str(scanner.link))
    async with asyncio.timeout(10):
        while True:
            try:
                await port.open()
                break
            except DriverError:
                await asyncio.sleep(0.02)
    await port.close()


async def test_loop_url(receive_all: ReceiveAll) -> None:
    port = SerialTransport("loop://")
    await port.open()
    assert await port.receive(0.02) == b""
    await port.send(EVERY_BYTE)
    assert await receive_all(port, 256) == EVERY_BYTE
    await asyncio.wait_for(port.close(), 10)


@pytest.fixture
def port_server() -> Iterator[tuple[int, Any]]:
    """A serial port server (RFC 2217) around a loop: what is sent to the line comes back from it."""
    listener = socket.create_server(("127.0.0.1", 0))
    line = serial.serial_for_url("loop://", timeout=0.05)
    stop = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        manager = serial.rfc2217.PortManager(line, _Writer(connection))
        connection.settimeout(0.02)
        while not stop.is_set():
            try:
                data = connection.recv(1024)
                if not data:
                    break
                line.write(b"".join(manager.filter(data)))
            except TimeoutError:
                pass
            except OSError:
                break
            waiting = line.read(line.in_waiting) if line.in_waiting else b""
            if waiting:
                connection.sendall(b"".join(manager.escape(waiting)))
        connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1], stop
    stop.set()
    thread.join(5)
    listener.close()


class _Writer:
    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def write(self, data: bytes) -> None:
        self._connection.sendall(data)


async def test_a_port_server_is_read_and_its_end_is_noticed(
    port_server: tuple[int, Any], receive_all: ReceiveAll
) -> None:
    number, stop = port_server
    port = SerialTransport(f"rfc2217://127.0.0.1:{number}")
    await asyncio.wait_for(port.open(), 20)
    await port.send(EVERY_BYTE)
    assert await receive_all(port, 256) == EVERY_BYTE
    stop.set()
    with pytest.raises(DriverError) as caught:
        async with asyncio.timeout(20):
            while True:
                await port.receive(0.1)
    assert caught.value.reason is Reason.UNPLUGGED
    await asyncio.wait_for(port.close(), 20)


async def test_a_port_server_that_is_not_there_is_an_error_with_a_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
    with pytest.raises(DriverError) as caught:
        await SerialTransport(f"rfc2217://127.0.0.1:{number}").open()
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PermissionError(13, "denied"), Reason.PERMISSION),
        (serial.SerialException(13, "could not open"), Reason.PERMISSION),
        (serial.SerialException(16, "busy"), Reason.BUSY),
        (OSError(5, "io"), Reason.UNPLUGGED),
        (serial.SerialException("Could not exclusively lock port x: [Errno 11]"), Reason.BUSY),
        (ValueError("Not a valid parity"), Reason.PROTOCOL),
    ],
)
def test_errors_of_the_system_become_reasons_with_remedies(error: Exception, reason: Reason) -> None:
    told = port_error("/dev/x", error)
    assert told.reason is reason
    assert told.remedy
    assert str(told).startswith("serial port /dev/x: ")


@pytest.mark.parametrize("kind", ["folder", "file"])
async def test_what_is_no_serial_port_is_told_to_be_none(tmp_path: Path, kind: str) -> None:
    path = tmp_path if kind == "folder" else tmp_path / "file"
    if kind == "file":
        path.write_text("")
    with pytest.raises(DriverError) as caught:
        await SerialTransport(str(path)).open()
    words = {"folder": "is a directory", "file": "inappropriate ioctl for device"}[kind]
    assert (caught.value.reason, str(caught.value).partition("\n")[0]) == (
        Reason.PROTOCOL,
        f"serial port {path}: {words}",
    )
    assert caught.value.remedy == "this is no serial port: `scanstation devices list` shows those that there are"
