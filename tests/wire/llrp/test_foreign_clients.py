"""Our simulated reader serves the clients of other libraries: sllurp and llrpjs, each a process of its own."""

import asyncio
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from drivers.simulators.base import Delivery
from drivers.simulators.llrp import LlrpSimulator

HERE = Path(__file__).parent
SLLURP = HERE.parents[2] / "build/sllurp/bin/python"
COUNT = 8
CHIP, USER = bytes.fromhex("e280116020007d3b8a4b0a11"), bytes.fromhex("cafe01020304")
TAGS = [
    Delivery(
        bytes.fromhex(f"3034257bf7194e40{n:08x}"), epc=True, antenna=1 + n % 2, rssi_dbm=-40 - n, tid=CHIP, user=USER
    )
    for n in range(COUNT - 1)
]
TAGS.append(Delivery(bytes.fromhex("350123456789abcdef01234567890100"), epc=True, antenna=2, rssi_dbm=-60))


async def served(simulator: LlrpSimulator, *command: str) -> list[dict[str, Any]]:
    """What the client prints while tags pass the reader."""
    client = await asyncio.create_subprocess_exec(
        *command, str(simulator.port), str(COUNT), stdout=asyncio.subprocess.PIPE
    )
    assert client.stdout is not None
    try:
        async with asyncio.timeout(60):
            while not simulator.state.running:
                await asyncio.sleep(0.01)
            for tag in TAGS:
                await simulator.deliver(tag)
            lines = (await client.stdout.read()).decode().splitlines()
        assert await client.wait() == 0
    finally:
        if client.returncode is None:
            client.kill()
            await client.wait()
    return [json.loads(line) for line in lines]


async def test_sllurp_takes_an_inventory(simulator: LlrpSimulator, lacking: Callable[[str], NoReturn]) -> None:
    if not SLLURP.exists():
        lacking("sllurp is missing: run sh setup.sh test")
    [tags] = await served(simulator, str(SLLURP), str(HERE / "foreign_client.py"))
    assert [tag["EPC"] for tag in tags] == [tag.payload.hex() for tag in TAGS]
    assert all(tag["TagSeenCount"] == 1 and tag["LastSeenTimestampUTC"] > 1.7e15 for tag in tags)
    asked = [request.name for request in simulator.state.requests]
    for request in ("ENABLE_EVENTS_AND_REPORTS", "DELETE_ACCESSSPEC", "DELETE_ROSPEC", "ADD_ROSPEC", "ENABLE_ROSPEC"):
        assert request in asked


async def test_llrpjs_takes_an_inventory_with_memory_reads(
    simulator: LlrpSimulator, lacking: Callable[[str], NoReturn]
) -> None:
    node = shutil.which("node")
    if node is None or not (HERE / "node_modules/llrpjs").is_dir():
        lacking("Node.js or llrpjs is missing: run sh setup.sh test")
    *reports, end = await served(simulator, node, str(HERE / "foreign_client.js"))
    tags = [report["tag"] for report in reports]
    epcs = [tag["EPC_96"]["EPC"] if "EPC_96" in tag else tag["EPCData"]["EPC"] for tag in tags]
    assert [epc.lower() for epc in epcs] == [tag.payload.hex() for tag in TAGS]
    assert [(tag["AntennaID"]["AntennaID"], tag["PeakRSSI"]["PeakRSSI"]) for tag in tags] == [
        (tag.antenna, tag.rssi_dbm) for tag in TAGS
    ]
    read = [[(one["OpSpecID"], one["ReadData"].lower()) for one in tag["C1G2ReadOpSpecResult"]] for tag in tags[:-1]]
    assert read == [[(61001, CHIP.hex()), (61002, USER.hex()[:8])]] * (COUNT - 1)
    assert "C1G2ReadOpSpecResult" not in tags[-1], "it has no such memory"
    assert {answer["status"] for answer in end["answers"].values()} == {"M_Success"}
    assert end["answers"]["GET_ROSPECS"]["rospec"]["ROSpecID"] == 123
