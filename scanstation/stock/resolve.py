"""From an identity to item x quantity, or to an honest reason why not.

Rules (design: pack levels; GS1 General Specifications 2.1 and 3): the exact code wins; a GTIN-14 with indicator 1 to 8
that is not itself listed is a pack of the base GTIN; indicator 9 is of variable measure; a logistic unit counts what
its label, the catalogue or its advance shipping notice says it contains.  Nothing is guessed: several meanings are
asked back.  A pack with a serial and a unit with a number of its own (SSCC, licence plate, package number) are wholes
that count once (`Resolved.unit`).
"""

from collections.abc import Sequence
from dataclasses import replace

from scanstation.identity.model import Identity, Names
from scanstation.identity.plates import names_in_text, other_names, serial_unit
from scanstation.stock.catalogue import (
    Catalogue,
    Code,
    Found,
    Resolved,
    ResolvedContents,
    Unresolved,
    WhyUnknown,
)
from scanstation.stock.gtin import base_gtin, gtin14
from scanstation.stock.model import Item, Tracking

MEASURED_BY = {
    "gram": frozenset({"310", "320"}),
    "millimetre": frozenset({"311"}),
    "millilitre": frozenset({"315", "316"}),
}
"""Base units that are measured, each with the first digits of the AIs that state it."""

_MEASURES = frozenset().union(*MEASURED_BY.values())

_NOT_ITEMS = {
    Names.LOCATION: "a location label, not an item",
    Names.OPERATOR: "an operator's badge, not an item",
    Names.COMMAND: "a command label, not an item",
    Names.ASSET: "a returnable or individual asset, not an item",
    Names.OTHER_GS1: "a GS1 code that names no item; is there a second symbol on the label?",
    Names.UNKNOWN_TAG: "a tag that carries no item number",
}


def resolve(identity: Identity, catalogue: Catalogue) -> Found | Unresolved:
    """Return what ``identity`` counts, in base units of an item, or why it counts nothing (it is then parked)."""
    match identity.names:
        case Names.TRADE_ITEM:
            return _trade_item(identity, identity.key, catalogue)
        case Names.LOGISTIC_UNIT:
            return _logistic_unit(identity, catalogue)
        case Names.INTERNAL:
            return _internal(identity, catalogue)
        case Names.RESTRICTED:
            return _restricted(identity, catalogue)
        case other:
            return Unresolved(why=WhyUnknown.NOT_AN_ITEM, text=f"{identity.key}: {_NOT_ITEMS[other]}")


def _trade_item(identity: Identity, gtin: str, catalogue: Catalogue) -> Resolved | Unresolved:
    found = catalogue.codes(gtin)
    if found or gtin[0] in "09":
        return _one(identity, gtin, found, catalogue)
    return _pack(identity, gtin, catalogue)


def _pack(identity: Identity, gtin: str, catalogue: Catalogue) -> Resolved | Unresolved:
    """A pack whose own GTIN is not listed: pieces per pack of the base item."""
    base = base_gtin(gtin)
    found = catalogue.codes(base)
    if not found:
        return _missing(f"neither {gtin} nor its base item {base} is in the catalogue")
    resolved = _one(identity, base, found, catalogue)
    if isinstance(resolved, Unresolved):
        return resolved
    indicator = int(gtin[0])
    pieces = resolved.item.packs.get(indicator)
    if pieces is None:
        return Unresolved(
            why=WhyUnknown.NO_PACK_SIZE,
            text=f"{gtin} is a pack of {resolved.item.item}, but its size (indicator {indicator}) is not known",
            candidates=tuple(found),
        )
    return _counted(identity, gtin, resolved.item, pieces * found[0].quantity)


def _logistic_unit(identity: Identity, catalogue: Catalogue) -> Found | Unresolved:
    if identity.content is not None:
        if identity.quantity is None:
            return _contents(identity, f"names its contents ({identity.content}) but not how many (AI 37)")
        return _trade_item(identity, identity.content, catalogue)
    found = catalogue.codes(identity.key)
    if found:
        return _one(identity, identity.key, found, catalogue)
    names = (identity.key, *other_names(identity.key))
    if notice := _notice(names, catalogue):
        return notice
    none = _contents(identity, "says nothing of its contents, and neither does the catalogue or a shipping notice")
    return replace(none, units=(identity.key,))


def _notice(names: Sequence[str], catalogue: Catalogue) -> ResolvedContents | Unresolved | None:
    """Everything that an advance shipping notice lists, or nothing: half a pallet would pass for a shortage.

    ``names`` are those by which the notice may know the unit; it counts by the first.  None without a notice.
    """
    notice = next((notice for name in names if (notice := catalogue.contents(name))), None)
    if notice is None:
        return None
    unit, lines = names[0], []
    for content in notice:
        item = catalogue.item(content.item)
        if item is None:
            return _missing(f"logistic unit {unit} holds {content.item}, which is not in the catalogue")
        lines.append(Resolved(item=item, quantity=content.quantity, lot=content.lot, unit=unit))
    return ResolvedContents(unit=unit, lines=tuple(lines))


