"""The engines by name."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from scanstation.reconcile.duckdb_engine import DuckDBEngine
from scanstation.reconcile.engine import Engine

if TYPE_CHECKING:
    import pyarrow

SMALL = 10_000
"""Rows of all inputs up to which SQLite is the quicker: DuckDB plans the street for 0.3 s before the first row."""


class EngineName(StrEnum):
    """What can run the street; all give the same rows."""

    DUCKDB = "duckdb"  # inside this process, on all cores
    SQLITE = "sqlite"  # inside this process, without start-up time: small slices
    POSTGRES = "postgres"  # on a server
    SPARK = "spark"  # on many machines


def engine_of(name: EngineName, *, dsn: str = "", master: str = "", partitions: int = 1) -> Engine:
    """Return a new engine; ``dsn`` names the server of postgres, ``master`` that of spark.

    :raises ReconcileError: reason ENGINE, with the remedy, where an extra, Java or the server is missing.
    """
    if name is EngineName.SQLITE:
        from scanstation.reconcile.sqlite_engine import SQLiteEngine

        return SQLiteEngine()
    if name is EngineName.POSTGRES:
        from scanstation.reconcile.postgres_engine import PostgresEngine

        return PostgresEngine(dsn)
    if name is EngineName.SPARK:
        from scanstation.reconcile.spark_engine import LOCAL, SparkEngine

        return SparkEngine(master or LOCAL, partitions=partitions if partitions > 1 else None)
    return DuckDBEngine()


def engine_for(inputs: "Mapping[str, pyarrow.Table]") -> Engine:
    """Return the engine inside this process that is the quickest for so many rows; both give the same rows."""
    small = sum(table.num_rows for table in inputs.values()) <= SMALL
    return engine_of(EngineName.SQLITE if small else EngineName.DUCKDB)
