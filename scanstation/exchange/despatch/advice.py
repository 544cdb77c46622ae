"""What a despatch advice says before anything is looked up: units, what stands in which, and what each holds."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from scanstation.exchange.cells import CellError
from scanstation.exchange.problems import ProblemKind, ProblemLog
from scanstation.identity.checkdigits import check_digit
from scanstation.identity.plates import is_sscc

GTIN, BUYER, OTHER = "gtin", "buyer", "other"
"""Kinds of item numbers: of the world, of ourselves (the buyer), of the sender or another party."""

_LONGEST_RANGE = 10_000
_NUMBERED = re.compile(r"(.*?)([0-9]{1,15})")


@dataclass(frozen=True, slots=True)
class Number:
    """One number by which the advice calls an item."""

    kind: str
    text: str


@dataclass(slots=True)
class Held:
    """One line: so much of an item is in ``units`` (as it is read, only where the line itself names them).

    ``total`` is what all of them hold together, ``each`` what one holds; either may be missing.  ``per_pack`` is what
    is in one pack where ``measure`` counts packs.  ``place`` and ``tag`` say where it stands in the file.
    """

    place: int
    tag: str
    numbers: list[Number] = field(default_factory=list)
    lots: list[str] = field(default_factory=list)
    total: str = ""
    each: str = ""
    measure: str = ""
    per_pack: str = ""
    units: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Level:
    """One level of the packing (CPS, HL): its own units, with the segments that name them, and the lines there."""

    name: str
    parent: str
    place: int
    units: list[str] = field(default_factory=list)
    lines: list[Held] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)


class Packing:
    """The levels of one message."""

    def __init__(self, levels: Sequence[Level], decimal: str, log: ProblemLog) -> None:
        self.levels, self.decimal, self._log = levels, decimal, log
        self._by_name = {level.name: level for level in levels}
        self._children: dict[str, list[Level]] = {}
        for level in levels:
            self._children.setdefault(level.parent, []).append(level)

    def inside(self) -> dict[str, str]:
        """In which unit each unit stands; logs those of which the message cannot tell it."""
        found: dict[str, str] = {}
        for level in self.levels:
            outer = next((above for above in self._above(level) if above.units), None)
            units = [*level.units, *(unit for line in level.lines for unit in line.units)]
            if outer is None or not units:
                continue
            if len(outer.units) > 1:
                why = f"level {level.name} stands in one of {len(outer.units)} units of level {outer.name}"
                mend = "Ask the sender for one level a unit: nobody can tell in which one it is."
                self._log.add(ProblemKind.CODE, level.place, "", why, mend)
            else:
                found |= dict.fromkeys(units, outer.units[0])
        return found

    def units(self) -> Iterator[tuple[str, int]]:
        """Every unit that is named, with its place."""
        for level in self.levels:
            for unit in level.units:
                yield unit, level.places.get(unit, level.place)
            for line in level.lines:
                for unit in line.units:
                    yield unit, line.place

    def lines(self) -> Iterator[Held]:
        """The lines with the units that hold them: their own, their level's, those packed of it, or the one around."""
        for level in self.levels:
            if not level.lines:
                continue
            packed = [unit for below in self._below(level) for unit in below.units]
            around = next((above.units for above in self._above(level) if above.units), [])
            for line in level.lines:
                if units := line.units or level.units or packed or around:
                    yield replace(line, units=units)

    def _above(self, level: Level) -> list[Level]:
        """The levels around one, the nearest first."""
        found = {level.name: level}
        above = self._by_name.get(level.parent)
        while above is not None and above.name not in found:
            found[above.name] = above
            above = self._by_name.get(above.parent)
        return list(found.values())[1:]

    def _below(self, level: Level) -> list[Level]:
        """The levels that stand in one, at any depth."""
        found = {level.name: level}
        waiting = [level]
        while waiting:
            inner = [one for one in self._children.get(waiting.pop().name, ()) if one.name not in found]
            found |= {one.name: one for one in inner}
            waiting += inner
        return list(found.values())[1:]


def numbers_between(first: str, last: str) -> list[str]:
    """All numbers of a range; SSCCs have their check digits.  Raises `CellError` for what is no range.

    >>> numbers_between("A008", "A011")
    ['A008', 'A009', 'A010', 'A011']
    """
    mend = "Ask the sender to name every unit."
    if is_sscc(first) and is_sscc(last):
        start, end = int(first[:-1]), int(last[:-1])
        if 0 <= end - start < _LONGEST_RANGE:
            return [f"{number:017d}" + check_digit(f"{number:017d}") for number in range(start, end + 1)]
    one, other = _NUMBERED.fullmatch(first), _NUMBERED.fullmatch(last)
    if one and other and one[1] == other[1] and len(one[2]) == len(other[2]) and not is_sscc(first):
        start, end = int(one[2]), int(other[2])
        if 0 <= end - start < _LONGEST_RANGE:
            return [f"{one[1]}{number:0{len(one[2])}d}" for number in range(start, end + 1)]
    raise CellError(ProblemKind.RANGE, f"{first} to {last} is no range of at most {_LONGEST_RANGE:,} units", mend)
