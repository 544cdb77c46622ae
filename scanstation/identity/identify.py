"""`identify`: what one payload of a device names.

The decision table, first match wins:

=================  ================================  ======================================================
carrier            payload                           read as
=================  ================================  ======================================================
``tid``            anything                          unknown tag: names a chip, never an item
``epc``            a TDS scheme                      its GS1 key; the filter value is kept
``epc``            anything else                     unknown tag, kept as hex, the reason in ``notes``
barcode, typed     ``]C1 ]e0 ]d2 ]Q3 ]J1`` ...       GS1 element string
barcode, typed     ``]E0 ]E3 ]E4``, ``]I1`` of 14    GTIN; a wrong check digit is an error
barcode, typed     any other identifier, or none     the first of: internal label, GS1 Digital Link, EPC
                                                     URI, ISO/IEC 15434 envelope, HIBC
barcode, typed     other identifier (``]C0 ]Q1``)    internal code: digits are never promoted to a GTIN
barcode, typed     none, GS in front or inside       GS1 element string
barcode, typed     none, ``(01)...``                 bracketed GS1 element string
barcode, typed     none, 8, 12, 13, 14 digits        GTIN where the check digit is right; 12 or 13 digits with
                                                     a wrong one are an error
barcode, typed     none, damaged by a keyboard       error that names the damage: a mapped GS, caps lock
barcode, typed     none, anything else               internal code
=================  ================================  ======================================================

What looks like something else may still be a number of one's own: `own_reading` gives it, and whoever has the catalogue
asks for that first (`scanstation.stock.own_numbers`).

An identifier that ISO/IEC 15424 does not know is an error, never text.  A trade item with a restricted circulation
prefix (in-store numbers) is `Names.RESTRICTED`: it means something only to the one who printed it.
"""

import re
from dataclasses import replace

from scanstation.identity.aim import symbologies, symbology
from scanstation.identity.aitable import GS, ai_table
from scanstation.identity.checkdigits import has_check_digit
from scanstation.identity.damage import likely_damage
from scanstation.identity.elements import parse_bracketed, parse_elements
from scanstation.identity.epc import decode_tag_or_pc, parse_hex
from scanstation.identity.errors import IdentityError, IdentityReason
from scanstation.identity.forms import identify_form, name_tag
from scanstation.identity.gtin import LENGTHS, check_digit_error
from scanstation.identity.labels import LabelPrefixes
from scanstation.identity.model import Identity, Names
from scanstation.identity.naming import name_elements
from scanstation.identity.rcn import parse_rcn
from scanstation.identity.scandata import is_gs1, parse_scan_data
from scanstation.identity.text import text_of

THIS_YEAR = 2026
"""Year from which two-digit years are counted where the caller does not say his: 49 back, 50 ahead."""

_BRACKETED = re.compile(r"\(([0-9]{2,4})\)")
_USUAL_LABELS = LabelPrefixes()


def identify(
    payload: bytes | str,
    *,
    aim: str = "",
    carrier: str = "barcode",
    labels: LabelPrefixes = _USUAL_LABELS,
    this_year: int = THIS_YEAR,
    region: str | None = None,
    pc: int | None = None,
) -> Identity:
    """Return what ``payload`` names (see the table above).

    ``payload`` is without framing and without symbology identifier, which comes in ``aim`` (or still stands in front);
    for ``epc`` it is the memory after the PC word.  Bytes of a barcode become text by `text_of`.  ``this_year`` puts
    two-digit years into their century.  ``region`` (a name of `tables/rcn.tsv`) reads weight, price or count out of
    in-store numbers: the key is then the number with its measure set to zero.  ``pc`` is the PC word of a tag where its
    reader told it.  Raises IdentityError for what cannot be
    right: it must be shown, never counted.
    """
    if carrier in ("epc", "tid"):
        return _identify_tag(_memory(payload), carrier, this_year, pc)
    aim, text = spelt(payload, aim)
    if not text:
        raise IdentityError(IdentityReason.EMPTY, "payload", 0, "at least one character", "nothing")
    found = symbology(aim) if aim else None
    if found is not None and is_gs1(found, text):
        elements = parse_scan_data(found, text.removeprefix(GS), len(text) - len(text.removeprefix(GS)))
        if "01" not in elements and "addon" in elements:
            raise IdentityError(IdentityReason.UNSUPPORTED, f"{aim} {found.name}", 0, "its EAN/UPC symbol too", text)
        return _regional(_name_scan(elements, found.reading, this_year), region)
    identity = identify_form(text, labels, this_year)
    if identity is not None:
        return identity
    if aim:
        return Identity(names=Names.INTERNAL, key=text, scheme="text")
    return _regional(_identify_plain(text, labels, this_year), region)


