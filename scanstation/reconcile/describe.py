"""Writes docs/reconcile.md: the street of steps as a picture and in words, and an example computed by the engine.

The words are the heads of ``steps/*.sql``; the arrows are what each step reads.  Make the page anew with
``python -m scanstation.reconcile.describe > docs/reconcile.md``.
"""

import datetime
import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from scanstation.reconcile.describe_tables import tables
from scanstation.reconcile.example import INPUTS, NINE, TOLD
from scanstation.reconcile.inputs import FACTS, as_table
from scanstation.reconcile.run import reconcile
from scanstation.reconcile.street import ANSWERS, STREET, Computed, Step
from scanstation.reconcile.tables import TABLES

_HEAD = re.compile(r"-- (?P<name>\w+): (?P<title>.*?)\n--\n(?P<parts>(?:--.*\n)+)")
_PART = re.compile(r"(in|out|rule) +(.*)")
_INDENT = len("-- rule   ")
_READS = re.compile(r"(?:FROM|JOIN) ([a-z_]+)")
_MONEY = {"unit_cost", "variance_value", "value_at_risk", "margin", "handling", "write_off", "money", "price"}
_MOMENTS = {"ts", "count_ts", "received_at"}
_DAYS = {"due", "day", "period_start", "opened", "expires"}


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a step: what it is called, what it answers, what goes in and out, and the rule, line by line."""

    name: str
    title: str
    goes_in: str
    comes_out: str
    rule: tuple[str, ...]


def head(step: Step | Computed) -> Head:
    """Read the head of a step: of its common text, or the docstring of its function.

    Raises ValueError where a part of it is missing.
    """
    text = _text(step)
    match = _HEAD.match(text)
    if match is None:
        raise ValueError(f"{step.name}: begin it with '-- name: title', '--', then in, out and rule")
    parts: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in match["parts"].splitlines():
        if found := _PART.fullmatch(line.removeprefix("-- ")):
            lines = parts.setdefault(found[1], [])
            lines.append(found[2])
        else:
            lines.append(line[_INDENT:])  # keeps what is set in further
    if missing := {"in", "out", "rule"} - parts.keys():
        raise ValueError(f"{step.name}: its head does not say {', '.join(sorted(missing))}")
    if match["name"] != step.name:
        raise ValueError(f"{step.name}: its head calls it {match['name']}")
    goes_in, comes_out = (" ".join(part.strip() for part in parts[name]) for name in ("in", "out"))
    return Head(match["name"], match["title"], goes_in, comes_out, tuple(parts["rule"]))


def _text(step: Step | Computed) -> str:
    if isinstance(step, Step):
        return (files("scanstation.reconcile") / "steps" / f"{step.file}.sql").read_text("utf-8")
    return "".join(f"-- {line}".rstrip() + "\n" for line in (inspect.getdoc(step.compute) or "").splitlines())


def reads(step: Step | Computed) -> tuple[str, ...]:
    """The inputs and earlier steps that a step reads, in the order in which it names them."""
    if isinstance(step, Computed):
        return step.reads
    known = {*TABLES, *FACTS, *(other.name for other in STREET)}
    found = _READS.findall(step.text("common"))
    return tuple(dict.fromkeys(name for name in found if name in known))


def picture() -> str:
    """The street as a Mermaid flow chart: inputs with round ends, steps square, answers with a thick edge."""
    lines = ["flowchart TD"]
    lines += [f"  {name}([{name}])" for name in (*TABLES, *FACTS)]
    lines += [f'  {_node(step.name)}["{step.name}"]' for step in STREET]
    for step in STREET:
        lines += [f"  {_node(source)} --> {_node(step.name)}" for source in reads(step)]
    lines.append("  classDef answer stroke-width:4px")
    lines.append(f"  class {','.join(map(_node, ANSWERS.values()))} answer")
    return "\n".join(lines)


def page() -> str:
    """The whole of docs/reconcile.md."""
    return "\n".join([_INTRO, "```mermaid", picture(), "```\n", *tables(), *_steps(), *_example()])


def _node(name: str) -> str:
    return name if name in TABLES or name in FACTS else f"s_{name}"


def _steps() -> Iterator[str]:
    written = {step: answer for answer, step in ANSWERS.items()}
    yield "## The steps\n"
    for number, step in enumerate(STREET, start=1):
        told = head(step)
        answer = f" Written as `{written[step.name]}.parquet`." if step.name in written else ""
        left_out = f" Left out where `{step.needs}` is not given." if step.needs else ""
        yield f"### {number}. {told.name}: {told.title}\n"
        yield f"- **In:** {told.goes_in}"
        yield f"- **Out:** {told.comes_out}.{answer}{left_out}\n".replace("..", ".")
        yield "```text"
        yield from told.rule
        yield "```\n"


def _example() -> Iterator[str]:
    yield _EXAMPLE
    for name, columns in INPUTS.items():
        yield f"`{name}`: {TOLD[name]}\n"
        yield markdown([dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)])
    yield _CONCLUSION
    outcome = reconcile({name: as_table(name, given) for name, given in INPUTS.items()}, snapshot_ts=NINE)
    try:
        for answer, step in ANSWERS.items():
            rows = sorted(
                outcome.engine.table(step).to_pylist(), key=lambda row: [str(value) for value in row.values()]
            )
            if rows:
                yield f"`{answer}`\n"
                yield markdown(rows)
    finally:
        outcome.close()
    yield _AFTERWORD


def markdown(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as a Markdown table, days and money as people write them; a column that any row has is shown."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [names, ["---"] * len(names), *([_cell(name, row.get(name)) for name in names] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in _MONEY:
        return f"{value / 10_000:.2f}"
    if name in _MOMENTS:
        return f"{datetime.datetime.fromtimestamp(value / 1_000_000, datetime.UTC):%H:%M}"
    if name in _DAYS:
        return str(datetime.date(1970, 1, 1) + datetime.timedelta(days=value))
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


_INTRO = """\
# How a count is compared with the record

