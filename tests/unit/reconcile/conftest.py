"""Inputs for the engine's tests: small ones made here, larger ones by the shared generator."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest


def _load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # dataclasses look it up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def slow():
    """The independent implementation."""
    return _load(Path(__file__).with_name("slow.py"))


@pytest.fixture(scope="session")
def slow_causes():
    """The independent implementation of the causes."""
    return _load(Path(__file__).with_name("slow_causes.py"))


@pytest.fixture(scope="session")
def slow_promises():
    """The independent implementation of what can be promised."""
    return _load(Path(__file__).with_name("slow_promises.py"))


@pytest.fixture(scope="session")
def slow_consequences():
    """The independent implementation of the consequences."""
    return _load(Path(__file__).with_name("slow_consequences.py"))


@pytest.fixture(scope="session")
def random_audits():
    """Small random audits with every table."""
    return _load(Path(__file__).with_name("random_audits.py"))


@pytest.fixture(scope="session")
def generated(shared, tmp_path_factory):
    """A function (scale, seed) -> folder with the six Parquet files and meta.json."""
    made = {}

    def make(scale, seed):
        if (scale, seed) not in made:
            folder = tmp_path_factory.mktemp(f"audit-{scale}-{seed}")
            script = shared / "data" / "reconcile" / "make_reconcile_data.py"
            subprocess.run(
                [sys.executable, str(script), str(folder), "--scale", str(scale), "--seed", str(seed)],
                check=True,
                capture_output=True,
                timeout=120,
            )
            made[scale, seed] = folder
        return made[scale, seed]

    return make
