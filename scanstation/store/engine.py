"""Connections to the stock file: SQLite with full durability by default, PostgreSQL for several stations."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from scanstation.errors import ScanstationError


class StoreReason(StrEnum):
    """Why the stock file cannot be used."""

    BAD_ADDRESS = "bad_address"
    CANNOT_OPEN = "cannot_open"
    NOT_A_STOCK_FILE = "not_a_stock_file"
    NEWER_SCHEMA = "newer_schema"
    UNKNOWN_AUDIT = "unknown_audit"
    EXISTS = "exists"
    WRONG_STATE = "wrong_state"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"


class StoreError(ScanstationError):
    """The stock file refused something: ``reason`` for programs, the text and ``remedy`` for people."""

    def __init__(self, reason: StoreReason, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.reason = reason


def address_of(path_or_url: str | Path) -> URL:
    """Return the database URL: a plain path is a SQLite file; ``postgresql://`` is spoken through psycopg 3.

    Raises `StoreError` (BAD_ADDRESS) for an address that names no supported database.
    """
    text = str(path_or_url)
    if isinstance(path_or_url, Path) or "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise StoreError(
            StoreReason.BAD_ADDRESS,
            f"{text!r} is no database address",
            "Give the path of a file, or postgresql://user@host/database.",
        ) from error
    if url.drivername == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(
            StoreReason.BAD_ADDRESS,
            f"{url.get_backend_name()} is not supported",
            "Use a SQLite file or PostgreSQL.",
        )
    return url


def make_engine(path_or_url: str | Path, *, busy_timeout_ms: int = 60_000) -> Engine:
    """Return an engine; the file's folder is made where missing.  Nothing is opened yet.

    On SQLite every connection has foreign keys on, write-ahead logging, ``synchronous=FULL`` (a commit survives a
    power cut) and waits up to ``busy_timeout_ms`` for another writer (an import of a
    million rows writes for some ten seconds).
    """
    url = address_of(path_or_url)
    if url.get_backend_name() != "sqlite":
        try:
            return create_engine(url)
        except (NoSuchModuleError, ModuleNotFoundError) as error:
            raise StoreError(
                StoreReason.CANNOT_OPEN,
                f"no driver for {url.drivername}: {error}",
                "Install the extra: pip install 'scanstation[postgres]'.",
            ) from error
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": busy_timeout_ms / 1000})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Set what SQLite keeps per connection; transactions begin where we say (`_begin_sqlite`), not at a guess."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at the start of a writing transaction: upgrading a read lock later can fail at once."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Yield a connection whose queries all see one state of the database."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in one transaction: committed at the end, rolled back when anything is raised."""
    with engine.execution_options(writes=True).connect() as connection, connection.begin():
        yield connection


def hold_writers(connection: Connection, *tables: Table) -> None:
    """Let nobody else write ``tables`` until the transaction ends, and wait for those who do.

    SQLite has one writer anyway, who is us.
    """
    if connection.dialect.name == "postgresql":
        names = ", ".join(table.name for table in tables)
        connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE MODE")


def explain(error: DatabaseError, path_or_url: str | Path) -> StoreError:
    """Turn the database's complaint about a file or server into one that a person can act on."""
    cause = str(error.orig)
    if "not a database" in cause:
        return StoreError(
            StoreReason.NOT_A_STOCK_FILE,
            f"{path_or_url} is not a stock file: {cause}",
            "Name another file, or restore a backup.",
        )
    return StoreError(
        StoreReason.CANNOT_OPEN,
        f"cannot open {path_or_url}: {cause}",
        "Check that the folder exists and is writable, or that the server runs.",
    )
