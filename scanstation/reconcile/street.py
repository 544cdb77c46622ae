"""The street of named steps: what is computed, in which order, and where its text lies.

Each step is one select statement in one file of ``steps/``; its head says what goes in, what comes out, and the rule.
A step may read the inputs and every step before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Step:
    """A named step.  ``keep``: computed once and kept; otherwise it is folded into the steps that read it.

    ``needs`` names the optional input without which the step is left out.
    """

    file: str
    keep: bool = False
    needs: str | None = None

    @property
    def name(self) -> str:
        """The name of the relation that the step defines."""
        return self.file.split("_", 1)[1]

    def text(self, dialect: str) -> str:
        """Return the select statement: the engine's own idiom where there is one, else the common text."""
        return step_text(self.file, dialect)


STREET = (
    Step("10_latest"),
    Step("20_applied"),
    Step("30_ledger"),
    Step("40_variance", keep=True),
    Step("50_books", keep=True),
    Step("60_discrepancies", keep=True),
    Step("70_stock", keep=True),
    Step("75_allocation", keep=True),
    Step("80_item_answers", keep=True),
    Step("85_order_lines", keep=True),
    Step("90_available", needs="listings"),
    Step("95_listing_answers", keep=True, needs="listings"),
)
"""All steps in order."""

ANSWERS: Mapping[str, str] = {
    "discrepancies": "discrepancies",
    "items": "item_answers",
    "order_lines": "order_lines",
    "listings": "listing_answers",
}
"""What a reconciliation hands out, by the name of its file, and the step that holds it."""

COMMON = "common"
"""A dialect without idioms of its own: asks for the common text everywhere."""


@cache
def step_text(file: str, dialect: str) -> str:
    """Return the text of a step without its head."""
    folder = files("scanstation.reconcile") / "steps"
    own = folder / f"{file}.{dialect}.sql"
    text = (own if own.is_file() else folder / f"{file}.sql").read_text("utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("--"))