def spelt(payload: bytes | str, aim: str = "") -> tuple[str, str]:
    """Return the symbology identifier of a barcode, also where it stands in front of the payload, and its text."""
    text = payload if isinstance(payload, str) else text_of(payload)
    return (text[:3], text[3:]) if not aim and text[:3] in symbologies() else (aim, text)


def own_reading(payload: bytes | str, *, aim: str = "", carrier: str = "barcode") -> Identity | None:
    """Return ``payload`` as a number of one's own: its very text, whatever else it looks like.

    None where the symbol itself says that its data are GS1's, for a tag, and for an identifier that is not known.
    """
    if carrier in ("epc", "tid"):
        return None
    aim, text = spelt(payload, aim)
    known = symbologies().get(aim)
    if not text or (aim and known is None) or (known is not None and is_gs1(known, text)):
        return None
    return Identity(names=Names.INTERNAL, key=text, scheme="text")


def _regional(identity: Identity, region: str | None) -> Identity:
    """Read the measure of an in-store number by the rules of a region."""
    if region is None or identity.names is not Names.RESTRICTED:
        return identity
    number = parse_rcn(identity.elements["01"], region)
    if number.measure is None:
        return identity
    stated = number.stated
    return replace(
        identity,
        key=number.item,
        quantity=identity.quantity if stated.quantity is None else stated.quantity,
        measures=stated.measures,
        doubts=stated.doubts,
        said=(*identity.said, *stated.said),
        notes=(*identity.notes, f"{number.measure} {number.amount}"),
    )


def _name_scan(elements: dict[str, str], reading: str, this_year: int) -> Identity:
    addon = elements.pop("addon", None)
    notes = () if addon is None else (f"add-on {addon}",)
    return name_elements(elements, "gs1" if reading == "elements" else "gtin", this_year=this_year, notes=notes)


def _identify_plain(text: str, labels: LabelPrefixes, this_year: int) -> Identity:
    """Read what a scanner without symbology identifiers sends, or what a person types."""
    if GS in text:
        start = len(text) - len(text.removeprefix(GS))
        return name_elements(parse_elements(text[start:], start), "gs1", this_year=this_year)
    bracketed = _BRACKETED.match(text)
    if bracketed is not None and bracketed[1] in ai_table():
        return name_elements(parse_bracketed(text), "gs1", this_year=this_year)
    if text.isascii() and text.isdigit() and len(text) in LENGTHS:
        if has_check_digit(text):
            return name_elements({"01": text.zfill(14)}, "gtin", this_year=this_year)
        if len(text) in (12, 13):
            raise check_digit_error(text, "GTIN", 0)
    damage = likely_damage(text, labels)
    if damage is not None:
        raise damage
    return Identity(names=Names.INTERNAL, key=text, scheme="text")


def _identify_tag(memory: bytes, carrier: str, this_year: int, pc: int | None) -> Identity:
    raw = memory.hex().upper()
    if carrier == "tid":
        return Identity(names=Names.UNKNOWN_TAG, key=raw, scheme="tid")
    try:
        tag = decode_tag_or_pc(memory, pc)
    except IdentityError as error:
        return Identity(names=Names.UNKNOWN_TAG, key=raw, scheme="epc", notes=(str(error),))
    return name_tag(tag, this_year)


def _memory(payload: bytes | str) -> bytes:
    if isinstance(payload, bytes):
        memory = payload
    else:
        memory = parse_hex(payload)
    if not memory:
        raise IdentityError(IdentityReason.EMPTY, "tag memory", 0, "at least one byte", "nothing")
    return memory
