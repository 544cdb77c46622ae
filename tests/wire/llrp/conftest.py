"""A simulated reader on TCP, and a device that reads it."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from drivers.device import State, Status
from drivers.llrp import llrp_device
from drivers.read import Read, Verdict
from drivers.simulators.llrp import LlrpSimulator

PATIENCE = 20.0


def now() -> int:
    return time.time_ns() // 1000


class Station:
    """Consumes the reads of one device and remembers its states."""

    def __init__(self, url: str) -> None:
        self.device = llrp_device(url, name="reader", clock=now, rng=random.Random(3))
        self.reads: list[Read] = []
        self.statuses: list[Status] = []
        self.device.on_status(self.statuses.append)
        self._task = asyncio.create_task(self._consume())

    async def _consume(self) -> None:
        async for read in self.device.reads():
            self.reads.append(read)
            await self.device.ack(read, Verdict.OK)

    @property
    def payloads(self) -> list[bytes]:
        return [read.payload for read in self.reads]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await asyncio.sleep(0.005)

    async def until_state(self, state: State) -> None:
        await self.until(lambda: self.device.status.state is state)

    async def close(self) -> None:
        await self.device.close()
        await self._task


@pytest.fixture
async def simulator() -> AsyncIterator[LlrpSimulator]:
    reader = LlrpSimulator(random.Random(1))
    await reader.start()
    yield reader
    await reader.stop()


@pytest.fixture
def station() -> Callable[[str], object]:
    """Open a device at a URL: ``async with station(url) as open_station``."""

    @asynccontextmanager
    async def opened(url: str) -> AsyncIterator[Station]:
        made = Station(url)
        try:
            yield made
        finally:
            await made.close()

    return opened
