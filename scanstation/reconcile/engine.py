"""The seam between the steps and what runs them.

An engine holds named relations.  It attaches inputs, defines each step as a relation of its own and gives answers
back.  The steps are written in the subset of SQL that DuckDB, Spark, PostgreSQL and SQLite share; an engine's own
idiom of a step may lie beside the common text (``40_variance.duckdb.sql``) and is used where `Engine.dialect` names it.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pyarrow


class Engine(Protocol):
    """Runs select statements over named relations.  Failures are `ReconcileError` with the reason ENGINE."""

    @property
    def dialect(self) -> str:
        """The word in a step's file name that marks this engine's own idiom, such as ``duckdb``."""

    def attach(self, name: str, source: "Path | pyarrow.Table") -> dict[str, str]:
        """Make a Parquet file or an Arrow table readable under ``name``; return its columns with their type.

        A type is one of ``text``, ``integer``, ``number`` (with a fraction), ``boolean``, ``null`` (a column that
        holds nothing), else the engine's own word for a type that no input uses.
        """

    def define(self, name: str, select: str, *, keep: bool) -> None:
        """Define the relation ``name`` by a select statement; ``keep`` computes it now and once."""

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        """Return the rows of a (small) select statement."""

    def table(self, name: str) -> "pyarrow.Table":
        """Return a relation as an Arrow table."""

    def write(self, name: str, path: Path) -> None:
        """Write a relation as a Parquet file."""

    def close(self) -> None:
        """Let go of memory and files.  Tables handed out stay valid."""