def _internal(identity: Identity, catalogue: Catalogue) -> Found | Unresolved:
    """A code of one's own; digits count as a GTIN, or a text as an item number, only where the catalogue has it.

    What the catalogue does not list may still name a unit: by the number of its own, or by this very text.
    """
    key = identity.key
    found = catalogue.codes(key)
    if not found and (gtin := gtin14(key)) is not None:
        found = catalogue.codes(gtin)
    if not found and catalogue.item(key) is not None:
        found = (Code(code=key, item=key),)
    if found:
        return _one(identity, key, found, catalogue)
    units: tuple[str, ...] = ()
    if identity.unit is not None:
        units = (identity.unit,)
    elif identity.scheme == "text":
        units = names_in_text(key)
    names = tuple(dict.fromkeys(other for unit in units for other in (unit, *other_names(unit))))
    return _notice(names, catalogue) or replace(_missing(f"{key} is not in the catalogue"), units=units)


def _restricted(identity: Identity, catalogue: Catalogue) -> Resolved | Unresolved:
    key = identity.key
    found = catalogue.codes(key) or (catalogue.codes(gtin14(key) or key))
    if not found:
        return _missing(f"{key} is an in-store number, and the catalogue does not list it")
    return _one(identity, key, found, catalogue)


def _one(identity: Identity, code: str, found: Sequence[Code], catalogue: Catalogue) -> Resolved | Unresolved:
    """Take the only meaning of a code."""
    if not found:
        return _missing(f"{code} is not in the catalogue")
    if len(found) > 1:
        items = ", ".join(entry.item for entry in found)
        return Unresolved(
            why=WhyUnknown.AMBIGUOUS, text=f"{code} may be any of {items}: choose one", candidates=tuple(found)
        )
    item = catalogue.item(found[0].item)
    if item is None:
        return _missing(f"{code} is a code of {found[0].item}, which is not in the catalogue")
    return _counted(identity, code, item, found[0].quantity)


def _counted(identity: Identity, code: str, item: Item, pieces: int) -> Resolved | Unresolved:
    """Multiply by the count that the label states, or take its measure."""
    if item.base_unit in MEASURED_BY:
        measure = _measure(identity, item)
        if measure:
            return _resolved(identity, item, measure)
        if code.startswith("9") or identity.names is Names.RESTRICTED:
            return Unresolved(
                why=WhyUnknown.MEASURE_MISSING,
                text=f"{item.item} is stocked by the {item.base_unit}, but the label states none",
                candidates=(Code(code=code, item=item.item),),
            )
    if identity.quantity == 0:
        return _contents(identity, "states a quantity of 0")
    return _resolved(identity, item, pieces * (identity.quantity or 1))


def _measure(identity: Identity, item: Item) -> int | None:
    """The label's measure where it is of the item's own kind: grams are no millilitres."""
    stated = {ai[:3] for ai in identity.elements if len(ai) == 4} & _MEASURES
    if stated and not stated & MEASURED_BY[item.base_unit]:
        return None
    return identity.measure


def _resolved(identity: Identity, item: Item, quantity: int) -> Resolved:
    """The lot counts only where the records tell lots apart: else every printed lot would be a variance.

    A single unit of an item that is tracked by serial is known by it, also in a box with a number of its own.
    """
    single = identity.serial is not None and item.tracking is Tracking.SERIAL and quantity == 1
    unit = None if single else identity.unit or _serial_unit(identity, quantity)
    return Resolved(
        item=item,
        quantity=quantity,
        lot=None if item.tracking is Tracking.NONE else identity.lot,
        serial=identity.serial,
        expiry=identity.expiry,
        unit=unit,
        issuer=None if unit is not None and unit == identity.unit else identity.issuer,
    )


def _serial_unit(identity: Identity, quantity: int) -> str | None:
    """What tells this pack apart by its serial; a serial of a single base unit is the unit's own (None)."""
    if identity.serial is None or quantity == 1:
        return None
    return serial_unit(identity.key, identity.issuer, identity.serial)


def _missing(text: str) -> Unresolved:
    return Unresolved(why=WhyUnknown.NOT_IN_CATALOGUE, text=text)


def _contents(identity: Identity, what: str) -> Unresolved:
    unit = f"logistic unit {identity.key}".rstrip() if identity.names is Names.LOGISTIC_UNIT else identity.key
    return Unresolved(why=WhyUnknown.CONTENTS_UNKNOWN, text=f"{unit} {what}")
