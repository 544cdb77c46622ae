"""``scanstation tokens``: a program's token is issued, opens the figures and nothing else, and is revoked."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scanstation.access import Permission, Role, may, system_access
from scanstation.cli.app import command_line
from scanstation.store.access import StoredOperatorBook
from scanstation.store.stock import open_stock


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with open_stock(tmp_path / "stock.db") as stock:
        access = system_access(StoredOperatorBook(stock.engine))
        access.create_first_admin(access.setup_code() or "", "ADM", "Ada", "16180")
        access.add_operator("C01", "Casey", Role.COUNTER, "16180")
    return tmp_path


def run(folder: Path, *words: str, code: int = 0) -> str:
    env = {"SCANSTATION_DATA_DIR": str(folder), "SCANSTATION_PIN": "16180"}
    done = CliRunner().invoke(command_line(), ["tokens", *words], env=env)
    assert done.exit_code == code, done.output
    return done.stdout if code == 0 else done.stderr


def role_of(folder: Path, token: str) -> Role | None:
    with open_stock(folder / "stock.db") as stock:
        known = system_access(StoredOperatorBook(stock.engine)).token(token)
    return known.role if known else None


def test_a_token_from_its_issue_to_its_end(folder: Path) -> None:
    token = run(folder, "issue", "prometheus", "--role", "auditor", "--operator", "ADM").strip()
    role = role_of(folder, token)
    assert role is Role.AUDITOR and may(role, Permission.REVIEW) and not may(role, Permission.COUNT)
    limited = run(folder, "issue", "gate", "--days", "30", "--operator", "ADM").strip()
    assert role_of(folder, limited) is Role.COUNTER
    listed = [json.loads(line) for line in run(folder, "list", "--json").splitlines()]
    assert [(row["name"], row["role"], row["in_force"], bool(row["expires_at"])) for row in listed] == [
        ("gate", "counter", True, True),
        ("prometheus", "auditor", True, False),
    ]
    assert token not in run(folder, "list")
    run(folder, "revoke", "prometheus", "--operator", "ADM")
    assert role_of(folder, token) is None
    assert role_of(folder, limited) is Role.COUNTER


def test_only_an_admin_issues_and_revokes(folder: Path) -> None:
    assert "only an admin" in run(folder, "issue", "x", code=3)
    assert "C01 may not issue tokens" in run(folder, "issue", "x", "--operator", "C01", code=3)
    assert "C01 may not revoke tokens" in run(folder, "revoke", "x", "--operator", "C01", code=3)
    assert "no token is named x" in run(folder, "revoke", "x", "--operator", "ADM", code=3)
    assert run(folder, "list", "--json") == ""


def test_a_pin_that_nobody_types_is_told_with_its_variable(folder: Path) -> None:
    tool = [sys.executable, "-m", "scanstation", "operators", "add", "C02", "Ben", "--operator", "ADM"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("SCANSTATION_")}
    done = subprocess.run(
        tool, env=env | {"SCANSTATION_DATA_DIR": str(folder)}, stdin=subprocess.DEVNULL, start_new_session=True,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert "nobody is there to type the PIN of ADM" in done.stderr and "set SCANSTATION_PIN" in done.stderr
