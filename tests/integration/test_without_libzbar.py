"""A machine without libzbar: everything goes on with zxing-cpp alone, and `doctor` says what is lost."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from drivers.simulators.base import Delivery
from drivers.simulators.frames import write_video
from drivers.simulators.rendering import compose, draw_label

LABEL = b"4006381333931"

NOT_FOUND = """
import ctypes.util
find = ctypes.util.find_library
ctypes.util.find_library = lambda name: None if name == "zbar" else find(name)
"""
"""Runs first in every Python process of the test, zbar's own included: the library cannot be found."""


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine without libzbar."""
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "sitecustomize.py").write_text(NOT_FOUND, "utf-8")
    return {**os.environ, "PYTHONPATH": str(tmp_path / "bare"), "SCANSTATION_DATA_DIR": str(tmp_path / "var")}


def run(*arguments: str, env: dict[str, str]) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-m", "scanstation", *arguments],
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_second_engine_really_is_not_there(bare: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import pyzbar.pyzbar"], env=bare, capture_output=True, timeout=60, check=False
    )
    assert b"zbar" in done.stderr
    assert done.returncode != 0


def test_pictures_and_videos_are_read(bare: dict[str, str], tmp_path: Path) -> None:
    frame = compose([draw_label(LABEL)], (960, 540), random.Random(1))
    cv2.imwrite(str(tmp_path / "label.png"), frame)
    cv2.imwrite(str(tmp_path / "dark.png"), compose([], (960, 540), random.Random(1)))
    label, dark = run("decode", str(tmp_path / "label.png"), str(tmp_path / "dark.png"), env=bare)
    assert label["codes"] == [{"text": LABEL.decode(), "symbology": "EAN-13"}]
    assert dark["codes"] == []
    write_video(tmp_path / "walk.mp4", [[Delivery(LABEL, "]E0")]], random.Random(2), frames=6)
    (read,) = run("devices", "read", f"camera://{tmp_path}/walk.mp4", env=bare)
    assert read["payload"] == LABEL.decode()


def test_doctor_says_what_is_lost_and_how_to_get_it(bare: dict[str, str]) -> None:
    checks = {check["name"]: check for check in run("doctor", "--json", env=bare)}
    zbar = checks["zbar"]
    assert (zbar["ok"], zbar["essential"]) == (False, False)
    assert "92.1 % of 506 photos are read without it, 95.1 % with it" in str(zbar["needed_for"])
    assert zbar["remedy"] == "sudo apt-get install -y libzbar0"
