"""From what a label states of quantity, and what the catalogue knows of its code, to base units of an item.

A quantity that is stated is understood or the label is parked with the reason.  Goods that are kept by the gram,
millimetre or millilitre count by the measure that the label states, or by the size that the catalogue gives to its
code, and never as 1.  Sources: General Specifications 2.1 (variable measure), 3.6; ANSI/HIBC 2.6 (unit of measure).
"""

from scanstation.identity.model import Identity, Names
from scanstation.identity.plates import serial_unit
from scanstation.identity.stated import ANY, UNITS
from scanstation.stock.catalogue import MAX_QUANTITY, Code, Resolved, ResolvedContents, Unresolved, WhyUnknown
from scanstation.stock.model import Item, Tracking

_VARIABLE = "9"
"""Unit of measure of a HIBC whose quantity comes otherwise."""


def counted(identity: Identity, code: str, item: Item, pieces: int) -> Resolved | Unresolved:
    """Return how many base units of ``item`` a label counts whose ``code`` means ``pieces`` of them, or why none.

    A pack with a serial and a unit with a number of its own (SSCC, licence plate, package number) are wholes that count
    once (`Resolved.unit`).
    """
    this = Code(code=code, item=item.item, quantity=pieces)
    if doubt := identity.doubts.get(ANY) or identity.doubts.get(item.base_unit):
        return _parked(WhyUnknown.QUANTITY_UNCLEAR, doubt, this)
    if identity.quantity == 0:
        return _parked(WhyUnknown.CONTENTS_UNKNOWN, f"{whole_name(identity)} states a quantity of 0", this)
    if item.base_unit in UNITS:
        return _measured(identity, item, this)
    if identity.quantity is None and identity.names is Names.INTERNAL:
        if identity.measures:
            why = f"the label says {' and '.join(identity.said)}, but {item.item} is counted in pieces"
            return _parked(WhyUnknown.QUANTITY_UNCLEAR, why, this)
        if identity.scheme == "hibc" and identity.elements.get("uom") == _VARIABLE:
            return _parked(
                WhyUnknown.QUANTITY_MISSING, f"{code} is of variable quantity, and the label states none", this
            )
    if (stated := identity.quantity or 1) == 1 or pieces == 1:
        return _resolved(identity, item, this, pieces * stated)
    if identity.names is Names.LOGISTIC_UNIT and identity.content is None:  # what it states is what it holds
        return _resolved(identity, item, this, pieces) if stated == pieces else _other_than_listed(identity, this)
    if stated == pieces and identity.names is Names.INTERNAL:
        why = f"the label says {' and '.join(identity.said)}, and {code} is {pieces} already: of each or of all?"
        return _parked(WhyUnknown.QUANTITY_MISSING, why, this)
    return _resolved(identity, item, this, pieces * stated)


def unmeasured(identity: Identity, item: Item) -> Resolved:
    """Return what a label names of which only the quantity is missing: it is 0 until somebody says it."""
    return _named(identity, item, 0, ", ".join(identity.said))


def as_stated(identity: Identity, notice: ResolvedContents | Unresolved) -> ResolvedContents | Unresolved:
    """Return what a shipping notice lists for a unit whose own label does not say otherwise."""
    if isinstance(notice, Unresolved):
        return notice
    if doubt := identity.doubts.get(ANY):
        return Unresolved(why=WhyUnknown.QUANTITY_UNCLEAR, text=doubt)
    (line, *others) = notice.lines
    if others or line.item.base_unit in UNITS or identity.quantity in (None, line.quantity):
        return notice
    return _other_than_listed(identity, Code(code=notice.unit, item=line.item.item, quantity=line.quantity))


def _other_than_listed(identity: Identity, code: Code) -> Unresolved:
    why = f"the label says {' and '.join(identity.said)}, but {code.code} is listed with {code.quantity} of {code.item}"
    return _parked(WhyUnknown.QUANTITY_UNCLEAR, why, code)


def is_missing(found: Unresolved) -> bool:
    """Whether only the quantity of a label is missing: its item is known, and nothing that it states is unclear."""
    return found.why in (WhyUnknown.MEASURE_MISSING, WhyUnknown.QUANTITY_MISSING)


def unclear_item(found: Unresolved) -> str | None:
    """The item of a label that is known but for its quantity, which is missing, unclear or 0; else None."""
    if not is_missing(found) and found.why not in (WhyUnknown.QUANTITY_UNCLEAR, WhyUnknown.CONTENTS_UNKNOWN):
        return None
    items = {code.item for code in found.candidates}
    return items.pop() if len(items) == 1 else None


def whole_name(identity: Identity) -> str:
    """What an identity is called in a sentence."""
    return f"logistic unit {identity.key}".rstrip() if identity.names is Names.LOGISTIC_UNIT else identity.key


def _measured(identity: Identity, item: Item, code: Code) -> Resolved | Unresolved:
    """Take the label's measure of the item's own kind, else the size that the catalogue gives to the code."""
    measure, count = identity.measures.get(item.base_unit), identity.quantity or 1
    if measure is None:
        if code.quantity > 1:
            whole = identity.names is Names.LOGISTIC_UNIT and identity.content is None
            return _resolved(identity, item, code, code.quantity * (1 if whole else count))
        words = f"states {' and '.join(identity.said)}" if identity.said else "states no measure"
        why = f"{item.item} is kept by the {item.base_unit}, but the label {words}"
        return _parked(WhyUnknown.MEASURE_MISSING, why, code)
    if measure == 0:
        return _parked(
            WhyUnknown.CONTENTS_UNKNOWN, f"{whole_name(identity)} states {' and '.join(identity.said)}", code
        )
    if count > 1 and identity.names is not Names.TRADE_ITEM:
        why = f"the label says {' and '.join(identity.said)}: whether of each or of all is not said"
        return _parked(WhyUnknown.MEASURE_MISSING, why, code)
    return _resolved(identity, item, code, measure, by_label=True)


def _resolved(
    identity: Identity, item: Item, code: Code, quantity: int, *, by_label: bool = False
) -> Resolved | Unresolved:
    said = _said(identity, item, 1 if by_label else code.quantity, quantity)
    if quantity > MAX_QUANTITY:
        return _parked(WhyUnknown.QUANTITY_UNCLEAR, f"{said}: at most {MAX_QUANTITY:,} are counted at once", code)
    return _named(identity, item, quantity, said)


def _named(identity: Identity, item: Item, quantity: int, said: str) -> Resolved:
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
        said=said,
    )


def _said(identity: Identity, item: Item, pieces: int, quantity: int) -> str:
    """What the label said, what the catalogue knows of its code, and what was made of both."""
    words = list(identity.said)
    if pieces > 1:
        words.append(f"pack of {amount(item, pieces)}" if item.base_unit in UNITS else f"pack of {pieces}")
    return f"{', '.join(words)} → {amount(item, quantity)}" if words else ""


def amount(item: Item, quantity: int) -> str:
    """A quantity of an item in words, such as ``12500 g`` or ``250 pieces``."""
    if item.base_unit in UNITS:
        return f"{quantity} {UNITS[item.base_unit]}"
    return f"{quantity} {item.base_unit}" + ("" if quantity == 1 else "s")


def _serial_unit(identity: Identity, quantity: int) -> str | None:
    """What tells this pack apart by its serial; a serial of a single base unit is the unit's own (None)."""
    if identity.serial is None or quantity == 1:
        return None
    return serial_unit(identity.key, identity.issuer, identity.serial)


def _parked(why: WhyUnknown, text: str, code: Code) -> Unresolved:
    return Unresolved(why=why, text=text, candidates=(code,))
