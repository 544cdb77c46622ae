"""Spark as the engine: where a chain outgrows one machine.

Every table with an item is partitioned by hash(item): each grouping of the street holds the item, so that no row
changes its partition afterwards.  ANSI mode: a number beyond 64 bits is an error and does not wrap around.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanstation.reconcile.arrow import plain_type
from scanstation.reconcile.errors import ReconcileError, ReconcileReason

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame, SparkSession

LOCAL = "local[*]"
"""The master that runs inside this machine, on all its cores."""

_SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}
_GLOB = re.compile(r"([\\*?\[\]{}])")
_TEXT = re.compile(r"\bVARCHAR\b")


class SparkEngine:
    """A session of its own on a Spark application, which is started where none runs.

    ``master`` is where it runs (`LOCAL`, ``spark://host:7077``, ``yarn``, ...; there the paths of inputs must be
    readable by every worker), ``partitions`` in how many parts the items are hashed (default: twice the cores).
    """

    dialect = "spark"

    def __init__(self, master: str = LOCAL, *, partitions: int | None = None) -> None:
        self._partitions = partitions or 2 * (os.cpu_count() or 1)
        session = _application(master, self._partitions)
        from pyspark.errors import PySparkException

        self._failures: tuple[type[Exception], ...] = (PySparkException,)
        self._session = session.newSession()
        for key in ("spark.sql.ansi.enabled", "spark.sql.session.timeZone"):
            self._session.conf.set(key, _SETTINGS[key])
        self._session.conf.set("spark.sql.shuffle.partitions", str(self._partitions))
        self._kept: list[DataFrame] = []

    def attach(self, name: str, source: "Path | pyarrow.Table") -> dict[str, str]:
        """Make a Parquet file or an Arrow table readable under ``name``; return its columns with their type."""
        import pyarrow
        import pyarrow.parquet

        with self._translated(f"reading {name}", pyarrow.ArrowException, OSError):
            if isinstance(source, Path):
                schema = pyarrow.parquet.read_schema(source)
                frame = self._session.read.parquet("file:" + _GLOB.sub(r"\\\1", str(source.absolute())))
            else:
                schema = source.schema
                frame = self._from_arrow(source)
        types = {field.name: plain_type(field.type) for field in schema}
        frame = frame.selectExpr(
            *(
                f"CAST(NULL AS STRING) AS `{column}`" if word == "null" else f"`{column}`"
                for column, word in types.items()
                if word in ("text", "integer", "number", "boolean", "null")
            )
        )
        if types.get("item") == "text":
            frame = frame.repartition(self._partitions, "item")
        frame.createOrReplaceTempView(name)
        return types

    def define(self, name: str, select: str, *, keep: bool) -> None:
        """Define the relation ``name``; one that is kept is computed now and held by the workers."""
        with self._translated(f"step {name}"):
            frame = self._session.sql(_spoken(select))
            if keep:
                frame = frame.localCheckpoint(eager=True)
                self._kept.append(frame)
            # Columns of their own: two steps that share one lineage cannot always be told apart in a join.
            frame.toDF(*frame.columns).createOrReplaceTempView(name)

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        """Return the rows of a select statement."""
        with self._translated("reading an answer"):
            return [tuple(row) for row in self._session.sql(_spoken(select)).collect()]

    def table(self, name: str) -> "pyarrow.Table":
        """Return a relation as an Arrow table."""
        with self._translated(f"reading {name}"):
            table: pyarrow.Table = self._session.table(name).toArrow()
        return table

    def write(self, name: str, path: Path) -> None:
        """Write a relation as one Parquet file."""
        import pyarrow.parquet

        pyarrow.parquet.write_table(self.table(name), path)

    def close(self) -> None:
        """Let go of what the workers hold; the application goes on until the process ends."""
        for frame in self._kept:
            frame.unpersist()
        self._kept.clear()

    def _from_arrow(self, table: "pyarrow.Table") -> "DataFrame":
        import pyarrow

        plain = {"text": pyarrow.string(), "null": pyarrow.string()}
        schema = [(field.name, plain.get(plain_type(field.type), field.type)) for field in table.schema]
        return self._session.createDataFrame(table.cast(pyarrow.schema(schema)))

    @contextmanager
    def _translated(self, doing: str, *more: type[Exception]) -> Iterator[None]:
        try:
            yield
        except (*self._failures, *more) as error:
            first = str(error).strip().splitlines()[0]
            raise ReconcileError(
                ReconcileReason.ENGINE, f"{doing}: {first}", "check the workers' memory and disk, and the inputs"
            ) from error


def _application(master: str, partitions: int) -> "SparkSession":
    """Return the running application, or start one.  Raises `ReconcileError` where pyspark or Java is missing."""
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise ReconcileError(
            ReconcileReason.ENGINE, f"the engine spark needs pyspark: {error}", "pip install 'scanstation[spark]'"
        ) from error
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise ReconcileError(
            ReconcileReason.ENGINE,
            "the engine spark needs Java, and there is no java on the PATH",
            "install a Java runtime (17 or later), or set JAVA_HOME",
        )
    builder = SparkSession.builder.master(master).appName("scanstation reconcile")
    for key, value in {**_SETTINGS, "spark.sql.shuffle.partitions": str(partitions)}.items():
        builder = builder.config(key, value)
    if master.startswith("local"):
        builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    try:
        session = builder.getOrCreate()
    except (PySparkException, OSError) as error:
        raise ReconcileError(
            ReconcileReason.ENGINE,
            f"Spark does not start on {master}: {str(error).strip().splitlines()[0]}",
            "check Java (17 or later) and the name of the master",
        ) from error
    session.sparkContext.setLogLevel("ERROR")
    return session


def _spoken(select: str) -> str:
    """Spark's word for text without a limit."""
    return _TEXT.sub("STRING", select)
