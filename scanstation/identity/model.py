"""`Identity`: what a payload names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Names(StrEnum):
    """The kind of thing that a payload names."""

    TRADE_ITEM = "trade_item"  # key: GTIN-14
    LOGISTIC_UNIT = "logistic_unit"  # key: SSCC-18, another licence plate or a package number
    LOCATION = "location"  # key: internal location code, or GLN (+ "." + extension)
    ASSET = "asset"  # key: GRAI, GIAI
    OTHER_GS1 = "other_gs1"  # key: the primary GS1 key or the first element
    INTERNAL = "internal"  # key: the text itself; only the catalogue knows what it is
    OPERATOR = "operator"  # key: badge number
    COMMAND = "command"  # key: command word of a command label
    RESTRICTED = "restricted"  # key: restricted circulation number (in-store numbering, variable measure)
    UNKNOWN_TAG = "unknown_tag"  # key: raw hex; a TID, an unprogrammed or foreign tag; never an item


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What one payload names.

    ``scheme`` says how it was read (``gs1``, ``gtin``, ``digital_link``, ``sgtin-96``, ``iso15434``, ``hibc``,
    ``label``, ``text``).  ``elements`` holds AI -> value (or DI -> value).  ``quantity`` is a count of whole
    pieces or of contained trade items where the payload states one (AI 30, 37), not a measure.  ``measures`` holds
    base unit (gram, millimetre, millilitre) -> whole amount where the payload states one (310n, 7Q ...).  ``doubts``
    holds base unit, or ``""`` for every item, -> why what is stated cannot be taken; ``said`` are the payload's own
    words for quantity (`scanstation.identity.stated`).  ``expiry`` is an ISO date.  ``filter`` is the filter value of
    an EPC.

    ``unit`` is the number of the very unit that wears the label, the same however it is read: an SSCC, a licence
    plate, a package number (behind its supplier and ``:``).  ``issuer`` says within what ``serial`` is unique, with the
    identifier in front: ``01`` and a GTIN, ``P`` and a part number, ``+`` and a HIBC product, or a party (``V``,
    ``18V``, ... of MH10.8.2).
    """

    names: Names
    key: str
    scheme: str
    elements: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    lot: str | None = None
    serial: str | None = None
    expiry: str | None = None
    quantity: int | None = None
    measures: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    doubts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    said: tuple[str, ...] = ()
    unit: str | None = None
    issuer: str | None = None
    content: str | None = None  # GTIN-14 contained in a logistic unit (AI 02)
    filter: int | None = None
    uri: str | None = None
    notes: tuple[str, ...] = ()  # what was tolerated (a repaired field defect), in words
