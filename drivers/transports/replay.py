"""Captures of a wire: ``{"t": seconds, "hex": "..."}`` a line; written from any transport, played back as one."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from drivers.errors import DriverError, Reason
from drivers.transports.base import Transport

Sleep = Callable[[float], Awaitable[object]]

_SHOWN = 5  # broken lines in the message of a file
_FRAME = 40  # characters of a line beside its bytes, at the most


@dataclass(frozen=True, slots=True)
class Portion:
    """Bytes that came ``t`` seconds after the capture began."""

    t: float
    data: bytes


def read_capture(path: Path) -> list[Portion]:
    """Read a capture file.

    Raises a final `DriverError`: NOT_FOUND or PERMISSION for the file, BAD_FILE with the broken lines at once (number,
    why), the first of many.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        text = f"capture {path.absolute()}: no such file"
        raise DriverError(Reason.NOT_FOUND, text, "mend the path in the URL, then start anew", final=True) from error
    except UnicodeDecodeError as error:
        remedy = 'a capture is a text file with lines like {"t": 0.25, "hex": "4c4f432d410d"}'
        raise DriverError(Reason.BAD_FILE, f"capture {path.absolute()}: no text: {error}", remedy) from error
    except OSError as error:
        text = f"capture {path.absolute()}: {error.strerror or error}"
        remedy = "make it a file that your user may read, then start anew"
        raise DriverError(Reason.PERMISSION, text, remedy, final=True) from error
    portions, errors = _parse(lines)
    if errors:
        remedy = 'each line must be like {"t": 0.25, "hex": "4c4f432d410d"}, in order of t'
        raise DriverError(Reason.BAD_FILE, f"capture {path.absolute()}: " + "; ".join(_first(errors)), remedy)
    return portions


def _first(errors: list[str]) -> list[str]:
    rest = len(errors) - _SHOWN
    return errors if rest < 1 else [*errors[:_SHOWN], f"and {rest} more"]


def _parse(lines: Iterable[str]) -> tuple[list[Portion], list[str]]:
    portions: list[Portion] = []
    errors: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            portion = Portion(float(row["t"]), bytes.fromhex(row["hex"]))
        except (ValueError, TypeError, KeyError) as error:
            errors.append(f"line {number}: {type(error).__name__} {error}")
            continue
        if portions and portion.t < portions[-1].t:
            errors.append(f"line {number}: t goes back from {portions[-1].t} to {portion.t}")
        portions.append(portion)
    return portions, errors


class ReplayTransport:
    """A `Transport` that plays a capture; it takes what is sent and ignores it.

    ``speed`` 1 keeps the times of the capture, 10 is ten times as fast, 0 does not wait at all.  At the end `receive`
    raises CLOSED.
    """

    def __init__(self, path: Path, speed: float = 1.0, *, sleep: Sleep = asyncio.sleep) -> None:
        self._path = path
        self._speed = speed
        self._sleep = sleep
        self._portions: list[Portion] = []
        self._next = 0
        self._now = 0.0

    async def open(self) -> None:
        """Read the capture; see `read_capture` for the errors.  It plays from the beginning."""
        self._portions = read_capture(self._path)
        self._next = 0
        self._now = 0.0

    async def receive(self, timeout: float) -> bytes:
        """The next portion when its time has come, else ``b""`` after ``timeout``."""
        if self._next >= len(self._portions):
            raise DriverError(Reason.CLOSED, f"capture {self._path} has ended")
        portion = self._portions[self._next]
        wait = max(0.0, portion.t - self._now) / self._speed if self._speed else 0.0
        await self._sleep(min(wait, timeout))
        if wait > timeout:
            self._now += timeout * self._speed
            return b""
        self._now = max(self._now, portion.t)
        self._next += 1
        return portion.data

    async def send(self, data: bytes) -> None:
        """Ignore ``data``: a capture does not answer."""
        del data

    async def close(self) -> None:
        """Nothing is held open."""


class CaptureTransport:
    """A `Transport` around another that writes what is received to a capture file.

    ``seconds`` gives a monotone time in seconds.  Each portion is flushed, so a killed process leaves whole lines.  A
    file that lies there already, and one that holds half of ``most_bytes``, becomes ``FILE.1``; what was that is lost.
    Each of the two can be played by itself.  A line that cannot be written is lost too: reads are not held up by it.
    """

    def __init__(
        self, inner: Transport, path: Path, seconds: Callable[[], float], most_bytes: int = 1_000_000_000
    ) -> None:
        self._inner = inner
        self._path = path
        self._older = path.with_name(path.name + ".1")
        self._seconds = seconds
        self._half = most_bytes // 2
        self._started: float | None = None
        self._file: IO[str] | None = None
        self._size = self._lines = self._older_lines = 0
        self.dropped = 0
        """Lines of this capture that are lost."""

    async def open(self) -> None:
        """Open the wire and the file; an existing file is continued only by the same object."""
        await self._inner.open()
        if self._file is None:
            try:
                if self._started is None:
                    self._begin()
                else:
                    self._file = self._path.open("a", encoding="utf-8")
            except OSError as error:
                await self._inner.close()
                remedy = "choose a folder that can be written"
                raise DriverError(Reason.PERMISSION, f"capture {self._path}: {error}", remedy) from error

    async def receive(self, timeout: float) -> bytes:
        """Receive from the wire and write it down."""
        data = await self._inner.receive(timeout)
        if data:
            self._write(data)
        return data

    async def send(self, data: bytes) -> None:
        """Send by the wire."""
        await self._inner.send(data)

    async def close(self) -> None:
        """Close the wire and the file."""
        await self._inner.close()
        self._close_file()

    def _write(self, data: bytes) -> None:
        try:
            if self._file is None or self._size + 2 * len(data) + _FRAME > self._half:
                self._begin()
            assert self._file is not None and self._started is not None
            line = json.dumps({"t": round(self._seconds() - self._started, 6), "hex": data.hex()}) + "\n"
            self._file.write(line)
            self._file.flush()
        except OSError:
            self.dropped += 1
            self._close_file()  # half a line may stand in it
            return
        self._size += len(line)
        self._lines += 1

    def _begin(self) -> None:
        self._close_file()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._path.exists():
            self._path.replace(self._older)
            self.dropped += self._older_lines
            self._older_lines = self._lines
        self._file = self._path.open("w", encoding="utf-8")
        self._started = self._seconds()
        self._size = self._lines = 0

    def _close_file(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()
