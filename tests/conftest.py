"""Fixtures that every test may use."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from scanstation.cli.app import COMMANDS

ROOT = Path(__file__).resolve().parent.parent


def full_count() -> bool:
    """Whether the heavy repetitions run at full count (`make proof`)."""
    return os.environ.get("SCANSTATION_FULL") == "1"


def find_shared() -> Path | None:
    """The folder of shared test material, or None."""
    folder = Path(os.environ.get("SCANSTATION_SHARED", ROOT.parent / "shared"))
    return folder if (folder / "data").is_dir() else None


def skip_or_fail(what: str) -> NoReturn:
    """Skip a test for want of something; under CI=true its absence fails."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks for the fixture ``full`` has more to run at full count, like the modules that are marked so."""
    for item in items:
        if "full" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.counted)


_OWN_SCHEMA = (
    "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY rowid"
)


@pytest.fixture(autouse=True, scope="session")
def quick_pins() -> Iterator[int]:
    """PINs are hashed at a low cost: what the cost is there for, an attacker, is not here.  Gives the real cost."""
    from scanstation.access import credentials

    with pytest.MonkeyPatch.context() as patch:
        real = credentials._SCRYPT_N
        patch.setattr(credentials, "_SCRYPT_N", 2**4)
        yield real


@pytest.fixture
def real_pins(quick_pins: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """PINs cost what they cost at a station."""
    from scanstation.access import credentials

    monkeypatch.setattr(credentials, "_SCRYPT_N", quick_pins)


@pytest.fixture(autouse=True, scope="session")
def quick_schema() -> Iterator[Callable[..., None]]:
    """A new stock file of SQLite gets the schema that the first one of this process got by its migrations.

    Gives the real migration, for `real_schema`.
    """
    from sqlalchemy import Connection

    from scanstation.store import migrate

    run, made = migrate._run, []

    def replay(connection: Connection, found: str | None, to: str) -> None:
        if found is not None or to != migrate.HEAD or connection.dialect.name != "sqlite":
            run(connection, found, to)
        elif made:
            for statement in made:
                connection.exec_driver_sql(statement)
        else:
            run(connection, found, to)
            made.extend(connection.exec_driver_sql(_OWN_SCHEMA).scalars())
            made.append(f"INSERT INTO alembic_version VALUES ('{to}')")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "_run", replay)
        yield run


@pytest.fixture
def real_schema(quick_schema: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every stock file is made by its migrations, as a station makes it."""
    from scanstation.store import migrate

    monkeypatch.setattr(migrate, "_run", quick_schema)


LOADED = (
    "duckdb", "pyarrow.parquet", "uvicorn.loops.asyncio", "uvicorn.lifespan.on", "uvicorn.protocols.http.h11_impl",
    "scanstation.cli.remote", "scanstation.station.wiring", "scanstation.web.app", "scanstation.web.server",
    "scanstation.exchange.importer", "scanstation.reports.html_writer", "scanstation.reconcile.duckdb_engine",
    *sorted({f"scanstation.cli.{module}" for module in COMMANDS.values()}),
)  # fmt: skip
"""What `tool` has loaded before a command asks for it."""


@pytest.fixture(scope="session")
def tool() -> Iterator[Path]:
    """The command `scanstation` for tests that call it often: a process each, forked from one that has it loaded."""
    here = Path(__file__).resolve().parent
    folder = Path(tempfile.mkdtemp(prefix="tool-", dir="/tmp"))  # a socket's path has to be short
    shutil.copy(here / "tool.py", folder)
    command = folder / "scanstation"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -IS "{folder}/tool.py" "$@"\n', "utf-8")
    command.chmod(0o755)
    words = [sys.executable, str(here / "tool_server.py"), str(folder / "socket"), *LOADED]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None and server.stdout.readline() == "ready\n"
        yield command
        assert server.stdin is not None
        server.stdin.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def lacking() -> Callable[[str], NoReturn]:
    """What to call with words where something is missing: `skip_or_fail`."""
    return skip_or_fail


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared test material; its absence skips the test, and fails it under CI=true."""
    folder = find_shared()
    if folder is None:
        skip_or_fail("shared test material not found: set SCANSTATION_SHARED to its folder")
    return folder


@pytest.fixture(scope="session")
def full() -> bool:
    """True at full count (`make proof`), False in `make test`."""
    return full_count()


def server_program(name: str) -> str | None:
    """A program of the PostgreSQL server, on the path or where Debian puts it."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *map(str, places)]))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    """The socket folder of a PostgreSQL server of our own, without a network port."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (extra postgres)")
    initdb, server = server_program("initdb"), server_program("postgres")
    if initdb is None or server is None:
        skip_or_fail("no PostgreSQL server on this machine: sh setup.sh test installs it")
    root = os.geteuid() == 0
    if root and "postgres" not in {user.pw_name for user in pwd.getpwall()}:
        skip_or_fail("PostgreSQL does not run as root, and there is no user postgres")
    user = "postgres" if root else None
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path has to be short
    if user is not None:
        shutil.chown(folder, user)
    data = folder / "data"
    setup = [initdb, "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
    subprocess.run(setup, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, timeout=120)
    options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
    process = subprocess.Popen(
        [server, "-D", str(data), *options], user=user, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(folder, process)
        yield folder
    finally:
        process.terminate()
        process.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(folder: Path, process: "subprocess.Popen[bytes]") -> None:
    import psycopg

    for _ in range(300):
        try:
            psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            assert process.poll() is None, "the server did not start"
            time.sleep(0.1)
    pytest.fail("the server does not answer")
