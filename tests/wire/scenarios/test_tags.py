"""What a step says of a tag, its antenna and its RSSI, is what the driver reads."""

import asyncio
import random
import time
from pathlib import Path

import pytest

from drivers import Verdict
from drivers.registry import open_device
from drivers.simulators.scenario import load_scenario, play, start_simulators

SCAN = """
[devices.gate]
kind = "%s"
[[steps]]
do = "scan"
device = "gate"
epc = "3034257bf7194e4000000001"
antenna = 3
rssi_dbm = -61.4
"""


@pytest.mark.parametrize(
    ("kind", "more", "antenna", "rssi"),
    [
        ("r200", "", 3, -61.0),
        ("thingmagic", "", 3, -61.0),
        ("thingmagic", "&mode=stream", 3, -61.0),
        ("uhfreader18", "", 3, None),  # the byte that it tells is no dBm
        ("llrp", "", 3, -61.0),
        ("http", "", 3, -61.4),
    ],
)
async def test_antenna_and_rssi_of_a_step_are_read(
    kind: str, more: str, antenna: int, rssi: float | None, tmp_path: Path
) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text(SCAN % kind)
    scenario, rng = load_scenario(path), random.Random(1)
    async with asyncio.timeout(20), start_simulators(scenario, rng=rng, folder=tmp_path) as simulators:
        url = simulators["gate"].url + more
        device = open_device(url, name="gate", clock=lambda: time.time_ns() // 1000, rng=rng)
        playing = asyncio.create_task(play(scenario, simulators, rng=rng))
        read = await anext(device.reads())
        await device.ack(read, Verdict.OK)
        await playing
        await device.close()
    assert (read.payload.hex(), read.antenna, read.rssi_dbm) == ("3034257bf7194e4000000001", antenna, rssi)
