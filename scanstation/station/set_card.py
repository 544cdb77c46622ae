"""One card for several labels of one trigger or picture: the worst of them, and what was counted besides."""

from collections.abc import Sequence
from dataclasses import replace

from scanstation.counting.decision import Decision, Outcome
from scanstation.station.sets import worst_last

SHOWN = 4
"""Labels that a card names."""


def in_one(decisions: Sequence[Decision]) -> Decision:
    """What the card says of a whole set: a person counts along, so that every label counted is told."""
    worst = worst_last(decisions)
    counted = [decision for decision in decisions if decision.outcome is Outcome.OK and decision.qty]
    if worst.outcome is not Outcome.OK:
        stop = "" if worst.text.endswith((".", "?")) else "."
        return replace(worst, text=f"{worst.text}{stop} Counted: {_listed(counted)}") if counted else worst
    if len(counted) < 2:
        return counted[0] if counted else worst
    same = len({decision.item for decision in counted}) == 1
    return replace(
        worst,
        text=f"{len(counted)} labels: {_listed(counted)}",
        qty=sum(decision.qty for decision in counted),
        item=counted[0].item if same else None,
        name=counted[0].name if same else None,
        lot=None,
        serial=None,
        said="",
    )


def _listed(counted: Sequence[Decision]) -> str:
    named = [f"{one.text} ({one.serial})" if one.serial else one.text for one in counted]
    return "; ".join(named[:SHOWN]) + (f" and {len(named) - SHOWN} more" if len(named) > SHOWN else "")
