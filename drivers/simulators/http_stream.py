"""A simulated Impinj reader: its event stream over HTTP (newline-delimited JSON, chunked), for one host at a time."""

import asyncio
import contextlib
import random
from pathlib import Path

from drivers.device import Clock
from drivers.simulators.base import Delivery
from drivers.simulators.clock import Clocked, DeviceClock, system_clock
from drivers.simulators.documents import Documents
from drivers.simulators.scanner import TcpScannerSimulator, half

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class HttpStreamSimulator(Clocked, TcpScannerSimulator):
    """The reader; what it has read before a host asks waits for that."""

    def __init__(self, rng: random.Random, clock: Clock = system_clock) -> None:
        super().__init__(rng)
        self.clock = DeviceClock(clock)
        self._documents = Documents("impinj", f"{rng.getrandbits(48):012x}", self.clock)

    @property
    def url(self) -> str:
        """The HTTP URL of the stream."""
        return f"http://127.0.0.1:{self.port}/api/v1/data/stream?format=impinj"

    async def deliver(self, delivery: Delivery) -> None:
        """Report one tag."""
        await self.say(_chunk(self._documents.next(delivery) + b"\r\n"))

    def spoilt(self, frame: bytes) -> bytes:
        """A whole chunk that holds no document."""
        return frame.replace(b"{", b"<", 1)

    async def break_off(self, delivery: Delivery) -> None:
        """Send the beginning of a report, then vanish."""
        await self._write(half(_chunk(self._documents.next(delivery)), self._rng))
        await self.unplug()

    async def garbage(self, data: bytes) -> None:
        """Put bytes between the reports."""
        await self._write(_chunk(data + b"\r\n"))

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            await reader.readuntil(b"\r\n\r\n")
            if self._host is None or self._host.is_closing():
                writer.write(_HEAD)
                await super()._answer(reader, writer)
                return
            writer.write(_BUSY)
            await writer.drain()
        writer.close()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def http_simulator(rng: random.Random, folder: Path) -> HttpStreamSimulator:
    """Entry point of kind ``http``."""
    del folder
    return HttpStreamSimulator(rng)
