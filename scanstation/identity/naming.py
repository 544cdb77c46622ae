"""From AI -> value to an `Identity`: which element is the key, and what lot, date and quantity the others say."""

from collections.abc import Mapping
from types import MappingProxyType

from scanstation.identity.associations import missing
from scanstation.identity.dates import iso_date
from scanstation.identity.gtin import is_restricted
from scanstation.identity.model import Identity, Names
from scanstation.identity.trade_measures import stated_by_elements

_KEYS: tuple[tuple[str, Names], ...] = (
    ("01", Names.TRADE_ITEM),
    ("00", Names.LOGISTIC_UNIT),
    ("02", Names.LOGISTIC_UNIT),
    ("8006", Names.OTHER_GS1),
    ("8003", Names.ASSET),
    ("8004", Names.ASSET),
    ("414", Names.LOCATION),
)
"""AIs that name something, the first that is there wins."""


def name_elements(
    elements: Mapping[str, str],
    scheme: str,
    *,
    this_year: int,
    filter: int | None = None,
    uri: str | None = None,
    notes: tuple[str, ...] = (),
    whole_label: bool = True,
) -> Identity:
    """Return the identity of checked elements.

    A companion that the label lacks is said in ``notes``; a forbidden combination raises IdentityError.  A tag holds
    only its key, so ``whole_label`` False asks for no companions.
    """
    lacks = missing(elements) if whole_label else None
    if lacks is not None:
        notes = (*notes, f"incomplete label: {lacks}")
    names, key = _key(elements)
    expiry = elements.get("17") or elements.get("7003", "")[:6]
    stated = stated_by_elements(elements)
    return Identity(
        names=names,
        key=key,
        scheme=scheme,
        elements=MappingProxyType(dict(elements)),
        lot=elements.get("10"),
        serial=elements.get("21"),
        issuer=f"01{elements['01']}" if "01" in elements and "21" in elements else None,
        unit=elements.get("00") if names is Names.LOGISTIC_UNIT or "21" not in elements else None,
        expiry=iso_date(expiry, this_year) if expiry else None,
        quantity=stated.quantity,
        measures=stated.measures,
        doubts=stated.doubts,
        said=stated.said,
        content=elements.get("02"),
        filter=filter,
        uri=uri,
        notes=(*notes, *stated.notes),
    )


def _key(elements: Mapping[str, str]) -> tuple[Names, str]:
    for ai, names in _KEYS:
        value = elements.get(ai)
        if value is None:
            continue
        if ai == "01" and is_restricted(value):
            return Names.RESTRICTED, value[1:]
        if ai == "02":
            return Names.LOGISTIC_UNIT, ""
        if ai == "414" and "254" in elements:
            return names, f"{value}.{elements['254']}"
        return names, value
    return Names.OTHER_GS1, next(iter(elements.values()))
