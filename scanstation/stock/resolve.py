"""From an identity to item x quantity, or to an honest reason why not.

Rules (design: pack levels; GS1 General Specifications 2.1 and 3): the exact code wins; a GTIN-14 with indicator 1 to 8
that is not itself listed is a pack of the base GTIN; indicator 9 is of variable measure; a logistic unit counts what
its label, the catalogue or its advance shipping notice says it contains.  Nothing is guessed: several meanings are
asked back.  How much a label states, and which labels are wholes that count once, is `scanstation.stock.quantity`.
"""

from collections.abc import Sequence
from dataclasses import replace

from scanstation.identity.gtin import LENGTHS
from scanstation.identity.iso15434 import di_table
from scanstation.identity.model import Identity, Names
from scanstation.identity.plates import names_in_text, other_names
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
from scanstation.stock.model import Item
from scanstation.stock.quantity import as_stated, counted, whole_name

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
    resolved = _one(identity, gtin, found, catalogue) if found or gtin[0] in "09" else _pack(identity, gtin, catalogue)
    if isinstance(resolved, Resolved) or resolved.why is not WhyUnknown.NOT_IN_CATALOGUE:
        return resolved
    own = _own_of_these_digits(gtin, catalogue)
    if not own:
        return resolved
    text = f"{gtin} is no GTIN of the catalogue, but a number of {own[0].item}: is that its GTIN? Import it so"
    return replace(resolved, text=text, candidates=tuple(own))


def _own_of_these_digits(gtin: str, catalogue: Catalogue) -> Sequence[Code]:
    """Items whose own number, or a code of one's own, is written as this GTIN is, in any of its lengths."""
    lengths = (size for size in LENGTHS if not gtin[: 14 - size].strip("0"))
    found = [code for size in lengths for code in _meanings(gtin[14 - size :], catalogue)]
    return list({(code.item, code.quantity): code for code in found}.values())


def _pack(identity: Identity, gtin: str, catalogue: Catalogue) -> Resolved | Unresolved:
    """A pack whose own GTIN is not listed: pieces per pack of the base item."""
    base = base_gtin(gtin)
    found = catalogue.codes(base)
    if not found:
        return _missing(f"neither {gtin} nor its base item {base} is in the catalogue")
    only = _only(base, found, catalogue)
    if isinstance(only, Unresolved):
        return only
    item, each = only
    indicator = int(gtin[0])
    pieces = item.packs.get(indicator)
    if pieces is None:
        return Unresolved(
            why=WhyUnknown.NO_PACK_SIZE,
            text=f"{gtin} is a pack of {item.item}, but its size (indicator {indicator}) is not known",
            candidates=tuple(found),
        )
    return counted(identity, gtin, item, pieces * each)


def _logistic_unit(identity: Identity, catalogue: Catalogue) -> Found | Unresolved:
    if identity.content is not None:
        if identity.quantity is None:
            return _contents(identity, f"names its contents ({identity.content}) but not how many (AI 37)")
        return _as_listed(_trade_item(identity, identity.content, catalogue), identity, catalogue)
    found = catalogue.codes(identity.key)
    if found:
        return _one(identity, identity.key, found, catalogue)
    names = (identity.key, *other_names(identity.key))
    if notice := _notice(names, catalogue):
        return as_stated(identity, notice)
    none = _contents(identity, "says nothing of its contents, and neither does the catalogue or a shipping notice")
    return replace(none, units=(identity.key,))


