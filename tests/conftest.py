"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def full_count() -> bool:
    """Whether the heavy repetitions run at full count (`make proof`)."""
    return os.environ.get("SCANSTATION_FULL") == "1"


def find_shared() -> Path | None:
    """The folder of shared test material, or None."""
    folder = Path(os.environ.get("SCANSTATION_SHARED", ROOT.parent / "shared"))
    return folder if (folder / "data").is_dir() else None


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared test material; its absence skips the test, and fails it under CI=true."""
    folder = find_shared()
    if folder is None:
        message = "shared test material not found: set SCANSTATION_SHARED to its folder"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def full() -> bool:
    """True at full count (`make proof`), False in `make test`."""
    return full_count()
