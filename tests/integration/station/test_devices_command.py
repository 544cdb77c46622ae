"""`scanstation devices` beside a station that serves: a scanner at work, then unplugged, and what to do about it."""

import asyncio
import json
import os
import random
import subprocess
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers.simulators.base import Delivery
from drivers.simulators.scanner import ScannerSimulator, scanner_simulator

CODE = Delivery(payload=b"9521141123454", aim="]E0")


@pytest.fixture
async def scanner(tmp_path: Path) -> AsyncIterator[ScannerSimulator]:
    simulator = scanner_simulator(random.Random(5), tmp_path)
    await simulator.start()
    yield simulator
    await simulator.stop()


@pytest.fixture
def site(tmp_path: Path, scanner: ScannerSimulator, tool: Path) -> dict[str, str]:
    """The environment of a site with one scanner that is there and one that never is."""
    config = tmp_path / "config"
    config.mkdir()
    (config / "station.toml").write_text(
        f'[[devices]]\nname = "hand scanner"\nurl = "{scanner.url}"\n'
        '[[devices]]\nname = "gate"\nurl = "serial:rfc2217://ann:s3cret@127.0.0.1:9?protocol=lines"\n'
    )
    own = {"SCANSTATION_CONFIG": str(config), "SCANSTATION_DATA_DIR": str(tmp_path / "var"), "SCANSTATION_PORT": "0"}
    return os.environ | own | {"PATH": f"{tool.parent}:{os.environ['PATH']}"}


@pytest.fixture
def served(site: dict[str, str]) -> Iterator[str]:
    """The address of `scanstation serve` in a process of its own."""
    with subprocess.Popen(["scanstation", "serve"], env=site, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "open at http" in line:
                break
        try:
            yield line.split()[-1]
        finally:
            process.send_signal(2)
            assert process.wait(timeout=30) == 0


def run(site: dict[str, str], *words: str, code: int = 0) -> str:
    done = subprocess.run(["scanstation", *words], env=site, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout if code == 0 else done.stderr


async def until(site: dict[str, str], condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Ask until the hand scanner is so."""
    async with asyncio.timeout(60):
        while True:
            lines = (await asyncio.to_thread(run, site, "devices", "--json")).splitlines()
            device: dict[str, Any] = next(row for row in map(json.loads, lines) if row["name"] == "hand scanner")
            if condition(device):
                return device


async def test_a_scanner_at_work_and_unplugged(site: dict[str, str], scanner: ScannerSimulator, served: str) -> None:
    ready = await until(site, lambda device: bool(device["state"] == "ready"))
    assert (ready["reads"], ready["last_read"], ready["errors"]) == (0, None, 0)
    for _ in range(3):
        await scanner.deliver(CODE)
    busy = await until(site, lambda device: bool(device["reads"] == 3))
    assert busy["per_minute"] <= 3
    assert busy["since"] < busy["last_read"] < busy["at"]
    await scanner.garbage(CODE.payload)
    endless = await until(site, lambda device: bool(device["unread"] == 1))
    assert "without a line end" in endless["last_unread"] and endless["remedy"].startswith("set the scanner's suffix")
    await scanner.unplug()
    lost = await until(site, lambda device: bool(device["state"] == "lost"))
    assert (lost["losses"], lost["errors"], lost["reason"] in ("unplugged", "not_found")) == (1, 1, True)
    shown = await asyncio.to_thread(run, site, "devices")
    assert "hand scanner" in shown and "gate" in shown
    assert "plug the device in" in shown, "the remedy is told"
    assert "hand scanner: 1 not read, the last: 13 bytes arrived without a line end" in shown
    assert "s3cret" not in shown and "ann:***@" in shown
    await scanner.plug()
    back = await until(site, lambda device: bool(device["state"] == "ready"))
    assert (back["reconnects"], back["reads"]) == (1, 3)
    with urllib.request.urlopen(f"{served}metrics", timeout=30) as answer:
        text = answer.read().decode()
    assert 'scanstation_device_reads_total{device="hand scanner"} 3.0' in text
    assert 'scanstation_device_notices_total{device="hand scanner",kind="no_end"} 1.0' in text
    assert "s3cret" not in text


def test_watching_goes_on_until_it_is_interrupted(site: dict[str, str], served: str) -> None:
    with subprocess.Popen(
        ["scanstation", "devices", "--watch", "--json"], env=site, stdout=subprocess.PIPE, text=True
    ) as shown:
        assert shown.stdout is not None
        rows = [json.loads(shown.stdout.readline()) for _ in range(4)]
        shown.send_signal(2)
        assert shown.wait(timeout=30) == 0
    assert [row["name"] for row in rows] == ["hand scanner", "gate"] * 2
    assert rows[0]["at"] < rows[2]["at"]


def test_without_a_station_it_says_how_to_start_one(site: dict[str, str]) -> None:
    said = run(site, "devices", code=3)
    assert "no station runs on" in said and "scanstation serve" in said and "devices list" in said
