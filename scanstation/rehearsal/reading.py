"""Reads a rehearsal's file; everything that is wrong with it is told at once."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from scanstation.exchange.columns import TABLES, match_header
from scanstation.rehearsal.errors import Fault, RehearsalError
from scanstation.rehearsal.expecting import Expect
from scanstation.rehearsal.importing import check_tables
from scanstation.rehearsal.parts import Cell, Strict, microseconds
from scanstation.rehearsal.site import policy_faults, station_faults
from scanstation.rehearsal.steps import KINDS, AnyStep, Import
from scanstation.unfit import placed, unfit

Tables = dict[str, tuple[dict[str, Cell], ...]]
"""Rows by table."""

LARGEST = 50_000_000
"""Bytes that a file may have."""


class Rehearsal(Strict):
    """A whole audit in one file: a warehouse, what happens in it, and what must come of it."""

    title: str = ""
    now: AwareDatetime
    seed: Annotated[int, Field(strict=True)] = 1
    station: dict[str, Any] = Field(default_factory=dict)
    policy: dict[str, Any] = Field(default_factory=dict)
    tables: Tables = Field(default_factory=dict)
    steps: tuple[AnyStep, ...]
    expect: Expect | None = None


def read_file(path: Path) -> Rehearsal:
    """Read a file.

    :raises RehearsalError: with every fault of the file; nothing of it is played then.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise RehearsalError([Fault(place="the file", why=f"is larger than {LARGEST:,} bytes")])
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise RehearsalError([Fault(place="the file", why=f"cannot be read: {error.strerror or error}")]) from error
    except UnicodeDecodeError as error:
        raise RehearsalError([Fault(place="the file", why="is no UTF-8 text", mend="Save it as UTF-8.")]) from error
    return read_text(text)


