"""Catalogue look-up: from an identity to item x quantity.  Ambiguity is asked, not guessed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

from scanstation.stock.model import Item, Location

MAX_QUANTITY = 999_999
"""The largest quantity of one fact and of one line, in base units."""

REMEMBERED = 10_000
"""Answers of each kind that a `RememberedCatalogue` keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One entry of the code table: scanning ``code`` means ``quantity`` base units of ``item``."""

    code: str
    item: str
    quantity: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One line of an advance shipping notice: a logistic unit holds ``quantity`` base units of ``item``."""

    item: str
    lot: str | None
    quantity: int


class Catalogue(Protocol):
    """What the resolver needs to know; the store implements it.  All answers are quick look-ups by key."""

    def codes(self, code: str) -> Sequence[Code]:
        """Every entry of this code (a GTIN-14, or the text of an internal code), several when it is ambiguous."""

    def item(self, item: str) -> Item | None:
        """The item of this number."""

    def location(self, location: str) -> Location | None:
        """The location of this code or GLN."""

    def contents(self, unit: str) -> Sequence[Content]:
        """What this logistic unit (SSCC, licence plate or package number) holds by its shipping notice, with all units
        that are packed in it; empty if none came."""

    def packed_in(self, unit: str) -> str | None:
        """The logistic unit in which this one was sent, by the shipping notice."""

    def packed_units(self, unit: str) -> Sequence[str]:
        """The logistic units that were sent in this one, also those in other units within it."""


class RememberedCatalogue:
    """A catalogue that is asked once for each code: thousands of tags of one sweep name few items."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.codes = lru_cache(REMEMBERED)(catalogue.codes)
        self.item = lru_cache(REMEMBERED)(catalogue.item)
        self.location = lru_cache(REMEMBERED)(catalogue.location)
        self.contents = lru_cache(REMEMBERED)(catalogue.contents)
        self.packed_in = lru_cache(REMEMBERED)(catalogue.packed_in)
        self.packed_units = lru_cache(REMEMBERED)(catalogue.packed_units)


class WhyUnknown(StrEnum):
    """Why an identity could not be resolved."""

    NOT_IN_CATALOGUE = "not_in_catalogue"
    AMBIGUOUS = "ambiguous"
    NOT_AN_ITEM = "not_an_item"
    CONTENTS_UNKNOWN = "contents_unknown"
    NO_PACK_SIZE = "no_pack_size"
    MEASURE_MISSING = "measure_missing"
    COUNTED_OTHERWISE = "counted_otherwise"
    QUANTITY_MISSING = "quantity_missing"
    QUANTITY_UNCLEAR = "quantity_unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """An identity that names ``quantity`` base units of ``item``.

    ``unit`` is set where the quantity comes as a whole that is told apart from all others: a pack with a serial
    (``GTIN-14/serial``) or a unit with a number of its own (`Identity.unit`).  It counts once, whatever it holds.
    ``issuer`` is that of ``serial`` (`Identity.issuer`), where the serial is what tells the thing apart.
    ``said`` tells what the label said of quantity and what was made of it, such as ``7Q12.5KG → 12500 g``; empty for a
    plain single piece.
    """

    item: Item
    quantity: int
    lot: str | None = None
    serial: str | None = None
    expiry: str | None = None
    unit: str | None = None
    issuer: str | None = None
    said: str = ""

    @property
    def lines(self) -> "tuple[Resolved, ...]":
        """Itself: one line."""
        return (self,)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedContents:
    """A logistic unit that holds several things: every line carries its ``unit``."""

    unit: str
    lines: tuple[Resolved, ...]


Found = Resolved | ResolvedContents
"""What an identity counts; both have ``lines`` and ``unit``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """An identity that names no item we know: it is parked and shown, never dropped.

    ``units`` are the names of the unit that it may be, the surest first: one may have been counted by another label.
    """

    why: WhyUnknown
    text: str
    candidates: tuple[Code, ...] = ()
    units: tuple[str, ...] = ()
