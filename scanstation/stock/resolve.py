"""From an identity to item x quantity, or to an honest reason why not.

Rules (design: pack levels; GS1 General Specifications 2.1 and 3): the exact code wins; a GTIN-14 with indicator 1 to 8
that is not itself listed is a pack of the base GTIN; indicator 9 is of variable measure; a logistic unit counts what
its label, the catalogue or its advance shipping notice says it contains.  Nothing is guessed: several meanings are
asked back.  A pack with a serial and a logistic unit with an SSCC are wholes that count once (`Resolved.unit`).
"""

from collections.abc import Sequence

from scanstation.identity.model import Identity, Names
from scanstation.stock.catalogue import (
    Catalogue,
    Code,
    Content,
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
    notice = catalogue.contents(identity.key)
    if notice:
        return _notice(identity.key, notice, catalogue)
    return _contents(identity, "says nothing of its contents, and neither does the catalogue or a shipping notice")


def _notice(sscc: str, notice: Sequence[Content], catalogue: Catalogue) -> ResolvedContents | Unresolved:
    """Everything that an advance shipping notice lists, or nothing: half a pallet would pass for a shortage."""
    lines = []
    for content in notice:
        item = catalogue.item(content.item)
        if item is None:
            return _missing(f"logistic unit {sscc} holds {content.item}, which is not in the catalogue")
        lines.append(Resolved(item=item, quantity=content.quantity, lot=content.lot, unit=sscc))
    return ResolvedContents(unit=sscc, lines=tuple(lines))


def _internal(identity: Identity, catalogue: Catalogue) -> Resolved | Unresolved:
    """A code of one's own; digits count as a GTIN, or a text as an item number, only where the catalogue has it."""
    key = identity.key
    found = catalogue.codes(key)
    if not found and (gtin := gtin14(key)) is not None:
        found = catalogue.codes(gtin)
    if not found and catalogue.item(key) is not None:
        found = (Code(code=key, item=key),)
    return _one(identity, key, found, catalogue)


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
    """The lot counts only where the records tell lots apart: else every printed lot would be a variance."""
    return Resolved(
        item=item,
        quantity=quantity,
        lot=None if item.tracking is Tracking.NONE else identity.lot,
        serial=identity.serial,
        expiry=identity.expiry,
        unit=_unit(identity, quantity),
    )


def _unit(identity: Identity, quantity: int) -> str | None:
    """What tells this pack or logistic unit apart; a serial of a single base unit is the unit's own (None)."""
    if identity.names is Names.LOGISTIC_UNIT:
        return identity.key or None
    if identity.serial is not None and quantity != 1:
        return f"{identity.key}/{identity.serial}"
    return None


def _missing(text: str) -> Unresolved:
    return Unresolved(why=WhyUnknown.NOT_IN_CATALOGUE, text=text)


def _contents(identity: Identity, what: str) -> Unresolved:
    unit = f"logistic unit {identity.key}".rstrip() if identity.names is Names.LOGISTIC_UNIT else identity.key
    return Unresolved(why=WhyUnknown.CONTENTS_UNKNOWN, text=f"{unit} {what}")
