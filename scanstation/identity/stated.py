"""What a label states of quantity: whole pieces, measures in the units that stock is kept in, and what is unclear.

A quantity that is stated is understood or told as unclear; it is never passed over, and never becomes 1.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

LARGEST = 999_999_999
"""The largest amount that a label can state; more is a fault of the label."""

ANY = ""
"""Key of a doubt that holds for every item; other keys are base units."""

UNITS: Mapping[str, str] = MappingProxyType({"gram": "g", "millimetre": "mm", "millilitre": "ml"})
"""Base units of measured goods and their symbols."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a label states of quantity.

    ``quantity`` counts whole pieces or contained trade items.  ``measures`` holds base unit (a key of `UNITS`) ->
    whole amount.  ``doubts`` holds base unit, or `ANY`, -> why what is stated in it cannot be taken.  ``said`` are the
    label's own words, one each; ``notes`` what was tolerated.
    """

    quantity: int | None = None
    measures: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    doubts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    said: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """An amount as a label states it: ``exact`` in the base unit, ``step`` the last decimal place that it prints."""

    unit: str
    exact: Fraction
    step: Fraction
    said: str

    @property
    def whole(self) -> int | None:
        """The whole amount; rounded only where the label itself prints no finer than one unit, else None."""
        if self.exact.denominator == 1:
            return self.exact.numerator
        return int(self.exact + Fraction(1, 2)) if self.step > 1 else None

    def agrees(self, other: "Measure") -> bool:
        """Whether both may be the same amount: equal, or within what the coarser one prints."""
        if self.exact.denominator == other.exact.denominator == 1:
            return self.exact == other.exact
        return abs(self.exact - other.exact) <= max(self.step, other.step)


def combine(measures: Sequence[Measure]) -> Stated:
    """Return what measures of one label state together, each base unit for itself."""
    amounts: dict[str, int] = {}
    doubts: dict[str, str] = {}
    notes: tuple[str, ...] = ()
    for unit in dict.fromkeys(one.unit for one in measures):
        stated = sorted((one for one in measures if one.unit == unit), key=lambda one: one.exact.denominator)
        best, whole = stated[0], stated[0].whole
        if not all(best.agrees(one) for one in stated):
            doubts[unit] = contradiction(one.said for one in measures if one.unit == unit)
        elif whole is None:
            doubts[unit] = f"the label says {best.said}: that is no whole number of {unit}s"
        elif whole > LARGEST:
            doubts[unit] = f"the label says {best.said}: more than anybody counts"
        else:
            amounts[unit] = whole
            if best.exact.denominator != 1:
                notes = ("measure rounded to a whole unit",)
    return Stated(
        measures=MappingProxyType(amounts),
        doubts=MappingProxyType(doubts),
        said=tuple(one.said for one in measures),
        notes=notes,
    )


def contradiction(said: Iterable[str]) -> str:
    """Why statements of one label cannot all be taken."""
    return f"the label says {' and '.join(dict.fromkeys(said))}: they contradict each other"
