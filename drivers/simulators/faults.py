"""What is wrong with a simulated wire: how frames are spoilt, cut and joined before they go out, from a seed."""

import asyncio
import random
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from drivers.toml_file import Table

FLUSH = 0.05
"""Seconds after which frames that wait to be joined go out although they are few."""

_NOISE = bytes([*range(0x0E, 0x1C), *range(0x80, 0xC0), 0x7F, 0xFF])


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """``split``: probability at each byte that the portion ends there (1: byte by byte).  ``merge``: frames that go out
    together.  ``spoil``: probability that a damaged copy goes out before a frame.  ``noise``: most bytes of noise
    before a frame.  ``slow``: seconds before each portion; without ``split`` a frame is one portion.
    """

    split: float = 0.0
    merge: int = 1
    spoil: float = 0.0
    noise: int = 0
    slow: float = 0.0

    def dirty(self, frame: bytes, rng: random.Random, spoilt: Callable[[bytes], bytes]) -> bytes:
        """The frame with noise and perhaps a damaged copy in front of it."""
        before = line_noise(rng, rng.randint(1, self.noise)) if self.noise else b""
        return before + (spoilt(frame) if rng.random() < self.spoil else b"") + frame

    def portions(self, data: bytes, rng: random.Random) -> list[bytes]:
        """``data`` cut as the wire cuts it."""
        if not self.split:
            return [data]
        cuts = [at for at in range(1, len(data)) if rng.random() < self.split]
        return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def read_faults(table: Table, possible: Collection[str]) -> Faults:
    """The faults that a table of a scenario names; problems are noted in the table, also of those not ``possible``."""
    for name in table.keys():  # noqa: SIM118  (a table, not a dict)
        if name in Faults.__dataclass_fields__ and name not in possible:
            table.wrong(name, f"this kind has no such fault (it may have: {', '.join(sorted(possible)) or 'none'})")
    faults = Faults(
        split=table.number("split", 0.0, 0.0, 1.0),
        merge=table.integer("merge", 1, 1, 1000),
        spoil=table.number("spoil", 0.0, 0.0, 1.0),
        noise=table.integer("noise", 0, 0, 100_000),
        slow=table.number("slow", 0.0, 0.0, 60.0),
    )
    table.finish()
    return faults


def line_noise(rng: random.Random, size: int) -> bytes:
    """What a bad cable makes: bytes that no label has, cut into lines anywhere; the last line is ended."""
    return bytes(rng.choice(_NOISE) if rng.random() > 0.01 else 0x0D for _ in range(size)) + b"\r"


def damaged(frame: bytes) -> bytes:
    """A copy with one wrong bit, which every check sum finds and no text in ASCII survives."""
    middle = len(frame) // 2
    return frame[:middle] + bytes([frame[middle] ^ 0x80]) + frame[middle + 1 :]


async def send(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Write to a TCP peer."""
    writer.write(data)
    await writer.drain()


class Faulty:
    """A simulated device whose wire can be bad, and that can fall silent."""

    faults = Faults()
    silent = False
    """Whether the device says nothing for now."""
    _rng: random.Random

    async def in_portions(self, data: bytes, write: Callable[[bytes], Awaitable[None]]) -> None:
        """Write ``data`` as the wire cuts and delays it."""
        portions = self.faults.portions(data, self._rng)
        for portion in portions:
            if self.faults.slow or len(portions) > 1:
                await asyncio.sleep(self.faults.slow)
            await write(portion)


class FaultyWire(Faulty):
    """What the simulators of a byte stream have in common: `say` sends a frame as well as the wire can."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._held_frames = 0
        self._flushing: asyncio.Task[None] | None = None
        self._sending = asyncio.Lock()

    @abstractmethod
    async def _write(self, data: bytes) -> None:
        """Put bytes on the wire."""

    def spoilt(self, frame: bytes) -> bytes:
        """A damaged copy of a frame."""
        return damaged(frame)

    async def say(self, frame: bytes) -> None:
        """Send a frame with the faults of the wire."""
        self._held += self.faults.dirty(frame, self._rng, self.spoilt)
        self._held_frames += 1
        if self._held_frames >= self.faults.merge:
            await self.flush()
        elif self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush_later())

    async def flush(self) -> None:
        """Send what waits to be joined."""
        async with self._sending:
            data = bytes(self._held)
            self.forget()
            if data:
                await self.in_portions(data, self._write)

    def forget(self) -> None:
        """Drop what waits to be joined: the host that it was for has gone."""
        self._held.clear()
        self._held_frames = 0

    async def _flush_later(self) -> None:
        while self._held:
            await asyncio.sleep(FLUSH)
            await self.flush()
