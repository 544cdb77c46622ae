"""Programs that end while a host is still connected to a simulated device end quietly."""

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from drivers.simulators.base import make_simulator
from drivers.url import parse_url


@pytest.mark.parametrize("scheme", ["tcp", "llrp", "http"])
def test_a_host_that_is_still_there_leaves_no_traceback(scheme: str, tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []
    held: list[asyncio.StreamWriter] = []

    async def end_in_the_middle() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
        simulator = make_simulator(scheme, random.Random(1), tmp_path)
        await simulator.start()
        port = int(parse_url(simulator.url, "").target.split("/")[0].rpartition(":")[2])
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        held.append(writer)
        async with asyncio.timeout(20):
            while len(asyncio.all_tasks()) < 2:  # this one and the conversation
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)

    asyncio.run(end_in_the_middle())
    assert told == []
