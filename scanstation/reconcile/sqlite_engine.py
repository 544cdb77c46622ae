"""SQLite as the engine: no start-up time, for small slices, and the proof that the steps are portable."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanstation.reconcile.arrow import identifier, plain_type, read
from scanstation.reconcile.errors import ReconcileError, ReconcileReason

if TYPE_CHECKING:
    import pyarrow

_BEYOND = frozenset({2**63 - 1, -(2**63)})


class SQLiteEngine:
    """An in-memory SQLite.  It has no booleans: they come back as 0 and 1."""

    dialect = "sqlite"

    def __init__(self) -> None:
        self._con = sqlite3.connect(":memory:", isolation_level=None)
        self._con.execute("BEGIN")  # one transaction for all: each row would be one of its own

    def attach(self, name: str, source: "Path | pyarrow.Table") -> dict[str, str]:
        """Copy a Parquet file or an Arrow table into a table; return its columns with their type."""
        table = read(name, source)
        columns = ", ".join(identifier(column) for column in table.column_names)
        places = ", ".join("?" * table.num_columns)
        with self._translated(f"reading {name}"):
            self._con.execute(f"CREATE TABLE {name} ({columns})")
            for batch in table.to_batches(max_chunksize=50_000):
                rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
                self._con.executemany(f"INSERT INTO {name} VALUES ({places})", rows)
            self._index(name, table.column_names)
        return {field.name: plain_type(field.type) for field in table.schema}

    def define(self, name: str, select: str, *, keep: bool) -> None:
        """Define the relation ``name``: a table where it is kept, else a view."""
        with self._translated(f"step {name}"):
            self._con.execute(f"CREATE {'TABLE' if keep else 'VIEW'} {name} AS {select}")
            if keep:
                cursor = self._con.execute(f"SELECT * FROM {name} LIMIT 0")
                self._index(name, [entry[0] for entry in cursor.description])

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        """Return the rows of a select statement."""
        with self._translated("reading an answer"):
            return self._con.execute(select).fetchall()

    def table(self, name: str) -> "pyarrow.Table":
        """Return a relation as an Arrow table (types from the values).

        SQLite makes a fraction of a product beyond 64 bits, and the greatest number of it where it is cast back.

        :raises ReconcileError: ENGINE, for such a number.
        """
        import pyarrow

        with self._translated(f"reading {name}"):
            cursor = self._con.execute(f"SELECT * FROM {name}")
            names = [entry[0] for entry in cursor.description]
            columns = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(names)
            for column, values in zip(names, columns, strict=True):
                if any(type(value) is float or value in _BEYOND for value in values):
                    raise OverflowError(f"{column} holds a number beyond 64 bits")
        return pyarrow.table({name: list(column) for name, column in zip(names, columns, strict=True)})

    def write(self, name: str, path: Path) -> None:
        """Write a relation as a Parquet file."""
        import pyarrow.parquet

        pyarrow.parquet.write_table(self.table(name), path)

    def close(self) -> None:
        """Close the database."""
        self._con.close()

    def _index(self, name: str, columns: Sequence[str]) -> None:
        """Index a table by item, by which nearly all joins go: SQLite knows no sizes here, and walks through a table
        for every row of another where it takes that one for small."""
        if "item" in columns:
            self._con.execute(f"CREATE INDEX {name}_by_item ON {name} (item)")

    @contextmanager
    def _translated(self, doing: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OverflowError) as error:
            raise ReconcileError(ReconcileReason.ENGINE, f"{doing}: {error}") from error
