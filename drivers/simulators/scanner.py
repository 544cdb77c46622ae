"""Simulated barcode scanners: on a pseudo terminal (`ScannerSimulator`) and on TCP (`TcpScannerSimulator`)."""

import array
import asyncio
import contextlib
import fcntl
import os
import pty
import random
import socket
import termios
import tty
from pathlib import Path

from drivers.simulators.base import Delivery, unplugged, until_cancelled
from drivers.simulators.faults import FaultyWire

_TAKEN = 0.5  # seconds that the host gets to take what went over the cable before it is pulled
_STEP = 0.005


def line(delivery: Delivery, terminator: bytes = b"\r") -> bytes:
    """The bytes that a scanner sends for one read: AIM identifier, data, terminator."""
    return delivery.aim.encode("ascii") + delivery.payload + terminator


def half(frame: bytes, rng: random.Random) -> bytes:
    """A beginning of ``frame``: at least one byte, never all."""
    return frame[: rng.randint(1, max(1, len(frame) - 2))]


class ScannerSimulator(FaultyWire):
    """A serial scanner on a pty, reached through a symbolic link that comes and goes like a device file."""

    def __init__(self, rng: random.Random, folder: Path, name: str = "scanner", terminator: bytes = b"\r") -> None:
        super().__init__()
        self.link = folder / name
        self._rng = rng
        self._terminator = terminator
        self._master: int | None = None
        self._slave: int | None = None

    @property
    def url(self) -> str:
        """The serial URL of the link."""
        return f"serial://{self.link.absolute()}?protocol=lines"

    async def start(self) -> None:
        """Plug in."""
        self.link.parent.mkdir(parents=True, exist_ok=True)
        await self.plug()

    async def stop(self) -> None:
        """Vanish without waiting for the host."""
        self._vanish()

    async def deliver(self, delivery: Delivery) -> None:
        """Send one line."""
        await self.say(line(delivery, self._terminator))

    async def break_off(self, delivery: Delivery) -> None:
        """Send the beginning of a line, then vanish."""
        await self._write(half(line(delivery, self._terminator), self._rng))
        await self.unplug()

    async def unplug(self) -> None:
        """Vanish; what went over the cable before belongs to the host, which gets a moment to take it."""
        if self._master is not None:
            await self.flush()
        await self._let_host_take()
        self._vanish()

    async def plug(self) -> None:
        """A new pty under the same link."""
        if self._master is not None:
            return
        self._master, self._slave = pty.openpty()
        # raw before anyone opens it: a terminal would echo and turn CR into LF
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        os.set_blocking(self._slave, False)
        fresh = self.link.with_name(self.link.name + ".new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(self._slave))
        fresh.replace(self.link)

    async def garbage(self, data: bytes) -> None:
        """Send bytes as they are."""
        await self._write(data)

    async def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            if self._master is None:
                raise unplugged(self.url)
            try:
                view = view[os.write(self._master, view) :]
            except BlockingIOError:
                self._swallow()
                await asyncio.sleep(_STEP)

    def _swallow(self) -> None:
        """Take what the host sent, so that its side never fills up."""
        with contextlib.suppress(OSError):
            while self._master is not None and os.read(self._master, 4096):
                pass

    async def _let_host_take(self) -> None:
        slave = self._slave
        if slave is None:
            return
        for _ in range(int(_TAKEN / _STEP)):
            await asyncio.sleep(_STEP)
            if self._slave is None or not _waiting_bytes(slave):
                return

    def _vanish(self) -> None:
        for descriptor in (self._master, self._slave):
            if descriptor is not None:
                os.close(descriptor)
        self._master = self._slave = None
        self.link.unlink(missing_ok=True)


def _waiting_bytes(descriptor: int) -> int:
    """Bytes that the host has not read yet."""
    count = array.array("i", [0])
    fcntl.ioctl(descriptor, termios.FIONREAD, count)
    return count[0]


class TcpScannerSimulator(FaultyWire):
    """A fixed reader that is a TCP server, such as a Keyence SR at port 9004; here at a free port of this machine."""

    def __init__(self, rng: random.Random, terminator: bytes = b"\r") -> None:
        super().__init__()
        self._rng = rng
        self._terminator = terminator
        self._reserved: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._host: asyncio.StreamWriter | None = None
        self._called = asyncio.Event()
        self.received = bytearray()
        """What the host sent, since the start."""

    @property
    def port(self) -> int:
        """The TCP port, the same from `start` to `stop`."""
        if self._reserved is None:
            raise unplugged("tcp:")
        return int(self._reserved.getsockname()[1])

    @property
    def url(self) -> str:
        """The TCP URL."""
        return f"tcp://127.0.0.1:{self.port}?protocol=lines"

    async def start(self) -> None:
        """Reserve a port and listen on it."""
        # bound but not listening: while unplugged the port refuses callers and nobody else can take it
        self._reserved = bound(0)
        await self.plug()

    async def stop(self) -> None:
        """Hang up and free the port."""
        self._vanish()
        if self._reserved is not None:
            self._reserved.close()
            self._reserved = None

    async def deliver(self, delivery: Delivery) -> None:
        """Send one line, waiting for a host to call first."""
        await self.say(line(delivery, self._terminator))

    async def break_off(self, delivery: Delivery) -> None:
        """Send the beginning of a line, then vanish."""
        await self._write(half(line(delivery, self._terminator), self._rng))
        await self.unplug()

    async def unplug(self) -> None:
        """Hang up and refuse callers."""
        if self._host is not None:
            await self.flush()
        host = self._host
        if self._server is not None:
            self._server.close()
        if host is not None and not host.is_closing():
            with contextlib.suppress(OSError):
                host.write_eof()
                await asyncio.sleep(_STEP)
        self._vanish()

    async def plug(self) -> None:
        """Listen on the same port again."""
        if self._server is None:
            self._server = await asyncio.start_server(until_cancelled(self._answer), sock=bound(self.port))

    async def garbage(self, data: bytes) -> None:
        """Send bytes as they are."""
        await self._write(data)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._host is not None and not self._host.is_closing():
            writer.transport.abort()  # one host at a time
            return
        self._host = writer
        self._host_came()
        self._called.set()
        with contextlib.suppress(OSError):
            while data := await reader.read(4096):
                self.received += data
        if self._host is writer:
            self._host = None
            self._called.clear()
        writer.close()

    async def _write(self, data: bytes) -> None:
        if not self.plugged:
            raise unplugged("tcp:")
        await self._called.wait()
        if self._host is not None:
            self._host.write(data)
            await self._host.drain()

    @property
    def plugged(self) -> bool:
        """Whether it serves."""
        return self._server is not None

    def _host_came(self) -> None:
        """A host has called; nothing is to be done for lines."""

    def _vanish(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
        if self._host is not None:
            self._host.close()
            self._host = None
        self._called.clear()


def bound(port: int) -> socket.socket:
    """A socket on this port (0: a free one) of loopback that others may share; it does not listen yet."""
    holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", port))
    holder.setblocking(False)
    return holder


def scanner_simulator(rng: random.Random, folder: Path) -> ScannerSimulator:
    """Entry point of scheme ``serial``."""
    return ScannerSimulator(rng, folder)


def tcp_simulator(rng: random.Random, folder: Path) -> TcpScannerSimulator:
    """Entry point of scheme ``tcp``."""
    del folder
    return TcpScannerSimulator(rng)
