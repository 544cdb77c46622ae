"""Pytest plugin of `bench/test_time.py`: only the test functions that a file names run, whatever their parameters."""

import os
from pathlib import Path

import pytest


def function_of(node: str) -> str:
    """The function of a test, without its parameters: ``tests/a.py::test_b[1]`` -> ``tests/a.py::test_b``."""
    return node.split("[", 1)[0]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not named in the file ``SCANSTATION_SAME_TESTS``."""
    names = set(Path(os.environ["SCANSTATION_SAME_TESTS"]).read_text("utf-8").split("\n"))
    config.hook.pytest_deselected(items=[item for item in items if function_of(item.nodeid) not in names])
    items[:] = [item for item in items if function_of(item.nodeid) in names]
