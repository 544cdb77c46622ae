"""A reconciliation in parts: one share of the items after the other, so that a large chain fits a small machine.

Every grouping of the street holds the item, so that hash(item) splits it without anything to exchange between the
parts.  (Parts by site would be wrong: a tagged unit is seen in two.)  The tables are screened and split once, in a
stream; each part runs on an engine of its own and leaves its rows on disk; the few steps that compare items with each
other run over what the parts have left.
"""

import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scanstation.policy import ConsequencePolicy
from scanstation.reconcile.duckdb_engine import DuckDBEngine, glob_escaped, quoted
from scanstation.reconcile.inputs import FACTS, attach_facts, attach_inputs
from scanstation.reconcile.run import OnStep, Outcome, answers_of, told
from scanstation.reconcile.street import ANSWERS, CORE, STREET, Computed, Step
from scanstation.reconcile.tables import TABLES

if TYPE_CHECKING:
    import pyarrow


_BUFFERED = 16_384
"""Rows of each part that are held before they are written."""


class _Whole(DuckDBEngine):
    """The engine that holds the whole: the inputs, and what the parts left in ``folder``, which goes when it closes."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.run(f"SET partitioned_write_flush_threshold = {_BUFFERED}", "splitting")

    def split(self, name: str, partitions: int) -> None:
        """Write a relation into one folder a part, by hash(item); one without items into one file."""
        path = quoted(str(self.folder / name))
        if "item" in TABLES[name].columns:
            share = f"SELECT *, CAST(hash(item) % {partitions} AS INTEGER) AS part FROM {name}"
            self.run(f"COPY ({share}) TO {path} (FORMAT parquet, PARTITION_BY (part))", f"splitting {name}")
        else:
            self.run(f"COPY {name} TO {path} (FORMAT parquet)", f"splitting {name}")

    def unite(self, name: str) -> None:
        """Define a relation as the rows that all parts left of it."""
        pattern = quoted(glob_escaped(str(self.folder)) + f"/left/{name}/*.parquet")
        self.define(name, f"SELECT * FROM read_parquet({pattern})", keep=False)

    def close(self) -> None:
        """Close the database and remove the folder."""
        super().close()
        shutil.rmtree(self.folder, ignore_errors=True)


class _Part(DuckDBEngine):
    """The engine of one part."""

    def take(self, folder: Path, name: str, number: int) -> None:
        """Define an input as the share of this part."""
        columns = ", ".join(TABLES[name].columns)
        whole = folder / name
        if "item" not in TABLES[name].columns:
            self.define(name, f"SELECT {columns} FROM read_parquet({quoted(glob_escaped(str(whole)))})", keep=False)
            return
        share = whole / f"part={number}"
        some = share if share.is_dir() else next(whole.glob("part=*"))
        rows = f"read_parquet({quoted(glob_escaped(str(some)) + '/*.parquet')}, hive_partitioning = false)"
        self.define(name, f"SELECT {columns} FROM {rows}{'' if some == share else ' WHERE 1 = 0'}", keep=False)


def reconcile_in_parts(
    inputs: Mapping[str, "Path | pyarrow.Table"],
    partitions: int,
    *,
    snapshot_ts: int,
    as_of_ts: int | None = None,
    policy: ConsequencePolicy | None = None,
    full: bool = True,
    on_step: OnStep | None = None,
    where: str = "inputs",
) -> Outcome:
    """As `scanstation.reconcile.reconcile` on DuckDB, with the same rows, in ``partitions`` parts one after the other.

    ``on_step`` is called with ``part 1 of n`` and so on, then with the steps over the whole.
    """
    began = time.perf_counter()
    whole = _Whole(Path(tempfile.mkdtemp(prefix="scanstation-parts-")))
    try:
        absent, kept_out = attach_inputs(whole, inputs, where)
        attach_facts(whole, snapshot_ts, as_of_ts, policy or ConsequencePolicy(), absent)
        given = [name for name in TABLES if name not in absent and _any(whole, name)]
        for name in given:
            whole.split(name, partitions)
        seconds = {"inputs": time.perf_counter() - began}
        steps = [step for step in (STREET if full else CORE) if step.needs not in absent]
        left = [step.name for step in steps if not step.across and (step.keep or step.name in ANSWERS.values())]
        for number in range(partitions):
            began = time.perf_counter()
            if on_step:
                on_step(f"part {number + 1} of {partitions}")
            _run_part(whole, number, steps, given, left)
            seconds[f"part {number + 1}"] = time.perf_counter() - began
        for name in left:
            whole.unite(name)
        for step in steps:
            if step.across:
                if on_step:
                    on_step(step.name)
                step.run(whole)
        summary = told(whole, absent, kept_out, full=full)
    except BaseException:
        whole.close()
        raise
    return Outcome(whole, tuple(absent), answers_of(absent, full=full), seconds, summary)


def _any(engine: DuckDBEngine, name: str) -> bool:
    return bool(engine.rows(f"SELECT 1 FROM {name} LIMIT 1"))


def _run_part(
    whole: _Whole, number: int, steps: Sequence[Step | Computed], given: Sequence[str], left: Sequence[str]
) -> None:
    """Run the steps that need no other items over one share, and leave its rows in ``left/<step>/<number>.parquet``."""
    part = _Part()
    try:
        for name in TABLES:
            if name in given:
                part.take(whole.folder, name, number)
            else:
                part.attach(name, whole.table(name))
        for name in FACTS:
            part.attach(name, whole.table(name))
        for step in steps:
            if not step.across:
                step.run(part)
        for name in left:
            (whole.folder / "left" / name).mkdir(parents=True, exist_ok=True)
            part.write(name, whole.folder / "left" / name / f"{number}.parquet")
    finally:
        part.close()
