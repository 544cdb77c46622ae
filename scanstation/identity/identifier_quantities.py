"""Quantities of MH10.8.2 data identifiers: ``Q250``, ``7Q12.5KG``, and the weights that stand beside them.

``Q`` is a number in digits alone, in the unit of ``3Q`` where the label holds that one, else in pieces.  ``7Q`` is a
number and a unit of `tables/units.tsv`.  ``2Q`` (actual weight) and ``5Q`` (net amount) are measures in the unit of
``3Q``.  Every other identifier of this family says something else (gross, tare, a size, one box of several): it is left
aside where a quantity is stated, and told as unclear where it stands alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType

from scanstation.identity.stated import ANY, LARGEST, Measure, Stated, combine, contradiction

_FAMILY = re.compile("[0-9]*Q")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_AMOUNT = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([A-Z][A-Z0-9]{1,2}|[GLM])")
_WEIGHTS = ("2Q", "5Q")
_SHOWN = 24
_GROSS = "+"


@dataclass(frozen=True, slots=True)
class UnitOfMeasure:
    """One row of `tables/units.tsv`; ``unit`` is ``-`` for a package of unknown content, ``+`` for a gross weight."""

    code: str
    unit: str
    factor: Fraction
    meaning: str


class _UnclearError(Exception):
    """Why a stated quantity cannot be taken."""


@cache
def units_of_measure() -> Mapping[str, UnitOfMeasure]:
    """Return the table: code such as ``KG`` -> unit of measure."""
    found = {}
    for line in (Path(__file__).parent / "tables" / "units.tsv").read_text("ascii").splitlines():
        if not line.startswith("#"):
            code, _, unit, factor, meaning = line.split("\t")
            found[code] = UnitOfMeasure(code, unit, Fraction(factor or 0), meaning)
    return MappingProxyType(found)


def is_quantity(identifier: str) -> bool:
    """Whether a data identifier is one of quantity or measure (``Q`` and its family)."""
    return _FAMILY.fullmatch(identifier) is not None


def stated_by_identifiers(elements: Mapping[str, str]) -> Stated:
    """Return what the data identifiers of one label state of quantity."""
    family = {name: value for name, value in elements.items() if is_quantity(name)}
    if not family:
        return Stated()
    said = tuple(_shown(name, value) for name, value in family.items())
    try:
        found = _amounts(family)
    except _UnclearError as error:
        return Stated(doubts=MappingProxyType({ANY: str(error)}), said=said)
    measures = combine([one for one in found if one.unit != "piece"])
    pieces = {int(one.exact) for one in found if one.unit == "piece"}
    doubt = next(iter(measures.doubts.values()), None)
    if len(pieces) > 1:
        doubt = contradiction(one.said for one in found if one.unit == "piece")
    return replace(
        measures,
        quantity=pieces.pop() if pieces else None,
        doubts=MappingProxyType({ANY: doubt} if doubt else {}),
        said=tuple(one.said for one in found),
    )


def _amounts(family: Mapping[str, str]) -> list[Measure]:
    """Every amount that is stated.  Raises `_UnclearError` for the first that cannot be taken."""
    unit = family.get("3Q")
    weights = [name for name in _WEIGHTS if name in family]
    if unit is not None and "Q" in family and weights:
        raise _UnclearError(f"the label says {_listed(family)}: which of them 3Q is the unit of is not said")
    found = []
    if "Q" in family:
        found.append(_count(family["Q"]) if unit is None else _number("Q", family["Q"], unit))
    if "7Q" in family and not (found and _is_gross(family["7Q"])):
        found.append(_amount(family["7Q"]))
    if unit is not None:
        found += [_number(name, family[name], unit) for name in weights]
    if not found:
        raise _UnclearError(f"the label says {_listed(family)}, and no quantity (Q or 7Q)")
    return found


def _count(value: str) -> Measure:
    said, digits = _shown("Q", value), value.strip()
    if not (digits.isascii() and digits.isdigit()):
        raise _UnclearError(f"the label says {said}: a quantity is digits alone")
    return _measure(said, digits.lstrip("0") or "0", units_of_measure()["PC"])


def _amount(value: str) -> Measure:
    said, text = _shown("7Q", value), value.strip().upper()
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise _UnclearError(f"the label says {said}: expected a number and a unit of measure such as PC or KG")
    return _measure(said, match[1], _unit(said, match[2]))


def _is_gross(value: str) -> bool:
    """Whether 7Q states a weight with the packaging."""
    match = _AMOUNT.fullmatch(value.strip().upper())
    return match is not None and match[2] in units_of_measure() and units_of_measure()[match[2]].unit == _GROSS


def _number(name: str, value: str, unit: str) -> Measure:
    """An amount whose unit stands in ``3Q``."""
    said, number = f"{_shown(name, value)} {_shown('3Q', unit)}", value.strip()
    if not _NUMBER.fullmatch(number) or not number.isascii():
        raise _UnclearError(f"the label says {said}: {name} is no number")
    return _measure(said, number, _unit(said, unit.strip().upper()))


def _unit(said: str, code: str) -> UnitOfMeasure:
    unit = units_of_measure().get(code)
    if unit is None:
        raise _UnclearError(f"the label says {said}: the unit of measure {code!r} is not known here")
    if unit.unit == _GROSS:
        raise _UnclearError(f"the label says {said}: a {unit.meaning} weighs the packaging too")
    if unit.unit == "-":
        raise _UnclearError(f"the label says {said}: how much one {unit.meaning} holds is not known")
    return unit


def _measure(said: str, number: str, unit: UnitOfMeasure) -> Measure:
    """A whole amount: a number that people wrote says nothing of how exact it is, so nothing is rounded."""
    if len(number) > 2 * _SHOWN:
        raise _UnclearError(f"the label says {said}: more than anybody counts")
    exact = Fraction(number) * unit.factor
    if exact.denominator != 1:
        raise _UnclearError(f"the label says {said}: that is no whole number of {_plural(unit.unit)}")
    if exact > LARGEST:
        raise _UnclearError(f"the label says {said}: more than anybody counts")
    return Measure(unit=unit.unit, exact=exact, step=Fraction(0), said=said)


def _plural(unit: str) -> str:
    return f"{unit}s"


def _listed(family: Mapping[str, str]) -> str:
    return " and ".join(_shown(name, value) for name, value in family.items())


def _shown(name: str, value: str) -> str:
    return name + (value if len(value) <= _SHOWN else value[:_SHOWN] + "...")
