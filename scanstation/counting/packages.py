"""One package is one unit, whatever it wears: which symbols of one trigger or picture stand on one package.

Symbols that name the same item, do not contradict each other, and are not the same symbol twice are one label: what
one lacks the other tells, and the richest gives the count.  The same plain symbol twice is two packages; the same
serial or package number twice is one.  Pure: what each symbol counts alone is handed in.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from scanstation.identity.plates import is_party, serial_unit
from scanstation.stock.catalogue import Found, Resolved

_TOLD = ("lot", "serial", "expiry")

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One symbol, or several that mean something only together: what it counts, and where it stands in the picture.

    ``number`` tells it from others of one set that look the same.
    """

    symbol: str  # its AIM identifier and its payload
    found: Found
    place: Point | None = None
    number: int = 0

    @property
    def rank(self) -> tuple[bool, bool, bool, bool]:
        """How much it tells: the richest counts."""
        line = self.found.lines[0]
        return (line.serial is not None or self.found.unit is not None, line.lot is not None, self.states_quantity,
                line.expiry is not None)  # fmt: skip

    @property
    def states_quantity(self) -> bool:
        """Whether it tells how many there are."""
        return len(self.found.lines) > 1 or self.found.lines[0].quantity != 1

    @property
    def names_a_thing(self) -> bool:
        """Whether it tells this package apart from all others."""
        return self.found.unit is not None or self.found.lines[0].serial is not None


@dataclass(frozen=True, slots=True)
class Package:
    """The symbols of one package, the richest first."""

    marks: tuple[Mark, ...]

    @property
    def found(self) -> Found:
        """What it counts: what the richest symbol says, with what the others add."""
        found = self.marks[0].found
        for mark in self.marks[1:]:
            found = _merged(found, mark.found)
        return found

    @property
    def symbols(self) -> tuple[str, ...]:
        """Its symbols as they were read."""
        return tuple(mark.symbol for mark in self.marks)

    def takes(self, mark: Mark) -> bool:
        """Whether a symbol may stand on this package."""
        same = next((one for one in self.marks if one.symbol == mark.symbol), None)
        if same is not None:
            return mark.names_a_thing
        return _agree(self.found, mark.found)

    def with_mark(self, mark: Mark) -> "Package":
        """The same with one symbol more."""
        if mark.symbol in self.symbols:
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


def _agree(found: Found, other: Found) -> bool:
    """Whether two symbols may be of one package."""
    if found.unit is not None and other.unit is not None:
        return found.unit == other.unit
    if not isinstance(found, Resolved) or not isinstance(other, Resolved) or found.item.item != other.item.item:
        return False
    if found.quantity != 1 and other.quantity not in (1, found.quantity):
        return False
    if found.serial is not None and other.serial is not None and _two_givers(found.issuer, other.issuer):
        return False
    told = ((getattr(found, name), getattr(other, name)) for name in _TOLD)
    return all(one is None or two is None or one == two for one, two in told)


def _two_givers(one: str | None, other: str | None) -> bool:
    """Whether an equal serial of both is of two things, or asked about: two parties, or two GTINs.  A GTIN and a part
    number on one package are one label."""
    if one is None or other is None or one == other:
        return False
    return is_party(one) == is_party(other) and one.startswith("01") == other.startswith("01")


def _merged(found: Found, other: Found) -> Found:
    """What both tell together; ``found`` is the richer."""
    if not isinstance(found, Resolved) or not isinstance(other, Resolved):
        return found
    more = other if found.quantity == 1 and other.quantity != 1 else found
    serial, issuer = (found.serial, found.issuer) if found.serial is not None else (other.serial, other.issuer)
    unit = found.unit or other.unit
    if unit is None and serial is not None and more.quantity != 1:
        unit = serial_unit(found.item.item, issuer, serial)
    return replace(
        found,
        quantity=more.quantity,
        said=more.said,
        lot=found.lot or other.lot,
        serial=serial,
        issuer=issuer,
        expiry=found.expiry or other.expiry,
        unit=unit,
    )


def _gap(one: Point, other: Point) -> float:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2
