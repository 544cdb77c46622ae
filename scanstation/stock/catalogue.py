"""Catalogue look-up: from an identity to item x quantity.  Ambiguity is asked, not guessed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from scanstation.stock.model import Item, Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One entry of the code table: scanning ``code`` means ``quantity`` base units of ``item``."""

    code: str
    item: str
    quantity: int = 1


class Catalogue(Protocol):
    """What the resolver needs to know; the store implements it.  All answers are quick look-ups by key."""

    def codes(self, code: str) -> Sequence[Code]:
        """Every entry of this code (a GTIN-14, or the text of an internal code), several when it is ambiguous."""

    def item(self, item: str) -> Item | None:
        """The item of this number."""

    def location(self, location: str) -> Location | None:
        """The location of this code or GLN."""


class WhyUnknown(StrEnum):
    """Why an identity could not be resolved."""

    NOT_IN_CATALOGUE = "not_in_catalogue"
    AMBIGUOUS = "ambiguous"
    NOT_AN_ITEM = "not_an_item"
    CONTENTS_UNKNOWN = "contents_unknown"
    NO_PACK_SIZE = "no_pack_size"
    MEASURE_MISSING = "measure_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """An identity that names ``quantity`` base units of ``item``."""

    item: Item
    quantity: int
    lot: str | None = None
    serial: str | None = None
    expiry: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """An identity that names no item we know: it is parked and shown, never dropped."""

    why: WhyUnknown
    text: str
    candidates: tuple[Code, ...] = ()
