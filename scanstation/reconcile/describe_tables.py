"""The input tables as a section of docs/reconcile.md: their columns, what they hold, and what goes unsaid without."""

from collections.abc import Iterator

from scanstation.reconcile.tables import LAST, TABLES, Column, Table


def tables() -> Iterator[str]:
    """Yield the lines of the section."""
    yield _INTRO
    for name, table in TABLES.items():
        yield f"### `{name}`\n"
        yield " ".join(_about(table)) + "\n"
        yield "| column | holds | where it is empty |\n| --- | --- | --- |"
        yield from (f"| `{column}` | {_holds(rule)} | {_empty(rule)} |" for column, rule in table.columns.items())
        yield ""


def _about(table: Table) -> Iterator[str]:
    if table.switches_off is None:
        yield "Must be there."
    else:
        yield f"Where it is absent, this is switched off: {table.switches_off}."
    if table.unique:
        yield f"No two rows may be equal in {', '.join(f'`{column}`' for column in table.unique)}."
    if table.of_known_items:
        yield "A row of an item that no other table knows is kept out."


def _holds(rule: Column) -> str:
    if rule.words:
        return "one of " + ", ".join(f"`{word}`" for word in rule.words)
    if rule.between:
        return f"{'microseconds' if (rule.most or 0) > LAST // 10_000 else 'day number'} between {rule.between}"
    kinds = {"integer": "whole number", "boolean": "true or false", "thousandths": "number", "text": "text"}
    return kinds.get(rule.type, "text or whole number") + _bounds(rule)


def _bounds(rule: Column) -> str:
    if rule.least is not None and rule.most is not None:
        return f", {rule.least:,} to {rule.most:,}"
    if rule.least is not None:
        return f", at least {rule.least:,}"
    return "" if rule.most is None else f", at most {rule.most:,}"


def _empty(rule: Column) -> str:
    if rule.default == str(LAST):
        return "unknown: after the others of its date and priority"
    if rule.default is not None:
        value = rule.default.strip("'")
        shown = f"{int(value) / 1000:g}" if rule.type == "thousandths" else value
        return f"`{shown}`" if shown else "nothing"
    return "unknown" if rule.optional else "nothing" if rule.nullable else "**required**"


_INTRO = """\
## The tables

`scanstation reconcile` reads them as Parquet files of these names, beside `meta.json` with `snapshot_ts`, the cut-off.
Quantities are whole numbers in the item's base unit, money is a whole number of 1/10000 of the currency unit, times are
microseconds and days are day numbers since 1970-01-01 UTC. A column that may be empty may be left out; columns that are
not listed are ignored. A row with a value that cannot be is kept out and told.
"""
