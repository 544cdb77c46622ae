"""The conversation of a simulated module with its host."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from drivers.simulators.base import Delivery, unplugged
from drivers.simulators.modules import Module

ROUND = 0.05
"""Seconds of a round in which no tag answers."""
STEP = 0.005
"""Seconds between two looks at the wire."""


class Talk:
    """The conversation of a module with its host, without I/O: reads wait until the module may send them."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self._waiting: deque[tuple[Delivery, asyncio.Future[None]]] = deque()
        self._said = b""
        self._since = 0.0

    async def offer(self, delivery: Delivery) -> None:
        """Wait until the read is out; the error of `drop` when the device vanished before.

        The frame is made when it is said, as the host has asked by then; a read that has none fails here.
        """
        self.module.frame(delivery)
        out: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery, out))
        await out

    def turn(self, now: float) -> bytes:
        """What the module says at ``now`` seconds: the first read that waits, that nothing was found, or nothing.

        A read stays the first until `done`.
        """
        module = self.module
        if not module.asked:
            self._since = now
        if self._waiting and module.free:
            self._said = module.frame(self._waiting[0][0]) * module.repeats
            return self._said
        return module.nothing() if module.asked and now - self._since > ROUND else b""

    def done(self, said: bytes, now: float) -> None:
        """``said`` is out."""
        self.module.took()
        self._since = now
        if self._waiting and self._said is said:
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
        return 0.0 if self._waiting and self.module.free else STEP

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