This page is made by `python -m scanstation.reconcile.describe > docs/reconcile.md`; a test keeps it up to date.

The comparison is a street of steps. Each is one statement of SQL in one file of `scanstation/reconcile/steps/`, and
what you read below is the head of that file. A step reads the tables that were brought in and the steps before it;
nothing else takes part, no clock and no setting. The same tables give the same answer on every machine.

Tables with round ends are brought in, the thick boxes are the answers. `recorded`, `counts` and `reads` must be there.
A table that is absent switches off what needs it, and `summary.json` says what that is.
"""

_EXAMPLE = """\
## An example to follow by hand

The snapshot is taken at 9:00. Amounts are shown in whole currency units and times as hours of the day; in the files
money is a whole number of 1/10000, times are microseconds and due dates are day numbers.
"""

_CONCLUSION = """\
### What follows

- **lamp at A1**: the record said 10, one was picked before the count, so 9 were expected. 5 were counted: 4 are
  missing, worth 4 x 5.00. The two that were picked at 10:30 left after the count; they are no part of the difference.
- **lamp at B1**: 4 expected, 4 counted. Right, and therefore not listed.
- **desk**: its tag answered at both places. It counts once, where it was seen last, at B1. What A1 lacks B1 has over:
  it is misplaced, not lost.
- **chair**: nothing on record, 3 on the shelf.
- **The lamps promised**: the books say 13 at the count, 2 left later and 1 is reserved, so 10 seemed free; in truth 6.
  O1 is due first and gets its 6 either way. O2 was covered by the record and gets nothing: 4 units short. O3 had
  nothing before and has nothing now, so it did not change.
- **The chairs promised**: O4 waited for stock that was there all along: 2 units can go. One chair is left to sell, so
  the web shop's "out of stock" is false.
- **The shop** offers 2 lamps while more are ordered than there are: it oversells by 2.
"""

_AFTERWORD = """\
## Which engine

The text is written in the part of SQL that DuckDB, SQLite, PostgreSQL and Spark share. The station runs it on DuckDB.
A step may have an idiom of one engine beside it (`40_variance.duckdb.sql`); a test shows that both give equal rows."""


if __name__ == "__main__":
    print(page())
