"""Simulators of every device that has a `Module`: on a pseudo terminal, as TCP server, and as TCP caller."""

import asyncio
import contextlib
import os
import random
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from drivers.simulators.base import Delivery, SimulatorFactory, unplugged
from drivers.simulators.modules import MODULES, KeyenceModule, Module
from drivers.simulators.scanner import ScannerSimulator, TcpScannerSimulator, bound, half
from drivers.transports.descriptors import ready

ROUND = 0.05
"""Seconds of a round in which no tag answers."""
CALL_AGAIN = 0.05
"""Seconds between two calls of a reader whose host does not listen."""
_STEP = 0.005


class Talk:
    """The conversation of a module with its host, without I/O: reads wait until the module may send them."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self._waiting: deque[tuple[bytes, asyncio.Future[None]]] = deque()
        self._since = 0.0

    async def offer(self, delivery: Delivery) -> None:
        """Wait until the read is out; the error of `drop` when the device vanished before."""
        frame = self.module.frame(delivery) * self.module.repeats
        out: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((frame, out))
        await out

    def turn(self, now: float) -> bytes:
        """What the module says at ``now`` seconds: the first read that waits, that nothing was found, or nothing.

        A read stays the first until `done`.
        """
        module = self.module
        if not module.asked:
            self._since = now
        if self._waiting and module.free:
            return self._waiting[0][0]
        return module.nothing() if module.asked and now - self._since > ROUND else b""

    def done(self, said: bytes, now: float) -> None:
        """``said`` is out."""
        self.module.took()
        self._since = now
        if self._waiting and self._waiting[0][0] is said:
            _, out = self._waiting.popleft()
            if not out.done():
                out.set_result(None)

    def drop(self, url: str) -> None:
        """The device vanished: nobody will get what waits."""
        self.module.restart()
        while self._waiting:
            _, out = self._waiting.popleft()
            if not out.done():
                out.set_exception(unplugged(url))

    @property
    def patience(self) -> float:
        """Seconds that the host's next bytes may be waited for."""
        return 0.0 if self._waiting and self.module.free else _STEP

    async def serve(self, hear: Callable[[], Awaitable[bytes | None]], say: Callable[[bytes], Awaitable[None]]) -> None:
        """Answer the host and give reads, until the wire breaks or the task is cancelled.

        ``hear`` gives the host's bytes; None while the device is silent.
        """
        loop = asyncio.get_running_loop()
        while True:
            if (heard := await hear()) is None:
                continue
            for answer in self.module.hear(heard):
                await say(answer)
            if said := self.turn(loop.time()):
                await say(said)
                self.done(said, loop.time())


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
            await asyncio.sleep(_STEP)
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
            await asyncio.sleep(_STEP)
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


def _peer(kind: str, rng: random.Random, folder: Path) -> SerialPeer:
    return SerialPeer(rng, folder, kind, MODULES[kind]())


honeywell_simulator: SimulatorFactory = partial(_peer, "honeywell")
rdm6300_simulator: SimulatorFactory = partial(_peer, "rdm6300")
id12_simulator: SimulatorFactory = partial(_peer, "id12")
r200_simulator: SimulatorFactory = partial(_peer, "r200")
uhfreader18_simulator: SimulatorFactory = partial(_peer, "uhfreader18")
thingmagic_simulator: SimulatorFactory = partial(_peer, "thingmagic")
pn532_simulator: SimulatorFactory = partial(_peer, "pn532")
tsl_simulator: SimulatorFactory = partial(_peer, "tsl")


def keyence_simulator(rng: random.Random, folder: Path) -> TcpPeer:
    """Entry point ``keyence``: a triggered reader that is a TCP server."""
    del folder
    return TcpPeer(rng, KeyenceModule())


def caller_simulator(rng: random.Random, folder: Path) -> TcpCaller:
    """Entry point ``tcp-caller``: a reader that calls the station."""
    del folder
    return TcpCaller(rng)
