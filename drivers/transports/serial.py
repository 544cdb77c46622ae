"""Serial ports by pyserial: real ones, pseudo terminals, and its URLs (``rfc2217://``, ``socket://``, ``loop://``)."""

import asyncio
import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import serial

from drivers.transports.descriptors import ready
from drivers.transports.failures import port_error, port_unplugged

PORTION = 65536
_URL_POLL = 0.1  # seconds that one blocking read of a pyserial URL may take; bounds the time of close


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSettings:
    """Speed and shape of the characters on the line; the default is 9600 8N1, what scanners leave the factory with."""

    baud: int = 9600
    bits: int = 8
    parity: str = "N"  # N E O M S as pyserial names them
    stop: float = 1
    flow: str = "none"  # none, rtscts, xonxoff

    def for_port(self, path: str) -> dict[str, Any]:
        """The keyword arguments for pyserial.

        A pseudo terminal has no line: it refuses 7 bits, parity and flow control by wire, so there only 8N1 is set.
        """
        if os.path.realpath(path).startswith("/dev/pts/"):
            return {"baudrate": self.baud}
        return {
            "baudrate": self.baud,
            "bytesize": self.bits,
            "parity": self.parity,
            "stopbits": self.stop,
            "rtscts": self.flow == "rtscts",
            "xonxoff": self.flow == "xonxoff",
        }


class _Port(serial.Serial):
    """A port that keeps what arrives while it is being opened: that may be a scan."""

    def _reset_input_buffer(self) -> None:
        pass


class SerialTransport:
    """A `Transport` over one serial port, locked for this process alone.

    ``port`` is a path such as ``/dev/serial/by-id/...`` (resolved anew at each `open`, so that a device that comes
    back under another number is found), a Windows name, or a pyserial URL.  ``locate`` finds the path instead, at
    each `open`; `DriverError` when there is none.
    """

    def __init__(
        self, port: str, settings: LineSettings | None = None, locate: Callable[[], str] | None = None
    ) -> None:
        self.port = port
        self._settings = settings or LineSettings()
        self._locate = locate
        self._serial: serial.SerialBase | None = None
        self._waiting: asyncio.Future[bytes] | None = None

    async def open(self) -> None:
        """Open and lock the port; `DriverError` NOT_FOUND, PERMISSION, BUSY or PROTOCOL (settings it refuses)."""
        self._drop()
        opening = asyncio.get_running_loop().run_in_executor(None, self._open)
        try:
            self._serial = await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_result)
            raise
        except (OSError, ValueError, NotImplementedError, serial.SerialException) as error:
            # in a thread: to name who holds a busy port, all processes are looked through
            raise await asyncio.to_thread(port_error, self.port, error) from error

    async def receive(self, timeout: float) -> bytes:
        """Wait for bytes; `DriverError` UNPLUGGED when the port vanished."""
        port = self._opened()
        try:
            if self._descriptor() is not None:
                return await self._receive_descriptor(timeout)
            return await self._receive_blocking(port, timeout)
        except (OSError, serial.SerialException, TypeError) as error:
            # pyserial raises TypeError when another thread closes the port under a read
            self._drop()
            raise port_unplugged(self.port) from error

    async def send(self, data: bytes) -> None:
        """Write all of ``data``; `DriverError` UNPLUGGED when the port vanished."""
        port = self._opened()
        try:
            descriptor = self._descriptor()
            if descriptor is None:
                await asyncio.to_thread(port.write, data)
                return
            view = memoryview(data)
            while view:
                try:
                    view = view[os.write(descriptor, view) :]
                except BlockingIOError:
                    await ready(descriptor, None, writing=True)
        except (OSError, serial.SerialException) as error:
            self._drop()
            raise port_unplugged(self.port) from error

    async def close(self) -> None:
        """Release the port and its lock."""
        waiting, self._waiting = self._waiting, None
        self._drop()
        if waiting is not None:
            with contextlib.suppress(OSError, serial.SerialException, TypeError):
                await waiting

    def _open(self) -> serial.SerialBase:
        if self._locate is not None:
            self.port = self._locate()
        if "://" in self.port:
            return cast(
                serial.SerialBase,
                serial.serial_for_url(self.port, timeout=_URL_POLL, **self._settings.for_port("")),
            )
        return _Port(self.port, timeout=0, write_timeout=0, exclusive=True, **self._settings.for_port(self.port))

    def _opened(self) -> serial.SerialBase:
        if self._serial is None:
            raise port_unplugged(self.port)
        return self._serial

    def _descriptor(self) -> int | None:
        """The file descriptor to watch; None where pyserial can only block (its URLs, Windows)."""
        if isinstance(self._serial, _Port) and os.name == "posix":
            return self._serial.fileno()
        return None

    async def _receive_descriptor(self, timeout: float) -> bytes:
        descriptor = self._descriptor()
        if descriptor is None:
            raise OSError("closed")
        if not await ready(descriptor, timeout):
            return b""
        if self._descriptor() != descriptor:
            raise OSError("closed while waiting")
        try:
            data = os.read(descriptor, PORTION)
        except BlockingIOError:
            return b""
        if not data:
            raise OSError("end of file: the device went away")
        return data

    async def _receive_blocking(self, port: serial.SerialBase, timeout: float) -> bytes:
        """Read in a thread; a read that outlives ``timeout`` is kept for the next call, so that no byte is lost."""
        if self._waiting is None:
            self._waiting = asyncio.get_running_loop().run_in_executor(None, _read_some, port)
        done, _ = await asyncio.wait({self._waiting}, timeout=timeout)
        if not done:
            return b""
        waiting, self._waiting = self._waiting, None
        return waiting.result()

    def _drop(self) -> None:
        port, self._serial = self._serial, None
        if port is not None:
            with contextlib.suppress(OSError, serial.SerialException):
                port.close()


def _read_some(port: serial.SerialBase) -> bytes:
    return port.read(max(1, cast(int, cast(Any, port).in_waiting)))


def _close_result(opening: "asyncio.Future[serial.SerialBase]") -> None:
    """Close a port whose opening finished after nobody wanted it any more."""
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
