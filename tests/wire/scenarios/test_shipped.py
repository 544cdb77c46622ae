"""Every shipped scenario is played at the wire and read by the real drivers."""

import asyncio
import random
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from drivers import Verdict
from drivers.device import Device, State
from drivers.registry import open_device
from drivers.simulators.scenario import load_scenario, play, start_simulators

SHIPPED = Path(__file__).parents[3] / "config" / "scenarios"
GTIN = b"4006381333931"
NETWORK_TAG = bytes.fromhex("3034257BF7194E4000000001")
EXPECTED = {
    "first.toml": Counter({b"LOC-A-01": 1, GTIN: 2, b"010950600013435210L1": 2, b"CMD-CLOSE": 1}),
    "unplug.toml": Counter({GTIN: 10}),
    "noise.toml": Counter({GTIN: 1, b"00106141411234567897": 3}),
    "network.toml": Counter({b"LOC-A-01": 1, GTIN: 8, NETWORK_TAG: 4}),
    "modules.toml": Counter(
        {
            bytes.fromhex("3034257bf7194e4000000001"): 4,
            bytes.fromhex("3034257bf7194e4000000002"): 2,
            bytes.fromhex("3034257bf7194e4000000003"): 1,
            b"00106141411234567897": 4,
            GTIN: 2,
            bytes.fromhex("67003b51c6"): 1,
        }
    ),
    "camera.toml": Counter({GTIN: 1, b"LOC-A-01": 2}),
    "rtsp.toml": Counter({GTIN: 1, b"LOC-A-01": 1}),
    "slow.toml": Counter({NETWORK_TAG: 3, GTIN: 5})
    + Counter({bytes.fromhex(f"3034257BF7194E400000000{number}"): times for number, times in ((2, 3), (3, 5), (4, 1))}),
}
TAGS = [bytes.fromhex(f"3034257BF7194E40{number:08X}") for number in range(1, 10)]
STRAYS = [bytes.fromhex(f"3034257BF7194E40{number:08X}") for number in (0x101, 0x102)]


def now() -> int:
    return time.time_ns() // 1000


async def played(path: Path, folder: Path, enough: int) -> Counter[bytes]:
    """What the drivers deliver while the scenario is played, ten times as fast as written."""
    scenario = load_scenario(path)
    rng = random.Random(scenario.seed)
    got: Counter[bytes] = Counter()

    async def consume(device: Device) -> None:
        async for read in device.reads():
            got[read.payload] += 1
            await device.ack(read, Verdict.OK)

    async def hurry(seconds: float) -> None:
        await asyncio.sleep(seconds / 10)

    async with AsyncExitStack() as stack, asyncio.timeout(100):
        simulators = await stack.enter_async_context(start_simulators(scenario, rng=rng, folder=folder))
        devices = [open_device(s.url, name=name, clock=now, rng=rng) for name, s in simulators.items()]
        consumers = [asyncio.create_task(consume(device)) for device in devices]
        for device in devices:
            stack.push_async_callback(device.close)
            while device.status.state is not State.READY:
                await asyncio.sleep(0.01)
        await play(scenario, simulators, sleep=hurry, rng=rng)
        while got.total() < enough:
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)
        for device in devices:
            await device.close()
        await asyncio.gather(*consumers)
    return got


@pytest.mark.parametrize("name", sorted(EXPECTED))
async def test_scanners_and_camera_deliver_exactly_what_was_shown(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.simulators.frames.FRAMES_SHOWN", 45)  # a loaded machine looks at few of them
    assert await played(SHIPPED / name, tmp_path, EXPECTED[name].total()) == EXPECTED[name]


async def test_the_sweep_reads_the_shelf_often_and_its_neighbours_seldom(tmp_path: Path) -> None:
    got = await played(SHIPPED / "sweep.toml", tmp_path, 100)
    assert set(TAGS) <= set(got) <= {*TAGS, *STRAYS}
    assert got[TAGS[-1]] == 1
    assert min(got[tag] for tag in TAGS[:-1]) > max(got[tag] for tag in STRAYS)


def test_every_shipped_scenario_is_played_here() -> None:
    assert {path.name for path in SHIPPED.glob("*.toml")} == {*EXPECTED, "sweep.toml"}
