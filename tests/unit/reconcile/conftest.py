"""Inputs for the engine's tests: small ones made here, larger ones by the shared generator."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest


def _load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def slow():
    """The independent implementation."""
    return _load(Path(__file__).with_name("slow.py"))


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
