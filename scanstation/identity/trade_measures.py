"""Quantities of GS1 application identifiers: counts (AI 30, 37) and the net measures of `tables/measures.tsv`.

Sources: General Specifications 3.6 (trade measures), 3.3.3 and 3.9 (count of trade items, variable count).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType

from scanstation.identity.stated import ANY, Measure, Stated, combine, contradiction

_NOTHING = Stated()
_COUNTS = ("30", "37")
_ROLL = "8001"
"""Dimensions of a roll: width (4 digits, mm), length (5, m), core (3, mm), winding, splices."""


@dataclass(frozen=True, slots=True)
class TradeMeasure:
    """One row of `tables/measures.tsv`: ``factor`` base units of kind ``unit`` are one ``printed``."""

    printed: str
    unit: str
    factor: Fraction


@cache
def trade_measures() -> Mapping[str, TradeMeasure]:
    """Return the table: first three digits of the AI -> what it measures."""
    found = {}
    for line in (Path(__file__).parent / "tables" / "measures.tsv").read_text("ascii").splitlines():
        if not line.startswith("#"):
            digits, printed, unit, factor = line.split("\t")
            found[digits] = TradeMeasure(printed, unit, Fraction(factor))
    return MappingProxyType(found)


def stated_by_elements(elements: Mapping[str, str]) -> Stated:
    """Return what checked elements state of quantity."""
    counts = {ai: int(elements[ai]) for ai in _COUNTS if ai in elements}
    measures = [_measure(ai, value) for ai, value in elements.items() if len(ai) == 4 and ai[:3] in trade_measures()]
    if _ROLL in elements:
        metres = int(elements[_ROLL][4:9])
        measures.append(_exactly(metres * 1000, f"{_ROLL}: {metres} m"))
    if not counts and not measures:
        return _NOTHING
    stated = combine(measures)
    said = tuple(f"{ai}: {count}" for ai, count in counts.items())
    doubts = dict(stated.doubts)
    if len(set(counts.values())) > 1:
        doubts[ANY] = contradiction(said)
    quantity = next(iter(counts.values()), None)
    return replace(stated, quantity=quantity, doubts=MappingProxyType(doubts), said=(*said, *stated.said))


def _measure(ai: str, value: str) -> Measure:
    row, places = trade_measures()[ai[:3]], int(ai[3])
    step = row.factor / 10**places
    return Measure(
        unit=row.unit, exact=int(value) * step, step=step, said=f"{ai[:3]}n: {plain(value, places)} {row.printed}"
    )


def _exactly(millimetres: int, said: str) -> Measure:
    return Measure(unit="millimetre", exact=Fraction(millimetres), step=Fraction(1000), said=said)


def plain(digits: str, places: int) -> str:
    """Return digits whose last ``places`` are decimals as a plain number, such as ``1.250``."""
    if not places:
        return str(int(digits))
    digits = digits.zfill(places + 1)
    return f"{int(digits[:-places])}.{digits[-places:]}"
