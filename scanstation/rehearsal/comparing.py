"""Holds what came to what was expected; every difference is one line: what, expected, came."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from scanstation.rehearsal.expecting import Alternative, Expect, Lists
from scanstation.rehearsal.results import Result

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that came otherwise."""

    what: str
    expected: str
    came: str

    def __str__(self) -> str:
        return f"{self.what}: expected {self.expected}, came {self.came}"


def differences(expect: Expect | None, result: Result) -> tuple[Difference, ...]:
    """Everything in which a result is not as expected.  Without expectation a refused step is a difference all the
    same."""
    expect = expect or Expect()
    found = [*_refused(expect, result), *_missed(expect, result)]
    if expect.any and all([*_missed(one, result)] for one in expect.any):
        nearest = min(([*_missed(one, result)] for one in expect.any), key=len)
        what = f"any of {len(expect.any)} alternatives"
        found.append(Difference(what=what, expected="one of them", came="; ".join(map(str, nearest))))
    return tuple(found)


def _refused(expect: Expect, result: Result) -> Iterator[Difference]:
    """Steps that were refused and that nothing in the expectation names."""
    asked = [expect, *expect.any]
    told = any(one.verdicts is not None for one in asked)
    named = [row for one in asked for row in one.refused or ()]
    for row in result.rows["refused"]:
        if not any(fits(wanted, row) for wanted in named) and not (told and row["reason"] == "refused"):
            yield Difference(
                what=f"step {row['step']}", expected="done", came=f"refused ({row['reason']}): {row['text']}"
            )


def _missed(expect: Alternative, result: Result) -> Iterator[Difference]:
    """In what a result misses an alternative."""
    if expect.verdicts is not None and expect.verdicts != result.verdicts:
        yield Difference(
            what="verdicts", expected=", ".join(expect.verdicts), came=", ".join(result.verdicts) or "none"
        )
    for name, wanted in expect.named().items():
        yield from _list(name, wanted, result.rows[name], exactly=name in expect.exactly)
    for name in expect.exactly:
        if name != "verdicts" and getattr(expect, name) is None:
            yield from _list(name, (), result.rows[name], exactly=True)
    yield from _none(expect.none, result)
    for count in expect.count:
        came = sum(fits(count.where, row) for row in result.rows[count.of])
        if came != count.times:
            what = f"number of {count.of}" + (f" with {shown(count.where)}" if count.where else "")
            yield Difference(what=what, expected=str(count.times), came=str(came))


def _none(none: Lists, result: Result) -> Iterator[Difference]:
    for name, unwanted in none.named().items():
        for row in unwanted:
            if came := next((one for one in result.rows[name] if fits(row, one)), None):
                yield Difference(what=name, expected=f"none with {shown(row)}", came=shown(came))


def _list(name: str, wanted: Sequence[Row], came: Sequence[Row], *, exactly: bool) -> Iterator[Difference]:
    """Rows that were expected and did not come; with ``exactly`` rows that came and were not expected."""
    partner = matched(wanted, came)
    left = [row for place, row in enumerate(came) if place not in set(partner.values())]
    for place, row in enumerate(wanted):
        if place not in partner:
            near = max(left, key=lambda one: _likeness(row, one), default=None)
            likely = near if near is not None and _likeness(row, near) else None
            if likely is not None:
                left.remove(likely)
            yield Difference(
                what=name, expected=shown(row), came="nothing like it" if likely is None else shown(likely)
            )
    for row in left if exactly else ():
        yield Difference(what=name, expected="nothing else", came=shown(row))


def matched(wanted: Sequence[Row], came: Sequence[Row]) -> dict[int, int]:
    """Give as many expected rows as can be a row of their own that fits: places of expected rows to places of rows
    that came.  (Augmenting paths: where two rows want one, the other may have another.)"""
    could = [[place for place, row in enumerate(came) if fits(one, row)] for one in wanted]
    taken: dict[int, int] = {}

    def place_of(one: int, tried: set[int]) -> bool:
        for place in could[one]:
            if place not in tried:
                tried.add(place)
                if place not in taken or place_of(taken[place], tried):
                    taken[place] = one
                    return True
        return False

    for one in range(len(wanted)):
        place_of(one, set())
    return {one: place for place, one in taken.items()}


def fits(wanted: Row, row: Row) -> bool:
    """Whether a row has every value that is named; numbers are compared as numbers."""
    return all(name in row and same(value, row[name]) for name, value in wanted.items())


def same(wanted: Any, came: Any) -> bool:
    """Whether two values are equal: 7, 7.0 and "7" are one number; a lot "07" is not the lot "7"."""
    if isinstance(wanted, bool) or isinstance(came, bool):
        return wanted is came
    if isinstance(wanted, int | float) or isinstance(came, int | float):
        first, second = _number(wanted), _number(came)
        return first is not None and first == second
    return bool(wanted == came)


def _number(value: Any) -> Decimal | None:
    if value is None:
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _likeness(wanted: Row, row: Row) -> int:
    return sum(same(value, row.get(name)) for name, value in wanted.items())


def shown(row: Row) -> str:
    """A row as a person reads it: what it says, without what it leaves open."""
    return ", ".join(f"{name} {_value(value)}" for name, value in row.items() if value is not None) or "any row"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return " / ".join(map(_value, value))
    return value if isinstance(value, str) and value.isprintable() and value else json.dumps(value, ensure_ascii=False)
