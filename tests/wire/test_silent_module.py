"""A module that falls silent is asked again, is lost in the end, and is read again when it speaks."""

import asyncio
import random
from pathlib import Path

import pytest

from drivers import Reason
from drivers.device import State
from drivers.registry import open_device
from drivers.simulators.base import Delivery, make_simulator

TAG = bytes.fromhex("3034257bf7194e40000000")


@pytest.mark.parametrize("kind", ["r200", "uhfreader18", "thingmagic"])
async def test_silence_is_noticed_and_ends_by_itself(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.protocols.polling.GIVE_UP", 2.0)
    simulator = make_simulator(kind, random.Random(1), tmp_path)
    await simulator.start()
    device = open_device(simulator.url, name=kind, clock=lambda: 0, rng=random.Random(2))
    got: list[bytes] = []
    reasons: list[Reason | None] = []
    device.on_status(lambda status: reasons.append(status.reason))

    async def consume() -> None:
        async for read in device.reads():
            got.append(read.payload)

    task = asyncio.create_task(consume())
    try:
        async with asyncio.timeout(60):
            await simulator.deliver(Delivery(payload=TAG + b"\x01", epc=True))
            simulator.silent = True  # type: ignore[attr-defined]
            await asyncio.sleep(0.1)  # what is being said is said to its end
            waiting = asyncio.create_task(simulator.deliver(Delivery(payload=TAG + b"\x02", epc=True)))
            while Reason.TIMEOUT not in reasons:
                await asyncio.sleep(0.01)
            assert not waiting.done()
            assert got == [TAG + b"\x01"]
            simulator.silent = False  # type: ignore[attr-defined]
            await waiting
            while len(got) < 2:
                await asyncio.sleep(0.01)
            assert device.status.state is State.READY
    finally:
        await device.close()
        await simulator.stop()
        await task
    assert got == [TAG + b"\x01", TAG + b"\x02"]
