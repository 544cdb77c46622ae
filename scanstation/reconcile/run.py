"""The runner: inputs on an engine, one step after the other, and the outcome."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanstation.policy import ConsequencePolicy
from scanstation.reconcile.duckdb_engine import DuckDBEngine
from scanstation.reconcile.engine import Engine
from scanstation.reconcile.inputs import attach_facts, attach_inputs
from scanstation.reconcile.screening import KeptOut
from scanstation.reconcile.street import ANSWERS, CORE, CORE_ANSWERS, STREET
from scanstation.reconcile.summary import summarise
from scanstation.reconcile.tables import TABLES

if TYPE_CHECKING:
    import pyarrow

OnStep = Callable[[str], None]
"""Called with the name of each step before it runs."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a reconciliation found.  The tables stay on the engine until asked for; `close` lets go of them.

    ``answers`` holds the relation of each answer by its name, ``seconds`` the time of each step, ``absent`` the
    optional inputs that were not given.
    """

    engine: Engine
    absent: tuple[str, ...]
    answers: Mapping[str, str]
    seconds: Mapping[str, float] = field(default_factory=dict)
    summary: Mapping[str, Any] = field(default_factory=dict)

    def answer(self, name: str) -> "pyarrow.Table":
        """Return an answer by its name (`scanstation.reconcile.street.ANSWERS`)."""
        return self.engine.table(self.answers[name])

    @property
    def discrepancies(self) -> "pyarrow.Table":
        """Every wrong record: item, location, lot, expected, counted, variance, variance_value, kind."""
        return self.answer("discrepancies")

    @property
    def items(self) -> "pyarrow.Table":
        """Every item with a wrong record: totals, ATP before and after, units and value at risk."""
        return self.answer("items")

    @property
    def order_lines(self) -> "pyarrow.Table":
        """Every order line whose cover changed, with what is short or released."""
        return self.answer("order_lines")

    @property
    def listings(self) -> "pyarrow.Table | None":
        """Every listing of an item with a wrong record; None when listings were not given."""
        return None if "listings" in self.absent else self.answer("listings")

    @property
    def statuses(self) -> "pyarrow.Table":
        """Every counted record with damaged, quarantined or marked stock: what the books held of it, what it holds."""
        return self.engine.table("statuses")

    @property
    def records(self) -> "pyarrow.Table":
        """Every record of a counted location: item, location, lot, expected, counted, variance (0 where right)."""
        return self.engine.table("variance")

    @property
    def kept_out(self) -> "pyarrow.Table":
        """Rows that could not be right and took no part: source, row_key, reason, detail, remedy.

        A capped list; ``summary["kept_out"]`` has the exact counts by input table and reason.
        """
        return self.engine.table("kept_out")

    def close(self) -> None:
        """Let the engine go; tables taken before stay valid."""
        self.engine.close()


def reconcile(
    inputs: Mapping[str, "Path | pyarrow.Table"],
    *,
    snapshot_ts: int,
    as_of_ts: int | None = None,
    policy: ConsequencePolicy | None = None,
    full: bool = True,
    engine: Engine | None = None,
    on_step: OnStep | None = None,
    where: str = "inputs",
) -> Outcome:
    """Run the street over the inputs: expected -> variance -> cause -> consequence.

    ``inputs`` are Parquet files or Arrow tables by name (`scanstation.reconcile.TABLES`); ``snapshot_ts`` is the
    cut-off of the audit (microseconds UTC), ``as_of_ts`` the moment from which dates are reckoned (default: that of the
    last count); ``policy`` what broken promises cost.  Not ``full`` stops after the promises: no causes, no
    consequences.  ``engine`` is DuckDB unless given; ``where`` names the inputs in errors.

    :raises ReconcileError: reason INPUT with every fault of every table, or ENGINE.
    """
    engine = engine or DuckDBEngine()
    try:
        began = time.perf_counter()
        absent, kept_out = attach_inputs(engine, inputs, where)
        attach_facts(engine, snapshot_ts, as_of_ts, policy or ConsequencePolicy(), absent)
        seconds = {"inputs": time.perf_counter() - began}
        for step in STREET if full else CORE:
            if step.needs in absent:
                continue
            if on_step:
                on_step(step.name)
            began = time.perf_counter()
            step.run(engine)
            if step.keep:
                seconds[step.name] = time.perf_counter() - began
        summary = told(engine, absent, kept_out, full=full)
    except BaseException:
        engine.close()
        raise
    return Outcome(engine, tuple(absent), answers_of(absent, full=full), seconds, summary)


def answers_of(absent: Collection[str], *, full: bool) -> dict[str, str]:
    """Return the relation of each answer by its name."""
    answers = dict(ANSWERS if full else CORE_ANSWERS)
    if "listings" in absent:
        del answers["listings"]
    return answers


def told(engine: Engine, absent: Sequence[str], kept_out: KeptOut, *, full: bool) -> dict[str, Any]:
    """Return the summary of an outcome, with the rows that were kept out by table and reason."""
    return {**summarise(engine, absent, full=full), "kept_out": kept_out.counts}


__all__ = ["TABLES", "OnStep", "Outcome", "reconcile"]