def read_text(text: str) -> Rehearsal:
    """Read a rehearsal from its JSON text; raises like `read_file`."""
    try:
        document = json.loads(text, object_pairs_hook=_once)
        json.dumps(document, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise RehearsalError([Fault(place=place, why=f"is no JSON: {error.msg}")]) from error
    except _TwiceError as error:
        raise RehearsalError(
            [Fault(place=f'"{error}"', why="is there twice in one place", mend="Keep one.")]
        ) from error
    except UnicodeEncodeError as error:
        why = "holds half of a character, such as \\ud800 alone"
        raise RehearsalError([Fault(place="the file", why=why, mend="Give bytes as hex.")]) from error
    except RecursionError as error:
        raise RehearsalError([Fault(place="the file", why="is nested too deeply")]) from error
    return read(document)


def read(document: Any) -> Rehearsal:
    """Read a rehearsal from what its JSON holds; raises like `read_file`."""
    if not isinstance(document, dict):
        raise RehearsalError([Fault(place="the file", why="holds no JSON object")])
    faults: list[Fault] = []
    rehearsal = None
    try:
        rehearsal = Rehearsal.model_validate(document)
    except ValidationError as error:
        faults += [_fault(one) for one in error.errors(include_url=False)]
    faults += _settings_faults(document)
    wrong_tables = list(_table_faults(document))
    faults += wrong_tables
    faults += [*_import_faults(rehearsal), *_time_faults(rehearsal)] if rehearsal else ()
    if faults or rehearsal is None:
        raise RehearsalError([*faults, *([] if wrong_tables else _refused_tables(document))])
    return rehearsal


class _TwiceError(Exception):
    """A key that an object has twice."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _TwiceError(key)
        found[key] = value
    return found


def _time_faults(rehearsal: Rehearsal) -> Iterator[Fault]:
    """Times run forward: a step at a time that has passed is a mistake."""
    now = microseconds(rehearsal.now)
    for number, step in enumerate(rehearsal.steps, start=1):
        if step.at is None:
            now += step.pause_us
        elif (at := microseconds(step.at)) < now:
            kind = step.do
            yield Fault(place=f"step {number} ({kind}), at", why=f"{step.at.isoformat()} has passed by then")
        else:
            now = at


def _settings_faults(document: Mapping[str, Any]) -> Iterator[Fault]:
    for name, check in (("station", station_faults), ("policy", policy_faults)):
        values = document.get(name, {})
        if isinstance(values, dict):
            yield from check(values)


def _table_faults(document: Mapping[str, Any]) -> Iterator[Fault]:
    tables = document.get("tables", {})
    for table, rows in tables.items() if isinstance(tables, dict) else ():
        if isinstance(rows, list):
            yield from _column_faults("tables", table, rows)


def _refused_tables(document: Mapping[str, Any]) -> list[Fault]:
    """What the importer would refuse of the tables, where these are rows at all: told with the other faults."""
    try:
        return check_tables(TypeAdapter(Tables).validate_python(document.get("tables", {})))
    except ValidationError:
        return []


def _import_faults(rehearsal: Rehearsal) -> Iterator[Fault]:
    for number, step in enumerate(rehearsal.steps, start=1):
        if isinstance(step, Import):
            yield from _column_faults(f"step {number} (import)", step.table, step.rows)


def _column_faults(place: str, table: str, rows: Sequence[Any]) -> Iterator[Fault]:
    if table not in TABLES:
        why = f"not known here yet: the table {table}"
        yield Fault(place=place, why=why, mend=f"Known are {', '.join(TABLES)}.")
        return
    spec = TABLES[table]
    for number, row in enumerate(rows, start=1):
        for column in row if isinstance(row, Mapping) else ():
            if match_header(str(column), spec) is None:
                known = ", ".join(one.name for one in spec.columns)
                mend = f"The columns are {known}."
                yield Fault(place=f"{place}, {table} row {number}", why=f"not known here yet: {column}", mend=mend)


def _fault(error: Any) -> Fault:
    """A fault in our words of one that the models found."""
    loc, kind, given = tuple(error["loc"]), error["type"], error.get("input")
    place = _place(loc)
    if kind == "extra_forbidden":
        within = _place(loc[:-1]) if loc[:-1] else "the file"
        return Fault(place=within, why=f"not known here yet: {loc[-1]}", mend=_known(loc))
    if kind == "missing":
        within = _place(loc[:-1]) if loc[:-1] else "the file"
        return Fault(place=within, why=f"{loc[-1]} is missing")
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        word = given.get("do") if isinstance(given, dict) else None
        why = "do is missing" if word is None else f"not known here yet: a step {word!r}"
        return Fault(place=place, why=why, mend=f"The steps are {', '.join(KINDS)}.")
    if kind == "value_error":
        return Fault(place=place, why=str(error["ctx"]["error"]))
    if kind.startswith(("datetime", "timezone")):
        return Fault(place=place, why=f"{_shown(given)} is no time with its zone", mend="Write 2026-12-01T08:00:00Z.")
    return Fault(place=place, why=f"{_shown(given)} {unfit(error)}")


def _place(loc: Sequence[Any]) -> str:
    """Where in the file, counted from 1: ``step 3 (scan), aim``."""
    words: list[str] = []
    parts = list(loc)
    if len(parts) > 1 and parts[0] == "steps":
        kind = f" ({parts[2]})" if len(parts) > 2 and parts[2] in KINDS else ""
        words, parts = [f"step {parts[1] + 1}{kind}"], parts[3 if kind else 2 :]
    words += placed(parts)
    return ", ".join(words) or "the file"


def _known(loc: Sequence[Any]) -> str:
    if loc[0] == "steps" and len(loc) == 4:
        return f"{loc[2]} knows {', '.join(name for name in KINDS[loc[2]].model_fields if name != 'do')}."
    if loc[0] == "expect" and len(loc) == 2:
        return f"expect knows {', '.join(Expect.model_fields)}."
    return ""


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."
