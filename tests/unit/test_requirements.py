"""What pyproject.toml asks for is what is imported, what is pinned and what `make lowest` runs on."""

import ast
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = [text for extra in PROJECT["optional-dependencies"].values() for text in extra]
DIRECT = {canonicalize_name(one.name): one for one in map(Requirement, [*PROJECT["dependencies"], *EXTRAS])}
PINS = ROOT / "requirements"


def pinned(name: str) -> dict[str, str]:
    """Package -> version of a compiled file of requirements."""
    lines = (line.split("==") for line in (PINS / f"{name}.txt").read_text("utf-8").splitlines() if "==" in line)
    return {canonicalize_name(package): version.split()[0] for package, version in lines}


def test_every_lower_bound_is_the_version_that_make_lowest_installs() -> None:
    lowest = pinned("lowest")
    bounds = {
        name: [Version(part.version) for part in one.specifier if part.operator == ">="] for name, one in DIRECT.items()
    }
    assert bounds == {name: [Version(lowest[name])] for name in DIRECT}


def test_every_package_that_is_imported_is_asked_for() -> None:
    found: set[str] = set()
    for folder in ("scanstation", "drivers"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {name.name.split(".")[0] for name in node.names}
                elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                    found.add(node.module.split(".")[0])
    others = found - set(sys.stdlib_module_names) - {"scanstation", "drivers"}
    providers = packages_distributions()
    lacking = {
        name: providers.get(name) for name in others
        if not {canonicalize_name(package) for package in providers.get(name, [])} & DIRECT.keys()
    }  # fmt: skip
    assert lacking == {} and len(others) > 15


def test_what_is_asked_for_is_pinned() -> None:
    required = {canonicalize_name(Requirement(text).name) for text in PROJECT["dependencies"]}
    assert required <= pinned("base").keys()
    assert DIRECT.keys() <= pinned("dev").keys()


@pytest.mark.parametrize("name", ["build", "base", "dev", "lowest"])
def test_pins_have_hashes_and_name_no_index(name: str) -> None:
    text = (PINS / f"{name}.txt").read_text("utf-8")
    assert text.count("==") == text.count("== ") + len(pinned(name))
    assert all("--hash=sha256:" in part for part in text.split("==")[1:])
    assert "://" not in text and "index" not in text
