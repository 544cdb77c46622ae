"""One symbol, or several that mean something only together, as one of what a package wears: what it says, and how much.

Two symbols that say different things of the package, be it a lot that nobody tracks, a date or an add-on, stand on two
packages.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from scanstation.identity import Identity
from scanstation.identity.identifier_quantities import is_quantity
from scanstation.identity.iso15434 import di_table
from scanstation.identity.plates import is_party
from scanstation.stock.catalogue import Found, Resolved

_TOLD = ("lot", "serial", "expiry")
_CODES = ("01", "02", "lic", "pcn", "uom")
"""What names an item, besides the data identifiers that do: several on one package may differ."""

_AMOUNTS = ("30", "37")
_TRADE_MEASURE = re.compile("3[1-6][0-9]{2}|8001")
_ADD_ON = re.compile("add-on [0-9]+")

Point = tuple[float, float]
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a symbol counts, what it says besides, and where it stands in the picture.

    ``symbols`` are AIM identifiers and payloads; ``codes`` the numbers by which it names its item; ``says`` what it
    says of its package beside codes and quantity, by name; ``states_quantity`` tells whether it says how many there
    are, or how much.  ``number`` tells it from others of one set that look the same.
    """

    symbols: tuple[str, ...]
    found: Found
    codes: frozenset[str] = frozenset()
    says: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    states_quantity: bool = False
    place: Point | None = None
    number: int = 0

    @property
    def rank(self) -> tuple[bool, bool, bool, bool, bool]:
        """How much it tells: the richest counts."""
        line = self.found.lines[0]
        several = len(self.found.lines) > 1 or line.quantity > 1
        return (self.names_a_thing, line.lot is not None, self.states_quantity, several, line.expiry is not None)

    @property
    def names_a_thing(self) -> bool:
        """Whether it tells this package apart from all others."""
        return self.found.unit is not None or self.found.lines[0].serial is not None

    def agrees(self, other: "Mark") -> bool:
        """Whether both may stand on one package."""
        if any(other.says.get(name, value) != value for name, value in self.says.items()):
            return False
        found, also = self.found, other.found
        if found.unit is not None and also.unit is not None and found.unit != also.unit:
            return False
        if not isinstance(found, Resolved) or not isinstance(also, Resolved):
            return found.unit is not None and found.unit == also.unit
        if found.item.item != also.item.item or not self._as_many(other):
            return False
        if found.serial is not None and also.serial is not None and _two_givers(found.issuer, also.issuer):
            return False
        told = ((getattr(found, name), getattr(also, name)) for name in _TOLD)
        return all(one is None or two is None or one == two for one, two in told)

    def _as_many(self, other: "Mark") -> bool:
        """Whether the quantities of both may be of one package: a bare code says only of what a package is."""
        mine, others = self.found.lines[0].quantity, other.found.lines[0].quantity
        if mine == others or (self.states_quantity and other.states_quantity):
            return mine == others
        if self.states_quantity == other.states_quantity:
            return 1 in (mine, others)
        bare = others if self.states_quantity else mine
        return bare == 1 or not self.codes.isdisjoint(other.codes)


def mark_of(
    identity: Identity, found: Found, symbols: tuple[str, ...], place: Point | None = None, number: int = 0
) -> Mark:
    """The mark of a label that names ``identity`` and counts ``found``."""
    codes = {value for name, value in identity.elements.items() if _is_code(name)}
    others = (one for one in identity.elements.items() if not _is_code(one[0]) and not _is_counted(one[0]))
    says = {name: value.strip(" ") for name, value in others}
    add_on = next((note for note in identity.notes if _ADD_ON.fullmatch(note)), None)
    says |= {} if add_on is None else {"add-on": add_on}
    return Mark(
        symbols=symbols,
        found=found,
        codes=frozenset({*codes, identity.key}),
        says=MappingProxyType(says),
        states_quantity=bool(identity.said),
        place=place,
        number=number,
    )


def _is_code(name: str) -> bool:
    row = di_table().get(name)
    return name in _CODES or (row is not None and row.role == "item")


def _is_counted(name: str) -> bool:
    """Whether an element is compared by what was made of it: quantity, unit and serial number."""
    row = di_table().get(name)
    if name in ("00", "21", "25S", "serial", "quantity", "link", *_AMOUNTS) or _TRADE_MEASURE.fullmatch(name):
        return True
    return is_quantity(name) or (row is not None and row.role in ("serial", "plate", "package"))


def _two_givers(one: str | None, other: str | None) -> bool:
    """Whether an equal serial of both is of two things, or asked about: two parties, or two GTINs.  A GTIN and a part
    number on one package are one label."""
    if one is None or other is None or one == other:
        return False
    return is_party(one) == is_party(other) and one.startswith("01") == other.startswith("01")
