import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from scanstation.stock.model import Item, Location, StockRecord
from scanstation.store.stock import StockStore, open_stock


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
        pytest.skip("no PostgreSQL server on this machine")
    root = os.geteuid() == 0
    if root and "postgres" not in {user.pw_name for user in pwd.getpwall()}:
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
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


KINDS = ["sqlite", "postgresql"] if find_spec("psycopg") and server_program("postgres") else ["sqlite"]
"""Databases that the tests of this folder run on; `test_postgresql_too` says so where the second is missing."""


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where an empty stock file or database is, on each of the two kinds."""
    if request.param == "sqlite":
        yield str(tmp_path / "stock.db")
        return
    folder = request.getfixturevalue("postgres")
    import psycopg

    with psycopg.connect(host=str(folder), user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    yield f"postgresql://postgres@/postgres?host={folder}"


@pytest.fixture
def store(address: str) -> Iterator[StockStore]:
    """An empty stock file."""
    with open_stock(address) as opened:
        yield opened


@pytest.fixture
def warehouse(store: StockStore) -> StockStore:
    """Two items, three locations, three records."""
    store.put_items(
        [
            Item(item="TEA", name="Tea", gtin="04006381333931", unit_cost=25_000, packs={1: 6}),
            Item(item="RICE", name="Rice", unit_cost=10_000, base_unit="gram"),
        ]
    )
    store.put_locations([Location(location=name, site="HAM", zone="A") for name in ("L1", "L2", "L3")])
    store.put_records(
        [
            StockRecord(item="TEA", location="L1", lot=None, qty=10),
            StockRecord(item="TEA", location="L2", lot="B1", qty=4),
            StockRecord(item="RICE", location="L3", lot=None, qty=7),
        ]
    )
    return store
