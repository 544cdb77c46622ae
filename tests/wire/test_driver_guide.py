"""The driver of docs/driver-guide.md, a package of its own: it reads, acknowledges and keeps the contract."""

import asyncio
import importlib
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from drivers import Verdict
from drivers.device import State
from drivers.registry import open_device, schemes
from drivers.simulators.base import Delivery, make_simulator

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = re.findall(
    r"^```(\w+)\n(.*?)^```", (ROOT / "docs/driver-guide.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
)
DRIVER, PROGRAM = (text for language, text in BLOCKS if language == "python")
(PYPROJECT,) = (text for language, text in BLOCKS if language == "toml")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like site-packages into which the guide's package was built and installed; `scanstation` is there."""
    project, site = tmp_path_factory.mktemp("gate-driver"), tmp_path_factory.mktemp("site")
    (project / "gate_driver.py").write_text(DRIVER, "utf-8")
    (project / "pyproject.toml").write_text(PYPROJECT, "utf-8")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    offline = ["--no-index", "--no-build-isolation", "--no-deps", "--target", str(site), str(project)]
    run = subprocess.run([*pip, *offline], check=False, capture_output=True, text=True, timeout=240)
    assert run.returncode == 0, run.stdout + run.stderr
    return site


@pytest.fixture
def importable(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(installed)
    monkeypatch.delitem(sys.modules, "gate_driver", raising=False)


@pytest.mark.usefixtures("importable")
async def test_a_value_comes_through_tcp_and_is_acknowledged_when_it_is_durable(tmp_path: Path) -> None:
    assert "gate" in schemes()
    simulator = make_simulator("gate", random.Random(1), tmp_path)
    await simulator.start()
    device = open_device(simulator.url, name="gate 1", clock=lambda: time.time_ns() // 1000, rng=random.Random(2))
    heard = simulator.received  # type: ignore[attr-defined]
    try:
        async with asyncio.timeout(20):
            reads = device.reads()
            coming = asyncio.ensure_future(anext(reads))  # connects
            await simulator.garbage(b"\x02]C0TORN\x03noise" + b"\x02]E09521141000021FFFF\x03")
            await simulator.deliver(Delivery(payload=b"9521141000021", aim="]E0"))
            read = await coming
            assert (read.payload, read.aim, read.device) == (b"9521141000021", "]E0", "gate 1")
            while heard != b"\x15":  # the frame with the wrong check sum is refused at once
                await asyncio.sleep(0.01)
            await device.ack(read, Verdict.OK)
            while heard != b"\x15\x06":
                await asyncio.sleep(0.01)
    finally:
        await device.close()
        await simulator.stop()
    assert device.status.state is State.CLOSED


@pytest.mark.usefixtures("importable")
async def test_the_program_of_the_guide(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    exec(compile(PROGRAM, "docs/driver-guide.md", "exec"), names)
    simulator = make_simulator("gate", random.Random(1), tmp_path)
    await simulator.start()
    try:
        async with asyncio.timeout(20):
            running = asyncio.ensure_future(names["main"](simulator.url))  # type: ignore[operator]
            await simulator.deliver(Delivery(payload=b"LOT7", aim="]C0"))
            await running
    finally:
        await simulator.stop()
    assert capsys.readouterr().out == "]C0 b'LOT7'\n"


@pytest.mark.usefixtures("importable")
def test_any_split_of_the_bytes_gives_the_same_frames() -> None:
    gate = importlib.import_module("gate_driver")
    rng = random.Random(4)
    frames = [gate.GateSimulator.frame(Delivery(payload=b"ITEM-%04d" % number, aim="]C0")) for number in range(20)]
    noise = [bytes(rng.choice(b"\x02\x03AB09]") for _ in range(rng.randint(0, 600))) for _ in frames]
    data = b"".join(part for pair in zip(noise, frames, strict=True) for part in pair)

    def read(portions: list[bytes]) -> list[bytes]:
        protocol = gate.GateProtocol()
        return [frame.payload for portion in portions for frame in protocol.feed(portion).frames]

    whole = read([data])
    assert whole == [b"ITEM-%04d" % number for number in range(20)]
    assert read([data[place : place + 1] for place in range(len(data))]) == whole
    assert read([data[place : place + 7] for place in range(0, len(data), 7)]) == whole


def test_it_keeps_the_contract_of_every_driver(installed: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "gate"]
    environment = os.environ | {"PYTHONPATH": str(installed)}
    environment.pop("PYTEST_ADDOPTS", None)
    suite = [*command, "tests/contract/drivers/test_every_driver.py"]
    run = subprocess.run(suite, check=False, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=280)
    assert run.returncode == 0, run.stdout + run.stderr
    assert int(re.search(r"(\d+) passed", run.stdout)[1]) > 10  # type: ignore[index]
