"""The shape of a simulator: a peer at the wire, so that every line of driver and framing runs."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol, cast

from drivers.errors import DriverError, Reason

GROUP = "scanstation.simulators"


@dataclass(frozen=True)
class Delivery:
    """One read that a simulator puts on its wire: a symbol (``payload``, ``aim``) or a tag (``epc`` True).

    ``tid`` and ``user`` are what a reader that reads those memories tells of a tag beside its EPC.
    """

    payload: bytes
    aim: str = ""
    epc: bool = False
    antenna: int = 1
    rssi_dbm: float = -55.0
    tid: bytes = b""
    user: bytes = b""

    @property
    def whole_dbm(self) -> int:
        """The RSSI as most wires tell it: whole dBm in a signed byte."""
        return max(-128, min(127, round(self.rssi_dbm)))


Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def until_cancelled(talk: Conversation) -> Conversation:
    """``talk`` for `asyncio.start_server`: that the program ends while it runs is no error.

    Python 3.11 would print a traceback of each conversation that still runs then.
    """

    async def calm(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await talk(reader, writer)

    return calm


class Simulator(Protocol):
    """A simulated device.  Its ``url`` stays the same when it is unplugged and plugged in again."""

    @property
    def url(self) -> str:
        """What `drivers.registry.open_device` takes; known after `start`."""

    async def start(self) -> None:
        """Be there and be plugged in."""

    async def stop(self) -> None:
        """Be gone and leave nothing behind."""

    async def deliver(self, delivery: Delivery) -> None:
        """Put one complete read on the wire; `DriverError` UNPLUGGED while unplugged."""

    async def break_off(self, delivery: Delivery) -> None:
        """Put half a frame on the wire, then vanish: unplugged in the middle of a transmission."""

    async def unplug(self) -> None:
        """Vanish."""

    async def plug(self) -> None:
        """Come back under the same URL."""

    async def garbage(self, data: bytes) -> None:
        """Put bytes on the wire as they are."""


SimulatorFactory = Callable[[random.Random, Path], Simulator]
"""``factory(rng, folder)``: seeded randomness, and a folder of its own for what it must put into the file system."""


def simulator_schemes() -> tuple[str, ...]:
    """The schemes that have a simulator, sorted."""
    return tuple(sorted({entry.name for entry in entry_points(group=GROUP)}))


def make_simulator(scheme: str, rng: random.Random, folder: Path) -> Simulator:
    """The simulator of ``scheme``, not yet started; `DriverError` BAD_URL lists the schemes that have one."""
    for entry in entry_points(group=GROUP, name=scheme):
        return cast(SimulatorFactory, entry.load())(rng, folder)
    known = ", ".join(simulator_schemes())
    raise DriverError(Reason.BAD_URL, f"no simulator for {scheme!r}", f"take one of {known}")


def unplugged(url: str) -> DriverError:
    """The error of a delivery from a device that is not plugged in."""
    return DriverError(Reason.UNPLUGGED, f"simulated device {url} is not plugged in", "plug it in first")
