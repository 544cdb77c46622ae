"""The runner: inputs on an engine, one step after the other, and the outcome."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanstation.reconcile.duckdb_engine import DuckDBEngine
from scanstation.reconcile.engine import Engine
from scanstation.reconcile.inputs import attach_inputs
from scanstation.reconcile.street import ANSWERS, STREET
from scanstation.reconcile.summary import summarise
from scanstation.reconcile.tables import TABLES

if TYPE_CHECKING:
    import pyarrow

OnStep = Callable[[str], None]
"""Called with the name of each step before it runs."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a reconciliation found.  The tables stay on the engine until asked for; `close` lets go of them.

    ``seconds`` holds the time of each step, ``absent`` the optional inputs that were not given.
    """

    engine: Engine
    absent: tuple[str, ...]
    seconds: Mapping[str, float] = field(default_factory=dict)
    summary: Mapping[str, Any] = field(default_factory=dict)

    @property
    def relations(self) -> tuple[str, ...]:
        """The names of the answers: discrepancies, items, order_lines, and listings where they were given."""
        return ("discrepancies", "items", "order_lines", *(() if "listings" in self.absent else ("listings",)))

    @property
    def discrepancies(self) -> "pyarrow.Table":
        """Every wrong record: item, location, lot, expected, counted, variance, variance_value, kind."""
        return self.engine.table("discrepancies")

    @property
    def items(self) -> "pyarrow.Table":
        """Every item with a wrong record: totals, ATP before and after, units and value at risk."""
        return self.engine.table(ANSWERS["items"])

    @property
    def order_lines(self) -> "pyarrow.Table":
        """Every order line whose cover changed, with what is short or released."""
        return self.engine.table("order_lines")

    @property
    def listings(self) -> "pyarrow.Table | None":
        """Every listing of an item with a wrong record; None when listings were not given."""
        return None if "listings" in self.absent else self.engine.table(ANSWERS["listings"])

    @property
    def records(self) -> "pyarrow.Table":
        """Every record of a counted location: item, location, lot, expected, counted, variance (0 where right)."""
        return self.engine.table("variance")

    def close(self) -> None:
        """Let the engine go; tables taken before stay valid."""
        self.engine.close()


def reconcile(
    inputs: Mapping[str, "Path | pyarrow.Table"],
    *,
    snapshot_ts: int,
    engine: Engine | None = None,
    on_step: OnStep | None = None,
    where: str = "inputs",
) -> Outcome:
    """Run the street over the inputs: expected -> variance -> cause -> consequence.

    ``inputs`` are Parquet files or Arrow tables by name (`scanstation.reconcile.TABLES`); ``snapshot_ts`` is the
    cut-off of the audit (microseconds UTC); ``engine`` is DuckDB unless given; ``where`` names the inputs in errors.

    :raises ReconcileError: reason INPUT with every fault of every table, or ENGINE.
    """
    engine = engine or DuckDBEngine()
    try:
        began = time.perf_counter()
        absent = attach_inputs(engine, inputs, snapshot_ts, where)
        seconds = {"inputs": time.perf_counter() - began}
        for step in STREET:
            if step.needs in absent:
                continue
            if on_step:
                on_step(step.name)
            began = time.perf_counter()
            engine.define(step.name, step.text(engine.dialect), keep=step.keep)
            if step.keep:
                seconds[step.name] = time.perf_counter() - began
        summary = summarise(engine, absent)
    except BaseException:
        engine.close()
        raise
    return Outcome(engine, tuple(absent), seconds, summary)


__all__ = ["TABLES", "OnStep", "Outcome", "reconcile"]
