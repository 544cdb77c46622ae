"""A null modem: two ends in one process, with a wire between them that can be as bad as wanted, from a seed."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from drivers.errors import DriverError, Reason

Sleep = Callable[[float], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How bad the wire is.

    ``delay``: longest wait of a portion in seconds.  ``split``: whether portions are cut at random places and joined
    with others.  ``corrupt``, ``lose``: probability per byte that a bit flips, that the byte vanishes.
    """

    delay: float = 0.0
    split: bool = False
    corrupt: float = 0.0
    lose: float = 0.0


class NullModem:
    """The pair: ``host`` is the station's end, ``device`` the other.  `cut` breaks the wire, `mend` repairs it."""

    def __init__(self, rng: random.Random, quality: Quality | None = None, *, sleep: Sleep = asyncio.sleep) -> None:
        self.host = NullEnd(self)
        self.device = NullEnd(self)
        self.whole = True
        self._rng = rng
        self._quality = quality or Quality()
        self._sleep = sleep

    def cut(self) -> None:
        """Break the wire: both ends raise UNPLUGGED once what arrived has been received."""
        self.whole = False
        for end in (self.host, self.device):
            end.is_open = False
            end.arrived.set()

    def mend(self) -> None:
        """Put the plug in again; each end must `open` anew."""
        self.whole = True

    async def carry(self, data: bytes, target: "NullEnd") -> None:
        """Move ``data`` to ``target`` as well as the wire can."""
        if self._quality.delay:
            await self._sleep(self._rng.uniform(0, self._quality.delay))
        target.buffer += self._spoil(data)
        target.arrived.set()

    def portion(self, available: int) -> int:
        """How many of the ``available`` bytes come at once."""
        return self._rng.randint(1, available) if self._quality.split else available

    def _spoil(self, data: bytes) -> bytes:
        quality, rng = self._quality, self._rng
        if not quality.corrupt and not quality.lose:
            return data
        kept = (byte for byte in data if rng.random() >= quality.lose)
        return bytes(byte ^ (1 << rng.randrange(8)) if rng.random() < quality.corrupt else byte for byte in kept)


class NullEnd:
    """One end of a `NullModem`; a `Transport`."""

    def __init__(self, modem: NullModem) -> None:
        self.modem = modem
        self.buffer = bytearray()
        self.arrived = asyncio.Event()
        self.is_open = False

    @property
    def peer(self) -> "NullEnd":
        """The other end."""
        return self.modem.device if self is self.modem.host else self.modem.host

    async def open(self) -> None:
        """Connect; `DriverError` NOT_FOUND while the wire is cut."""
        if not self.modem.whole:
            raise DriverError(Reason.NOT_FOUND, "null modem: nothing is plugged in", "mend the wire")
        self.is_open = True

    async def receive(self, timeout: float) -> bytes:
        """Wait for bytes; `DriverError` UNPLUGGED when the wire is cut and everything that arrived was received."""
        if not self.buffer and self.is_open:
            self.arrived.clear()
            try:
                async with asyncio.timeout(timeout):
                    await self.arrived.wait()
            except TimeoutError:
                return b""
        if self.buffer:
            size = self.modem.portion(len(self.buffer))
            data = bytes(self.buffer[:size])
            del self.buffer[:size]
            return data
        if not self.is_open:
            raise _cut()
        return b""

    async def send(self, data: bytes) -> None:
        """Send all of ``data``; `DriverError` UNPLUGGED when the wire is cut."""
        if not self.is_open:
            raise _cut()
        await self.modem.carry(data, self.peer)

    async def close(self) -> None:
        """Let go of this end."""
        self.is_open = False
        self.arrived.set()


def _cut() -> DriverError:
    return DriverError(Reason.UNPLUGGED, "null modem: the wire is cut", "mend the wire")
