"""DuckDB as the engine: inside the process, on all cores, reading and writing Parquet by itself."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanstation.reconcile.errors import ReconcileError, ReconcileReason

if TYPE_CHECKING:
    import duckdb
    import pyarrow

INTEGERS = frozenset(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"))

MOST_PARSED = 1_000
"""So many statements are kept parsed."""

_PARSED: "dict[str, duckdb.Statement]" = {}
"""Statements by their text; a statement belongs to no database."""


class DuckDBEngine:
    """An in-memory DuckDB of its own.  What does not fit in memory goes to ``spill`` (default: the system's folder)."""

    dialect = "duckdb"

    def __init__(self, *, threads: int | None = None, spill: Path | None = None) -> None:
        import duckdb

        self._failures: tuple[type[Exception], ...] = (duckdb.Error,)
        self._con = duckdb.connect()
        self._con.execute("SET preserve_insertion_order = false")
        self._con.execute(f"SET temp_directory = {quoted(str(spill or Path(tempfile.gettempdir()) / 'scanstation'))}")
        if threads is not None:
            self._con.execute(f"SET threads = {int(threads)}")

    def attach(self, name: str, source: "Path | pyarrow.Table") -> dict[str, str]:
        """Make a Parquet file or an Arrow table readable under ``name``; return its columns with their type."""
        with self._translated(f"reading {name}"):
            if isinstance(source, Path):
                pattern = quoted(glob_escaped(str(source)))
                self._con.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM read_parquet({pattern})")
            else:
                self._con.register(name, source)
            described = self._con.execute(self._parsed(f"DESCRIBE {name}")).fetchall()
        return {row[0]: plain_type(row[1]) for row in described}

    def define(self, name: str, select: str, *, keep: bool) -> None:
        """Define the relation ``name``: a temporary table where it is kept, else a view."""
        with self._translated(f"step {name}"):
            self._con.execute(self._parsed(f"CREATE TEMP {'TABLE' if keep else 'VIEW'} {name} AS {select}"))

    def run(self, statement: str, doing: str) -> None:
        """Run a statement of DuckDB's own."""
        with self._translated(doing):
            self._con.execute(statement)

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        """Return the rows of a select statement."""
        with self._translated("reading an answer"):
            return self._con.execute(self._parsed(select)).fetchall()

    def table(self, name: str) -> "pyarrow.Table":
        """Return a relation as an Arrow table."""
        with self._translated(f"reading {name}"):
            table: pyarrow.Table = self._con.table(name).to_arrow_table()
        return table

    def write(self, name: str, path: Path) -> None:
        """Write a relation as a Parquet file."""
        with self._translated(f"writing {path}", ReconcileReason.OUTPUT):
            self._con.execute(f"COPY {name} TO {quoted(str(path))} (FORMAT parquet)")

    def close(self) -> None:
        """Close the database."""
        self._con.close()

    def _parsed(self, text: str) -> "duckdb.Statement":
        """The statement of a text.  Every engine runs the same steps: of a small audit, parsing their texts is a fifth
        of the whole time, so it is done once a process."""
        statement = _PARSED.get(text)
        if statement is None:
            (statement,) = self._con.extract_statements(text)
            if len(_PARSED) >= MOST_PARSED:
                _PARSED.clear()
            _PARSED[text] = statement
        return statement

    @contextmanager
    def _translated(self, doing: str, reason: ReconcileReason = ReconcileReason.ENGINE) -> Iterator[None]:
        try:
            yield
        except self._failures as error:
            first = str(error).strip().splitlines()[0]
            raise ReconcileError(reason, f"{doing}: {first}", "check free memory, free disk and the inputs") from error


def quoted(text: str) -> str:
    """Return a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def glob_escaped(path: str) -> str:
    """Return a path in which no character is a wildcard."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in path)


def plain_type(word: str) -> str:
    """Return DuckDB's type as text, integer, number, boolean or null; any other type stays as it is, in lower case."""
    if word == "VARCHAR" or word.startswith("ENUM"):
        return "text"
    if word in INTEGERS:
        return "integer"
    if word in ("DOUBLE", "FLOAT") or word.startswith("DECIMAL"):
        return "number"
    return {"BOOLEAN": "boolean", '"NULL"': "null"}.get(word, word.lower())
