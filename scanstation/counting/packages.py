"""One package is one unit, whatever it wears: which symbols of one trigger or picture stand on one package.

Symbols that name the same item, do not contradict each other, and are not the same symbol twice are one label: what
one lacks the other tells, and the richest gives the count.  The same plain symbol twice is two packages; the same
serial or package number twice is one.  Pure: what each symbol counts alone is handed in.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from scanstation.counting.marks import Mark, Point
from scanstation.identity.plates import serial_unit
from scanstation.stock.catalogue import Found, Resolved

__all__ = ["Mark", "Package", "packages_of"]


@dataclass(frozen=True, slots=True)
class Package:
    """The symbols of one package, the richest first."""

    marks: tuple[Mark, ...]

    @property
    def found(self) -> Found:
        """What it counts: what the richest symbol says, with what the others add."""
        richest = self.marks[0].found
        lines = [mark.found for mark in self.marks if isinstance(mark.found, Resolved)]
        if not isinstance(richest, Resolved):
            return richest
        amount = max(self.marks, key=lambda mark: (mark.states_quantity, mark.found.lines[0].quantity)).found.lines[0]
        named = next((line for line in lines if line.serial is not None), richest)
        unit = next((line.unit for line in lines if line.unit is not None), None)
        if unit is None and named.serial is not None and amount.quantity != 1:
            unit = serial_unit(richest.item.item, named.issuer, named.serial)
        return replace(
            richest,
            quantity=amount.quantity,
            said=amount.said,
            lot=next((line.lot for line in lines if line.lot is not None), None),
            serial=named.serial,
            issuer=named.issuer,
            expiry=next((line.expiry for line in lines if line.expiry is not None), None),
            unit=unit,
        )

    @property
    def symbols(self) -> tuple[str, ...]:
        """Its symbols as they were read."""
        return tuple(symbol for mark in self.marks for symbol in mark.symbols)

    def has(self, mark: Mark) -> bool:
        """Whether a symbol of the mark stands on it already."""
        return not set(mark.symbols).isdisjoint(self.symbols)

    def takes(self, mark: Mark) -> bool:
        """Whether a symbol may stand on this package."""
        if self.has(mark) and not mark.names_a_thing:
            return False
        return all(one.agrees(mark) for one in self.marks)

    def with_mark(self, mark: Mark) -> "Package":
        """The same with one symbol more."""
        if set(mark.symbols) <= set(self.symbols):
            return self
        marks = sorted((*self.marks, mark), key=lambda one: one.rank, reverse=True)
        return Package(tuple(marks))

    def distance(self, mark: Mark) -> float:
        """How far a symbol stands from the nearest of its own, squared; 0 where nobody knows."""
        gaps = [_gap(one.place, mark.place) for one in self.marks if one.place is not None and mark.place is not None]
        return min(gaps, default=0.0)


def packages_of(marks: Iterable[Mark], known: Iterable[Package] = ()) -> list[tuple[Package, tuple[Mark, ...]]]:
    """The fewest packages that the symbols of one trigger can stand on, each with those of the ``marks`` on it.

    ``known`` are packages that stand there already, of symbols that came before; they come first, in their order.
    """
    packages: list[tuple[Package, tuple[Mark, ...]]] = [(package, ()) for package in known]
    for mark in sorted(marks, key=lambda one: one.rank, reverse=True):
        fitting = [place for place, (package, _) in enumerate(packages) if package.takes(mark)]
        if fitting:
            nearest = min(fitting, key=lambda place: packages[place][0].distance(mark))
            package, own = packages[nearest]
            packages[nearest] = (package.with_mark(mark), (*own, mark))
        else:
            packages.append((Package((mark,)), (mark,)))
    return packages


def _gap(one: Point, other: Point) -> float:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2
