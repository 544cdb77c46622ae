"""Whether anybody else has changed the stock file, told without reading it again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from scanstation.store.engine import writing


class Watch:
    """One connection that stays open: SQLite tells it whether any other connection, of whatever process, has committed
    a change meanwhile (https://www.sqlite.org/pragma.html#pragma_data_version).

    What is written through `aside` counts as no change, so that a step of an audit can note where it stands without
    making its own figures look old.  Only tables that the figures are not read from may be written there.  Safe to use
    from several threads.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.RLock()
        self._connection: Connection | None = None

    def version(self) -> int | None:
        """A number that is the same as before only where nobody else has changed the file since.

        None where that cannot be told: on PostgreSQL, and in memory.
        """
        if not self._told:
            return None
        with self._lock:
            driver = self._held().connection.driver_connection
            number: int = driver.execute("PRAGMA data_version").fetchone()[0]  # type: ignore[union-attr]
            return number

    @contextmanager
    def aside(self) -> Iterator[Connection]:
        """Yield a connection in one writing transaction, as `scanstation.store.engine.writing` does."""
        if not self._told:
            with writing(self._engine) as connection:
                yield connection
            return
        with self._lock, self._held().begin():
            yield self._held()

    def close(self) -> None:
        """Let the connection go."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @property
    def _told(self) -> bool:
        return self._engine.dialect.name == "sqlite" and self._engine.url.database not in (None, "", ":memory:")

    def _held(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.execution_options(writes=True).connect()
        return self._connection