def _as_listed(found: Resolved | Unresolved, identity: Identity, catalogue: Catalogue) -> Resolved | Unresolved:
    """The content that the label of a logistic unit states, unless the catalogue or a shipping notice lists another."""
    unit = identity.elements.get("00")
    if isinstance(found, Unresolved) or unit is None:
        return found
    listed = [(code.item, code.quantity) for code in catalogue.codes(unit)]
    listed = listed or [(content.item, content.quantity) for content in catalogue.contents(unit)]
    units = sum(quantity for item, quantity in listed if item == found.item.item)
    if not listed or (units == found.quantity and all(item == found.item.item for item, _ in listed)):
        return found
    words = " and ".join(f"{quantity} × {item}" for item, quantity in listed)
    why = f"the label says {found.quantity} × {found.item.item}, but {unit} is listed with {words}"
    return Unresolved(why=WhyUnknown.QUANTITY_UNCLEAR, text=why)


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
    known = [(number, found) for number in _item_numbers(identity) if (found := _meanings(number, catalogue))]
    if known:
        number, found = known[0]
        items = {code.item for code in found}
        others = {code.item: code for _, more in known[1:] for code in more if code.item not in items}
        return _one(identity, number, [*found, *others.values()], catalogue)
    units: tuple[str, ...] = ()
    if identity.unit is not None:
        units = (identity.unit,)
    elif identity.scheme == "text":
        units = names_in_text(key)
    names = tuple(dict.fromkeys(other for unit in units for other in (unit, *other_names(unit))))
    if notice := _notice(names, catalogue):
        return as_stated(identity, notice)
    return replace(_missing(f"{key} is not in the catalogue"), units=units)


def _item_numbers(identity: Identity) -> Sequence[str]:
    """The numbers by which a label names its item: the customer's goes before the supplier's.

    Labels of a fixed width fill a number up with blanks; the catalogue has none at its ends.
    """
    if identity.scheme != "iso15434":
        return tuple(dict.fromkeys((identity.key, identity.key.strip(" "))))
    rows = (row for row in di_table().values() if row.role == "item")
    numbers = (identity.elements.get(row.identifier, "").strip(" ") for row in rows)
    return tuple(filter(None, numbers)) or (identity.key,)


def _meanings(text: str, catalogue: Catalogue) -> Sequence[Code]:
    """Everything that a text may mean: rows of the code table, the item of this number, the GTIN of these digits.

    An item is named once where all say the same; what the code table says of an item goes before its number.
    """
    found = list(catalogue.codes(text))
    if catalogue.item(text) is not None and all(code.item != text for code in found):
        found.append(Code(code=text, item=text))
    if (gtin := gtin14(text)) is not None and gtin != text:
        known = {(code.item, code.quantity) for code in found}
        found += [code for code in catalogue.codes(gtin) if (code.item, code.quantity) not in known]
    return found


def _restricted(identity: Identity, catalogue: Catalogue) -> Resolved | Unresolved:
    """An in-store number is one of the site's own, by whatever of its lengths the catalogue lists it."""
    key = identity.key
    found = _own_of_these_digits(key.zfill(14), catalogue)
    if not found:
        return _missing(f"{key} is an in-store number, and the catalogue does not list it")
    return _one(identity, key, found, catalogue)


def _one(identity: Identity, code: str, found: Sequence[Code], catalogue: Catalogue) -> Resolved | Unresolved:
    """Take the only meaning of a code."""
    only = _only(code, found, catalogue)
    return only if isinstance(only, Unresolved) else counted(identity, code, *only)


def _only(code: str, found: Sequence[Code], catalogue: Catalogue) -> tuple[Item, int] | Unresolved:
    """The only item that a code means, and how many base units of it."""
    if not found:
        return _missing(f"{code} is not in the catalogue")
    if len(found) > 1:
        items = ", ".join(f"{entry.quantity} × {entry.item}" for entry in found)
        return Unresolved(
            why=WhyUnknown.AMBIGUOUS, text=f"{code} may be any of {items}: choose one", candidates=tuple(found)
        )
    item = catalogue.item(found[0].item)
    if item is None:
        return _missing(f"{code} is a code of {found[0].item}, which is not in the catalogue")
    return item, found[0].quantity


def _missing(text: str) -> Unresolved:
    return Unresolved(why=WhyUnknown.NOT_IN_CATALOGUE, text=text)


def _contents(identity: Identity, what: str) -> Unresolved:
    return Unresolved(why=WhyUnknown.CONTENTS_UNKNOWN, text=f"{whole_name(identity)} {what}")
