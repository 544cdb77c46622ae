"""PostgreSQL as the engine: for a chain that keeps its tables on a server already.

Everything lies in temporary tables of one connection; nothing of the server's own is touched, and all is gone when the
connection closes.  Text is compared by its bytes (collation C), as on the other engines.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from scanstation.reconcile.arrow import identifier, plain_type, read
from scanstation.reconcile.errors import ReconcileError, ReconcileReason

if TYPE_CHECKING:
    import pyarrow

SQL_TYPE = {
    "text": 'TEXT COLLATE "C"',
    "null": 'TEXT COLLATE "C"',
    "integer": "BIGINT",
    "number": "DOUBLE PRECISION",
    "boolean": "BOOLEAN",
}
"""The type of a column by the word for it; columns of any other type stay behind."""

_SETTINGS = ("work_mem = '256MB'", "temp_buffers = '64MB'", "jit = off", "client_min_messages = 'warning'")
_CHUNK = 100_000


class PostgresEngine:
    """One connection to a server (``dsn``: a libpq connection string or URL; empty: what the environment says)."""

    dialect = "postgres"

    def __init__(self, dsn: str = "") -> None:
        try:
            import psycopg
        except ImportError as error:
            raise ReconcileError(
                ReconcileReason.ENGINE,
                f"the engine postgres needs psycopg: {error}",
                "pip install 'scanstation[postgres]'",
            ) from error
        self._failures: tuple[type[Exception], ...] = (psycopg.Error,)
        try:
            self._con = psycopg.connect(dsn, autocommit=True, connect_timeout=10)
        except psycopg.Error as error:
            raise ReconcileError(
                ReconcileReason.ENGINE,
                f"cannot reach PostgreSQL: {str(error).strip().splitlines()[0]}",
                "start the server, or name another one by --dsn",
            ) from error
        for setting in _SETTINGS:
            self._con.execute(f"SET {setting}")

    def attach(self, name: str, source: "Path | pyarrow.Table") -> dict[str, str]:
        """Copy a Parquet file or an Arrow table into a temporary table; return its columns with their type."""
        import pyarrow

        table = read(name, source)
        types = {field.name: plain_type(field.type) for field in table.schema}
        table = table.select([column for column, word in types.items() if word in SQL_TYPE])
        kinds: dict[str, pyarrow.DataType] = {
            "text": pyarrow.string(),
            "null": pyarrow.string(),
            "number": pyarrow.float64(),
        }
        arrow = pyarrow.schema({field.name: kinds.get(types[field.name], field.type) for field in table.schema})
        columns = ", ".join(f"{identifier(column)} {SQL_TYPE[types[column]]}" for column in table.column_names)
        with self._translated(f"reading {name}"):
            self._con.execute(f"CREATE TEMP TABLE {name} ({columns})")
            self._fill(name, table.cast(arrow))
            self._con.execute(f"ANALYZE {name}")
        return types

    def define(self, name: str, select: str, *, keep: bool) -> None:
        """Define the relation ``name``: a temporary table with statistics where it is kept, else a view."""
        with self._translated(f"step {name}"):
            self._con.execute(f"CREATE TEMP {'TABLE' if keep else 'VIEW'} {name} AS {select}".encode())
            if keep:
                self._con.execute(f"ANALYZE {name}")

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        """Return the rows of a select statement; sums come back as whole numbers."""
        with self._translated("reading an answer"):
            found = self._con.execute(select.encode()).fetchall()
        return [tuple(int(value) if type(value).__name__ == "Decimal" else value for value in row) for row in found]

    def table(self, name: str) -> "pyarrow.Table":
        """Return a relation as an Arrow table: text, 64-bit whole numbers and booleans."""
        import pyarrow
        from pyarrow import csv

        text, whole = pyarrow.string(), cast("pyarrow.DataType", pyarrow.int64())
        kinds: dict[str, pyarrow.DataType] = {"text": text, "varchar": text, "bool": pyarrow.bool_()}
        with self._translated(f"reading {name}"):
            cursor = self._con.execute(f"SELECT * FROM {name} LIMIT 0")
            described = [(column.name, column.type_display) for column in cursor.description or ()]
            with self._con.cursor().copy(f"COPY (SELECT * FROM {name}) TO STDOUT (FORMAT csv)") as copy:
                lines = b"".join(bytes(block) for block in copy)
        arrow: dict[str, pyarrow.DataType] = {column: kinds.get(kind, whole) for column, kind in described}
        if not lines:
            return pyarrow.schema(list(arrow.items())).empty_table()
        return csv.read_csv(
            io.BytesIO(lines),
            csv.ReadOptions(column_names=list(arrow)),
            csv.ParseOptions(newlines_in_values=True),
            csv.ConvertOptions(
                column_types=arrow,
                null_values=[""],
                true_values=["t"],
                false_values=["f"],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )

    def write(self, name: str, path: Path) -> None:
        """Write a relation as a Parquet file."""
        import pyarrow.parquet

        pyarrow.parquet.write_table(self.table(name), path)

    def close(self) -> None:
        """Close the connection, and with it every temporary table."""
        self._con.close()

    def _fill(self, name: str, table: "pyarrow.Table") -> None:
        """Copy rows in: every text in quotes, so that an empty one is not null."""
        import pyarrow
        from pyarrow import csv

        with self._con.cursor().copy(f"COPY {name} FROM STDIN (FORMAT csv)") as copy:
            for batch in table.to_batches(max_chunksize=_CHUNK):
                text = io.BytesIO()
                csv.write_csv(pyarrow.Table.from_batches([batch]), text, csv.WriteOptions(include_header=False))
                copy.write(text.getbuffer())

    @contextmanager
    def _translated(self, doing: str) -> Iterator[None]:
        try:
            yield
        except self._failures as error:
            first = str(error).strip().splitlines()[0]
            raise ReconcileError(
                ReconcileReason.ENGINE, f"{doing}: {first}", "check the server, its disk and the inputs"
            ) from error
