"""The page of the examples."""

from collections.abc import Iterator, Mapping
from typing import Any

from scanstation.reconcile.describe import markdown
from scanstation.reconcile.examples import CAUSES, CONSEQUENCES, FINDINGS, WHOLE
from scanstation.reconcile.examples.case import Example, shown


def page() -> str:
    """The whole of docs/causes-and-consequences.md."""
    return "\n".join(line for part in _parts() for line in part).rstrip()


def _parts() -> Iterator[Iterator[str]]:
    yield iter([_INTRO])
    for title, examples in (("Causes", CAUSES), ("Consequences", CONSEQUENCES), ("Findings", FINDINGS)):
        yield iter([f"## {title}\n"])
        yield from (_told(example) for example in examples)
    yield _whole()


def _whole() -> Iterator[str]:
    yield "## One case in full\n"
    yield f"{WHOLE.story}\n"
    yield from _given(WHOLE)
    outcome = WHOLE.run()
    for name in ("discrepancies", "causes", "order_lines", "listings", "timeline", "consequences", "findings"):
        rows = sorted(outcome.answer(name).to_pylist(), key=_worst_first)
        yield f"`{name}`\n"
        yield markdown([_known(row) for row in rows])
    outcome.close()


def _worst_first(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return -row.get("severity", 0), -row.get("money", 0), row.get("day") or 0, row.get("order_id", "")


def _told(example: Example) -> Iterator[str]:
    yield f"### {example.kind}\n"
    yield f"{example.story}\n"
    yield from _given(example)
    outcome = example.run()
    yield f"What the engine says, in `{example.answer}`:\n"
    yield markdown([_known(row) for row in shown(example, outcome)])
    outcome.close()


def _given(example: Example) -> Iterator[str]:
    places = dict.fromkeys(row[:-1] for row in (*example.recorded, *example.counted))
    recorded, counted = ({row[:-1]: row[-1] for row in side} for side in (example.recorded, example.counted))
    sides = [
        {"item": key[0], "location": key[1], **({"lot": key[2]} if len(key) > 2 else {}),
         "recorded": recorded.get(key, 0), "counted": counted.get(key, 0)}
        for key in places
    ]  # fmt: skip
    yield markdown(sides)
    tables = example.tables()
    for name in example.more:
        given = tables[name]
        if name != "items" or example.kind == "SWAP":
            yield f"`{name}`\n"
            yield markdown([dict(zip(given, row, strict=True)) for row in zip(*given.values(), strict=True)])


def _known(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without what it is not about."""
    return {name: value for name, value in row.items() if value not in ("", None)}


_INTRO = """\
# Causes and consequences, each with an example

This page is made by `python -m scanstation.reconcile.examples > docs/causes-and-consequences.md`; a test keeps it up
to date. Every example is computed by the engine. The cut-off is 2026-12-01, 9:00; places are counted at 10:00; a unit
costs 5.00. Lamps sell at 12.00. Columns that say nothing in an example are left out. The rules are
[the steps](reconcile.md), the amounts rest on `config/policy.toml`.
"""
