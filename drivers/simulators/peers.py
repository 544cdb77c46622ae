"""Simulators of every device that has a `Module`: on a pseudo terminal, as TCP server, and as TCP caller."""

import asyncio
import contextlib
import os
import random
from functools import partial
from pathlib import Path

from drivers.simulators.badge_modules import Id12Module, Pn532Module, Rdm6300Module
from drivers.simulators.base import Delivery, SimulatorFactory, unplugged
from drivers.simulators.chainway_module import ChainwayModule
from drivers.simulators.mercury_module import MercuryModule
from drivers.simulators.modules import Module
from drivers.simulators.scanner import ScannerSimulator, TcpScannerSimulator, bound, half
from drivers.simulators.scanner_modules import HoneywellModule, KeyenceModule, TslModule
from drivers.simulators.tag_modules import R200Module, UhfReader18Module
from drivers.simulators.talk import STEP, Talk
from drivers.transports.descriptors import ready

CALL_AGAIN = 0.05
"""Seconds between two calls of a reader whose host does not listen."""


class SerialPeer(ScannerSimulator):
    """A module on a pseudo terminal."""

    def __init__(self, rng: random.Random, folder: Path, name: str, module: Module) -> None:
        super().__init__(rng, folder, name)
        self.talk = Talk(module)
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """The serial URL of the link."""
        return f"serial://{self.link.absolute()}?{self.talk.module.query}"

    def spoilt(self, frame: bytes) -> bytes:
        """As the module's protocol can find it."""
        return self.talk.module.spoilt(frame)

    async def deliver(self, delivery: Delivery) -> None:
        """Give one read as soon as the host asks for it."""
        if self._master is None:
            raise unplugged(self.url)
        await self.talk.offer(delivery)

    async def break_off(self, delivery: Delivery) -> None:
        """Send the beginning of a frame, then vanish."""
        await self._write(half(self.talk.module.frame(delivery), self._rng))
        await self.unplug()

    async def plug(self) -> None:
        """A new pty, and a module that was just switched on."""
        if self._master is None:
            await super().plug()
            self._task = asyncio.create_task(self._serve())

    async def _serve(self) -> None:
        with contextlib.suppress(OSError):
            await self.talk.serve(self._hear, self.say)

    async def _hear(self) -> bytes | None:
        master = self._master
        if master is None:
            raise OSError("unplugged")
        if self.silent:
            await asyncio.sleep(STEP)
            return None
        return os.read(master, 4096) if await ready(master, self.talk.patience) else b""

    def _swallow(self) -> None:
        """What the host sent waits for the module."""

    def _vanish(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        super()._vanish()
        self.talk.drop(self.url)


class TcpPeer(TcpScannerSimulator):
    """A module that is a TCP server."""

    def __init__(self, rng: random.Random, module: Module) -> None:
        super().__init__(rng)
        self.talk = Talk(module)
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """The TCP URL."""
        return f"tcp://127.0.0.1:{self.port}?{self.talk.module.query}"

    def spoilt(self, frame: bytes) -> bytes:
        """As the module's protocol can find it."""
        return self.talk.module.spoilt(frame)

    async def deliver(self, delivery: Delivery) -> None:
        """Give one read as soon as the host asks for it."""
        if not self.plugged:
            raise unplugged(self.url)
        await self.talk.offer(delivery)

    async def plug(self) -> None:
        """Listen, and a module that was just switched on."""
        if not self.plugged:
            await super().plug()
            self._task = asyncio.create_task(self.talk.serve(self._hear, self.say))

    async def _hear(self) -> bytes | None:
        if self.silent:
            await asyncio.sleep(STEP)
            return None
        await asyncio.sleep(self.talk.patience)
        heard = bytes(self.received)
        self.received.clear()
        return heard

    def _host_came(self) -> None:
        """A new host starts a new conversation."""
        self.received.clear()
        self.talk.module.restart()

    def _vanish(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        url = self.url
        super()._vanish()
        self.talk.drop(url)


class TcpCaller(TcpScannerSimulator):
    """A fixed reader that is a TCP client: it calls the station again and again until that listens."""

    @property
    def url(self) -> str:
        """The URL of a host that listens for this reader."""
        return f"tcp://127.0.0.1:{self.port}?listen=1&timeout=1&protocol=lines"

    async def start(self) -> None:
        """Choose the port of the station and begin to call."""
        self._reserved = bound(0)
        self._calling: asyncio.Task[None] | None = None
        await self.plug()

    @property
    def plugged(self) -> bool:
        """Whether it calls or is connected."""
        return self._calling is not None

    async def plug(self) -> None:
        """Call the station."""
        if self._calling is None:
            self._calling = asyncio.create_task(self._call())

    async def _call(self) -> None:
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                await self._answer(reader, writer)
            await asyncio.sleep(CALL_AGAIN)

    def _vanish(self) -> None:
        calling, self._calling = self._calling, None
        if calling is not None:
            calling.cancel()
        super()._vanish()


def _peer(kind: str, module: type[Module], rng: random.Random, folder: Path) -> SerialPeer:
    return SerialPeer(rng, folder, kind, module())


honeywell_simulator: SimulatorFactory = partial(_peer, "honeywell", HoneywellModule)
rdm6300_simulator: SimulatorFactory = partial(_peer, "rdm6300", Rdm6300Module)
id12_simulator: SimulatorFactory = partial(_peer, "id12", Id12Module)
r200_simulator: SimulatorFactory = partial(_peer, "r200", R200Module)
chainway_simulator: SimulatorFactory = partial(_peer, "chainway", ChainwayModule)
uhfreader18_simulator: SimulatorFactory = partial(_peer, "uhfreader18", UhfReader18Module)
thingmagic_simulator: SimulatorFactory = partial(_peer, "thingmagic", MercuryModule)
pn532_simulator: SimulatorFactory = partial(_peer, "pn532", Pn532Module)
tsl_simulator: SimulatorFactory = partial(_peer, "tsl", TslModule)


def keyence_simulator(rng: random.Random, folder: Path) -> TcpPeer:
    """Entry point ``keyence``: a triggered reader that is a TCP server."""
    del folder
    return TcpPeer(rng, KeyenceModule())


def caller_simulator(rng: random.Random, folder: Path) -> TcpCaller:
    """Entry point ``tcp-caller``: a reader that calls the station."""
    del folder
    return TcpCaller(rng)
