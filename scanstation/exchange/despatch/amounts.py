"""How much a line of a despatch advice says, in base units of its item."""

import re
from collections.abc import Mapping
from decimal import Decimal

from scanstation.exchange.cells import LARGEST, CellError, shown
from scanstation.exchange.problems import ProblemKind
from scanstation.stock.model import Item

PIECES = frozenset({"", "PCE", "PCS", "EA", "C62", "NAR", "PC", "H87", "UN", "EACH", "NMP"})
"""Codes (UN/ECE Recommendation 20, X12 355) of things that are counted, not measured."""

MEASURES: Mapping[str, Mapping[str, int | Decimal]] = {
    "gram": {"KGM": 1000, "GRM": 1, "TNE": 1_000_000, "MGM": Decimal("0.001"), "KG": 1000, "GR": 1,
             "LBR": Decimal("453.59237"), "LB": Decimal("453.59237"), "ONZ": Decimal("28.349523125"),
             "OZ": Decimal("28.349523125")},
    "millilitre": {"LTR": 1000, "MLT": 1, "LT": 1000, "ML": 1, "MTQ": 1_000_000, "HLT": 100_000, "CLT": 10, "DLT": 100},
    "millimetre": {"MTR": 1000, "MMT": 1, "CMT": 10, "MR": 1000, "MM": 1, "CM": 10, "KMT": 1_000_000, "KTM": 1_000_000},
}  # fmt: skip
"""Base unit to codes of the same two lists, each with the base units that one of it is."""

PACKS = frozenset({"CT", "CS", "CA", "CR", "BX", "PK", "PA", "PCK", "PX", "PF", "BG", "RO", "RL", "DR", "XCT", "XBX"})
"""Codes of packages whose content is not in the code."""

_LONGEST = 20
_NUMBER = re.compile(r"([+-]?[0-9]*)(?:([.,])([0-9]+))?")


def number(text: str, decimal: str) -> Decimal:
    """The number; ``decimal`` is the mark that the sender declared, empty where he did not.

    Both marks are in use whatever was declared, and none stands between thousands.  Three digits behind the other mark
    may still be thousands: `CellError`, as for what is no number.
    """
    match = _NUMBER.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None or not (match[1].strip("+-") or match[3]):
        raise CellError(ProblemKind.NUMBER, f"{shown(text)} is no quantity", "Ask the sender for the quantity.")
    if match[2] and match[2] != (decimal or ".") and len(match[3]) == 3:
        why = f"{shown(text)} may be thousands or a fraction: the message's decimal mark is {shown(decimal or '.')}"
        raise CellError(ProblemKind.DECIMAL_COMMA, why, "Ask the sender for one decimal mark, declared in UNA.")
    return Decimal(f"{match[1] or '0'}.{match[3] or '0'}".replace("+.", "+0.").replace("-.", "-0."))


def base_units(item: Item, amount: Decimal, measure: str, pieces: int, per_pack: str) -> int:
    """The amount in base units of the item, ``pieces`` of which the item number stands for.

    Raises `CellError` where the unit of measure does not say it, for less than 1, and for what is not whole.
    """
    code = measure.upper()
    if item.base_unit in MEASURES and code in MEASURES[item.base_unit]:
        total = amount * MEASURES[item.base_unit][code]
    elif code in PIECES:
        if item.base_unit in MEASURES and pieces == 1:
            raise _unit(item, measure or "pieces")
        total = amount * pieces
    elif code in PACKS:
        if pieces == 1 and not per_pack.isdigit():
            raise _unit(item, f"packs ({measure}) of unknown size")
        total = amount * (int(per_pack) if pieces == 1 else pieces)
    else:
        raise _unit(item, measure)
    if total < 0:
        raise CellError(ProblemKind.NEGATIVE, f"{amount} of {item.item} is less than nothing", "Ask the sender.")
    if total != int(total):
        why = f"{amount} {measure} of {item.item} is no whole number of its base unit, the {item.base_unit}"
        raise CellError(ProblemKind.NUMBER, why, "Mend the item's base unit, or ask the sender.")
    if total > LARGEST:
        raise CellError(ProblemKind.RANGE, f"{amount} {measure} of {item.item} is too many", "Ask the sender.")
    return int(total)


def _unit(item: Item, measure: str) -> CellError:
    why = f"{item.item} is stocked by the {item.base_unit}, and the line counts {measure}"
    return CellError(
        ProblemKind.CHOICE, why, "List the number of the pack in codes with its quantity, or ask the sender."
    )
