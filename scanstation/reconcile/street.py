"""The street of named steps: what is computed, in which order, and where its definition lies.

count -> promise -> cause -> consequence.  Most steps are one select statement in one file of ``steps/``; its head says
what goes in, what comes out, and the rule.  What SQL cannot say well is a function over the small result
(`Computed`), with the same head as its docstring.  A step may read the inputs and every step before it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from scanstation.reconcile.engine import Engine
from scanstation.reconcile.neighbours import neighbours
from scanstation.reconcile.service import service
from scanstation.reconcile.transfers import transfers

if TYPE_CHECKING:
    import pyarrow


@dataclass(frozen=True, slots=True)
class Step:
    """A step in SQL.  ``keep``: computed once and kept; otherwise it is folded into the steps that read it.

    ``needs`` names the optional input without which the step is left out.  ``across``: it compares items with each
    other, so that it runs once, after the parts of a partitioned run are put together.
    """

    file: str
    keep: bool = False
    needs: str | None = None
    across: bool = False

    @property
    def name(self) -> str:
        """The name of the relation that the step defines."""
        return self.file.split("/", 1)[1].split("_", 1)[1]

    def text(self, dialect: str) -> str:
        """Return the select statement: the engine's own idiom where there is one, else the common text."""
        return step_texts(self.file, dialect)[-1][1]

    def run(self, engine: Engine) -> None:
        """Define the relation on the engine; where its idiom keeps parts of its own, these are what is kept."""
        *parts, (name, text) = step_texts(self.file, engine.dialect)
        for part, select in parts:
            engine.define(part, select, keep=True)
        engine.define(name, text, keep=self.keep and not parts)


@dataclass(frozen=True, slots=True)
class Computed:
    """A step in Python: a function that reads rows from the engine and returns the relation."""

    compute: "Callable[[Engine], pyarrow.Table]"
    reads: tuple[str, ...]
    keep: bool = True
    needs: None = None
    across: bool = False

    @property
    def name(self) -> str:
        """The name of the relation that the step defines: that of its function."""
        return self.compute.__name__

    def run(self, engine: Engine) -> None:
        """Compute the relation and hand it to the engine."""
        engine.attach(self.name, self.compute(engine))


CORE = (
    Step("count/10_latest"),
    Step("count/20_applied"),
    Step("count/30_ledger"),
    Step("count/40_variance", keep=True),
    Step("count/50_books", keep=True),
    Step("count/60_discrepancies", keep=True),
    Step("promise/10_stale", keep=True),
    Step("promise/15_elsewhere"),
    Step("promise/20_affected"),
    Step("promise/25_holds", keep=True),
    Step("promise/30_held"),
    Step("promise/32_statuses", keep=True),
    Step("promise/35_booked"),
    Step("promise/40_stock", keep=True),
    Step("promise/50_allocation", keep=True),
    Step("promise/60_item_answers", keep=True),
    Step("promise/65_order_lines", keep=True),
    Step("promise/70_supply", keep=True),
    Step("promise/75_timeline"),
    Step("promise/80_available"),
    Step("promise/85_offers", keep=True),
    Step("promise/90_listing_answers", keep=True, needs="listings"),
)
"""The steps from the count to the promises."""

CAUSES = (
    Step("cause/10_nearby"),
    Step("cause/15_timing", keep=True),
    Computed(transfers, reads=("discrepancies",)),
    Step("cause/25_misplaced", keep=True),
    Step("cause/30_receipt", keep=True),
    Step("cause/35_unit_of_measure", keep=True),
    Step("cause/40_duplicate", keep=True),
    Step("cause/45_unrecorded_return", keep=True),
    Step("cause/50_lot", keep=True),
    Step("cause/55_count_error", keep=True),
    Step("cause/63_traits", across=True),
    Step("cause/65_alike", keep=True, across=True),
    Computed(neighbours, reads=("discrepancies", "alike", "locations"), across=True),
    Step("cause/70_swap", keep=True, across=True),
    Step("cause/80_evidence", keep=True, across=True),
    Step("cause/90_causes", keep=True, across=True),
)
"""The steps from a wrong record to why it is wrong."""

CONSEQUENCES = (
    Step("consequence/10_worth", keep=True),
    Step("consequence/15_pace", keep=True),
    Step("consequence/20_lines", keep=True),
    Step("consequence/25_position", keep=True),
    Step("consequence/30_quickest", keep=True),
    Step("consequence/35_drift", keep=True),
    Computed(service, reads=("demand", "stock", "allocation", "supply", "quickest", "audit", "policy")),
    Step("consequence/40_oversold"),
    Step("consequence/45_oversell_next"),
    Step("consequence/50_false_out_of_stock"),
    Step("consequence/55_needless_backorder"),
    Step("consequence/60_frozen_reorder"),
    Step("consequence/65_needless_reorder"),
    Step("consequence/70_late_promise"),
    Step("consequence/75_partial"),
    Step("consequence/80_risk"),
    Step("consequence/85_money"),
    Step("consequence/88_behind"),
    Step("consequence/90_consequences", keep=True),
    Step("consequence/95_findings", keep=True),
)
"""The steps from a wrong record to the promises that it breaks."""

STREET: tuple[Step | Computed, ...] = (*CORE, *CAUSES, *CONSEQUENCES)
"""All steps in order."""

CORE_ANSWERS: Mapping[str, str] = {
    "discrepancies": "discrepancies",
    "items": "item_answers",
    "order_lines": "order_lines",
    "listings": "listing_answers",
}
"""What the core hands out, by the name of its file, and the step that holds it."""

ANSWERS: Mapping[str, str] = {
    **CORE_ANSWERS,
    **{name: name for name in ("statuses", "causes", "evidence", "transfers", "consequences", "findings", "timeline")},
}
"""What the whole street hands out."""

COMMON = "common"
"""A dialect without idioms of its own: asks for the common text everywhere."""


_PART = re.compile(r"^-- keep (\w+)\n(.*?);\n", re.MULTILINE | re.DOTALL)
"""A part that an idiom keeps before it answers."""


@cache
def step_texts(file: str, dialect: str) -> tuple[tuple[str, str], ...]:
    """Return the select statements of a step by the relation that each defines, without its head: the parts that an
    engine's own idiom keeps, and last the step itself."""
    folder = files("scanstation.reconcile") / "steps"
    own = folder / f"{file}.{dialect}.sql"
    text = (own if own.is_file() else folder / f"{file}.sql").read_text("utf-8")
    named = [*_PART.findall(text), (file.split("/", 1)[1].split("_", 1)[1], _PART.sub("", text))]
    return tuple((name, "\n".join(_bare(select))) for name, select in named)


def _bare(select: str) -> Iterator[str]:
    """The lines of a text that are no comment."""
    return (line for line in select.splitlines() if line and not line.startswith("--"))
