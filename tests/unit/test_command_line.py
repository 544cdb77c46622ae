"""The command line loads the file of one command and finds each command in it."""

import subprocess
import sys

import pytest
import typer

from scanstation.cli.app import COMMANDS, command_line


def commands(app: typer.Typer) -> set[str]:
    return set(typer.main.get_command(app).commands)


def test_every_command_is_listed() -> None:
    assert commands(command_line()) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_found_in_the_file_named_for_it(name: str) -> None:
    assert name in commands(command_line([name]))


@pytest.mark.parametrize("words", [["reconcile", "-h"], ["-h"]])
def test_the_command_line_starts_without_the_heavy_libraries(words: list[str]) -> None:
    script = "import sys, atexit\nfrom scanstation.cli import main\n"
    script += f"sys.argv[1:] = {words!r}\n"
    script += "atexit.register(lambda: print('loaded', *sorted(sys.modules)))\nmain()\n"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    loaded = set(said.rsplit("loaded", 1)[1].split())
    assert "typer" in loaded
    assert not loaded & {"pydantic", "duckdb", "pyarrow", "numpy", "cv2", "sqlalchemy", "fastapi"}
