"""Device files that give whole events or reports: ``/dev/input/event*``, ``/dev/hidraw*``; or a pipe in their place."""

import contextlib
import fcntl
import os
import stat
from collections.abc import Callable

from drivers.errors import DriverError
from drivers.transports.descriptors import ready
from drivers.transports.failures import file_error, file_unplugged

PORTION = 65536

Locate = Callable[[], str]
"""Where the device is now; `DriverError` NOT_FOUND when it is not plugged in."""
Prepare = Callable[[int], bytes]
"""Makes an open descriptor ready and gives what counts as received first; OSError or `DriverError` when it cannot."""


class DeviceFileTransport:
    """A `Transport` that reads one device file, locked against a second station.

    The file is located anew at each `open`, so that a device that comes back under another number is found.  On a
    pipe, which has no device behind it, ``prepare`` is left out.
    """

    def __init__(self, what: str, locate: Locate, prepare: Prepare, *, writable: bool = False) -> None:
        self.path = ""
        self._what = what
        self._locate = locate
        self._prepare = prepare
        self._writable = writable
        self._descriptor: int | None = None
        self._first = b""

    async def open(self) -> None:
        """Open, lock and prepare; `DriverError` NOT_FOUND, PERMISSION, BUSY, PROTOCOL (not such a device)."""
        self._drop()
        self.path = self._locate()
        try:
            self._descriptor, self._first = self._open()
        except OSError as error:
            raise file_error(self._what, self.path, error) from error

    async def receive(self, timeout: float) -> bytes:
        """Wait for events; `DriverError` UNPLUGGED when the device vanished."""
        first, self._first = self._first, b""
        if first:
            return first
        descriptor = self._descriptor
        try:
            if descriptor is None:
                raise OSError("closed")
            if not await ready(descriptor, timeout) or self._descriptor != descriptor:
                return b""
            data = os.read(descriptor, PORTION)
            if not data:
                raise OSError("end of file")
        except BlockingIOError:
            return b""
        except OSError as error:
            self._drop()
            raise file_unplugged(self._what, self.path) from error
        return data

    async def send(self, data: bytes) -> None:
        """Write ``data`` as one report; a file that is only read swallows it."""
        if not self._writable or self._descriptor is None:
            return
        try:
            os.write(self._descriptor, data)
        except OSError as error:
            self._drop()
            raise file_unplugged(self._what, self.path) from error

    async def close(self) -> None:
        """Release the file, its lock and its grab."""
        self._drop()

    def _open(self) -> tuple[int, bytes]:
        pipe = stat.S_ISFIFO(os.stat(self.path).st_mode)
        mode = os.O_RDWR if self._writable and not pipe else os.O_RDONLY
        descriptor = os.open(self.path, mode | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor, b"" if pipe else self._prepare(descriptor)
        except (OSError, DriverError):
            os.close(descriptor)
            raise

    def _drop(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        self._first = b""
        if descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(descriptor)
