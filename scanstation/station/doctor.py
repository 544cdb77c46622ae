"""What works on this machine, what does not, and the remedy."""

import ctypes.util
import importlib.metadata
import importlib.util
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator

from scanstation.errors import ScanstationError
from scanstation.settings import Settings, load_policy
from scanstation.station.doctor_check import Check
from scanstation.station.doctor_devices import device_checks


def examine(settings: Settings) -> Iterator[Check]:
    """Run every check, the essential ones first."""
    yield _python()
    for package in ("duckdb", "sqlalchemy", "fastapi", "pyserial", "zxing-cpp", "opencv-python-headless"):
        yield _package(package)
    yield _sqlite()
    yield _data_folder(settings)
    yield _configuration("policy.toml", load_policy)
    yield _zbar()
    yield from device_checks(settings)
    for command, package, needed_for in _OPTIONAL_COMMANDS:
        yield _command(command, package, needed_for)


_OPTIONAL_COMMANDS = (
    ("chromium", "chromium", "the tests of the station page"),
    ("psql", "postgresql", "one stock database for several stations"),
    ("mosquitto", "mosquitto", "a local MQTT broker for readers that publish"),
    ("java", "default-jre-headless", "reconciliation on Spark"),
)


def _python() -> Check:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Check(
        name="Python", ok=sys.version_info >= (3, 11), found=version, needed_for="everything", essential=True,
        remedy="install Python 3.11 or newer",
    )  # fmt: skip


def _package(name: str) -> Check:
    try:
        found, ok = importlib.metadata.version(name), True
    except importlib.metadata.PackageNotFoundError:
        found, ok = "missing", False
    return Check(
        name=name, ok=ok, found=found, needed_for="the station", essential=True, remedy=f"pip install {name}"
    )  # fmt: skip


def _sqlite() -> Check:
    return Check(
        name="SQLite", ok=sqlite3.sqlite_version_info >= (3, 35), found=sqlite3.sqlite_version, essential=True,
        needed_for="journal and stock file", remedy="use a Python built with SQLite 3.35 or newer",
    )  # fmt: skip


def _data_folder(settings: Settings) -> Check:
    folder = settings.data_dir.absolute()
    probe = next(path for path in (folder, *folder.parents) if path.exists())
    writable = os.access(probe, os.W_OK)
    free = shutil.disk_usage(probe).free
    enough = free > settings.min_free_bytes * 4
    remedy = f"make {probe} writable" if not writable else f"free disk space under {probe}"
    return Check(
        name="data folder", ok=writable and enough, found=f"{folder}, {free / 1e9:.1f} GB free", remedy=remedy,
        needed_for="journal and stock file", essential=True,
    )  # fmt: skip


def _configuration(name: str, load: Callable[[], object]) -> Check:
    try:
        load()
    except (OSError, ValueError, ScanstationError) as error:
        found = " ".join(str(error).split())
        return Check(
            name=name, ok=False, found=found, needed_for="tolerances and approval", essential=True,
            remedy=f"mend config/{name}, or remove your own copy",
        )  # fmt: skip
    return Check(name=name, ok=True, found="valid", needed_for="tolerances and approval", essential=True)


_WITHOUT_ZBAR = "92.1 % of 506 photos are read without it, 95.1 % with it"
"""Measured by bench/camera.py (its lines "ours" and "no zbar")."""


def _zbar() -> Check:
    found = ctypes.util.find_library("zbar")
    engine = importlib.util.find_spec("pyzbar") is not None
    missing = "libzbar0" if not found else "pyzbar"
    return Check(
        name="zbar", ok=bool(found) and engine, found=found or "missing",
        needed_for=f"a second opinion on camera frames: {_WITHOUT_ZBAR}",
        remedy="sudo apt-get install -y libzbar0" if missing == "libzbar0" else "pip install pyzbar",
    )  # fmt: skip


def _command(command: str, package: str, needed_for: str) -> Check:
    found = shutil.which(command)
    return Check(
        name=package, ok=found is not None, found=found or "missing", needed_for=needed_for,
        remedy=f"sudo apt-get install -y {package}",
    )  # fmt: skip
