"""`scanstation devices` and `simulate` as a newcomer uses them: what is wrong is said in words, with the remedy."""

import subprocess
import sys
from pathlib import Path

import pytest


def run(*words: str) -> tuple[int, str, str]:
    tool = [sys.executable, "-m", "scanstation", *words]
    done = subprocess.run(tool, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


def test_bytes_that_hold_no_frame_are_said_to_hold_none() -> None:
    code, out, err = run("devices", "decode", "--protocol", "r200", "bb01ff000115167e", "bb01ff000115177e")
    assert code == 1
    assert out.splitlines() == ['{"type": 1, "command": 255, "error": 21}']
    assert err.splitlines() == ["argument 2: no whole and intact frame or tag of r200"]


def test_state_message_and_remedy_stand_apart() -> None:
    code, _, err = run("devices", "read", "serial:///dev/ttyNOPE", "--count", "1", "--seconds", "0.3")
    assert code == 3
    lines = err.splitlines()
    assert lines[0] == "connecting"
    assert lines[1] == "lost: serial port /dev/ttyNOPE: no such file or directory"
    assert lines[2].startswith("  remedy: plug the device in")


@pytest.mark.parametrize(("url", "words"), [
    ("serial:///dev/ttyS0?baud=fast", "option baud=fast must be a whole number from 50 to 4000000"),
    ("rtsp://dock-3/stream", "write it like camera://rtsp://dock-3/stream"),
    ("mqtts://broker/t", "write it like mqtt://broker/readers/dock?format=impinj&tls=1"),
    ("llrp://reader-7?antennas=x", "option antennas must be a list of antenna numbers from 1"),
])  # fmt: skip
def test_a_wrong_url_says_what_must_be_there(url: str, words: str) -> None:
    code, _, err = run("devices", "read", url)
    assert code == 3
    assert words in err


def test_scenarios_are_listed_with_their_titles() -> None:
    code, out, _ = run("simulate", "--list")
    assert code == 0
    assert "first.toml     One scanner counts a bin" in out.splitlines()


@pytest.mark.parametrize("name", ["nope", "nope.toml", "/"])
def test_a_scenario_that_is_none_is_named(name: str) -> None:
    code, _, err = run("simulate", name)
    assert code == 2
    assert f"no scenario {name!r}" in err
    assert "simulate --list" in err


def test_a_scenario_that_ends_unplugged_is_played_again_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "out.toml"
    scan = '[[steps]]\ndo = "scan"\ndevice = "a"\ndata = "LOC-A-01"\n'
    path.write_text(f'[devices.a]\nkind = "serial"\n{scan}[[steps]]\ndo = "unplug"\ndevice = "a"\n')
    code, out, err = run("simulate", str(path), "--repeat", "3", "--wait", "0")
    assert (code, err) == (0, "")
    assert out.startswith("a: serial://")
