"""Our client against a reader in JavaScript, on an independent LLRP library that runs as a process of its own."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest

Open = Callable[[str], Any]
HERE = Path(__file__).parent
TAGS = [{"epc": f"3034257bf7194e40{n:08x}", "antenna": 1 + n % 3, "rssi": -40 - n} for n in range(12)]
TAGS += [{"epc": "35" + "0123456789abcdef" * 2 + "00", "antenna": 2, "rssi": -61}]


@pytest.fixture(scope="module")
def node(lacking: Callable[[str], NoReturn]) -> str:
    """The command that runs JavaScript, with the library installed; its absence fails under CI=true."""
    command = shutil.which("node")
    if command is None or not (HERE / "node_modules/llrpjs").is_dir():
        lacking("Node.js or llrpjs is missing: run sh setup.sh test")
    return command


class ForeignReader:
    """The process and what it has told so far."""

    def __init__(self) -> None:
        self.port = 0
        self.told: list[dict[str, Any]] = []

    def requests(self) -> list[str]:
        return [line["request"] for line in self.told if "request" in line]

    def acknowledged(self) -> int:
        return sum("acknowledged" in line for line in self.told)

    def asked(self, request: str) -> dict[str, Any]:
        found: dict[str, Any] = next(line["data"] for line in self.told if line.get("request") == request)
        return found


@asynccontextmanager
async def foreign_reader(node: str) -> AsyncIterator[ForeignReader]:
    command = [node, str(HERE / "foreign_reader.js"), json.dumps(TAGS)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    reader = ForeignReader()
    reader.port = json.loads(await process.stdout.readline())["port"]

    async def listen(lines: asyncio.StreamReader) -> None:
        async for line in lines:
            reader.told.append(json.loads(line))

    listening = asyncio.create_task(listen(process.stdout))
    try:
        yield reader
    finally:
        process.kill()
        await process.wait()
        await listening


async def test_our_client_takes_an_inventory_of_a_javascript_reader(node: str, station: Open) -> None:
    async with foreign_reader(node) as foreign:
        url = f"llrp://127.0.0.1:{foreign.port}?antennas=1,2&session=1&keepalive=0.2"
        field = {bytes.fromhex(tag["epc"]): tag for tag in TAGS if tag["antenna"] in (1, 2)}
        async with station(url) as host:
            await host.until(lambda: len(host.reads) >= 3 * len(field) and foreign.acknowledged() >= 3)
            assert host.payloads[: len(field)] == list(field)
            assert set(host.payloads) == set(field)
            assert all(read.antenna == field[read.payload]["antenna"] for read in host.reads)
            assert all(read.rssi_dbm == field[read.payload]["rssi"] for read in host.reads)
            assert all(read.seen_count == 1 and read.device_time > 1.7e15 for read in host.reads)
            assert len(host.statuses) == 2, "the connection broke"
        assert foreign.requests()[:6] == [
            "GET_READER_CAPABILITIES",
            "SET_READER_CONFIG",
            "DELETE_ROSPEC",
            "ADD_ROSPEC",
            "ENABLE_ROSPEC",
            "START_ROSPEC",
        ]
        rospec = foreign.asked("ADD_ROSPEC")["ROSpec"]
        assert rospec["AISpec"]["AntennaIDs"] == [1, 2]
        assert foreign.asked("SET_READER_CONFIG")["KeepaliveSpec"]["PeriodicTriggerValue"] == 200
        assert not [line for line in foreign.told if "error" in line or line.get("ok") is False]
