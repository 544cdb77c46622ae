"""The data behind a symbology identifier whose symbology itself says that they are GS1's (General Specifications 5).

The result is AI -> value; an EAN/UPC or ITF-14 symbol gives AI 01 in 14 digits, an add-on the key ``addon``.
"""

from scanstation.identity.aim import Symbology
from scanstation.identity.aitable import GS
from scanstation.identity.elements import parse_elements
from scanstation.identity.errors import IdentityError, IdentityReason
from scanstation.identity.gtin import check_digits_only, parse_gtin

_LENGTHS = {"ean13": (13,), "ean8": (8,), "addon2": (2,), "addon5": (5,), "ean13+addon": (15, 18), "itf14": (14,)}
_DAMAGE = {12: " (does the scanner strip the leading zero or the check digit?)"}


def is_gs1(symbology: Symbology, data: str) -> bool:
    """Whether the symbology itself says that its data are GS1's: an ITF of another length than 14 is not."""
    return symbology.reading != "text" and (symbology.reading != "itf14" or len(data) == 14)


def parse_scan_data(symbology: Symbology, data: str, offset: int = 0) -> dict[str, str]:
    """Return what GS1 data mean (see `is_gs1`).  Raises IdentityError; ``offset`` is where ``data`` starts."""
    if symbology.reading == "elements":
        return parse_elements(data, offset)
    return _parse_digits(symbology, data, offset)


def _parse_digits(symbology: Symbology, data: str, offset: int) -> dict[str, str]:
    digits, composite = data, ""
    marker = data.find("|]e")
    if marker >= 0:
        digits, composite = data[:marker], data[marker + 4 :]
    what, lengths = f"{symbology.identifier} {symbology.name}", _LENGTHS[symbology.reading]
    check_digits_only(digits, what, offset)
    if len(digits) not in lengths:
        hint = _DAMAGE.get(len(digits), "") if symbology.reading == "ean13" else ""
        expected = f"{' or '.join(map(str, lengths))} digits"
        raise IdentityError(IdentityReason.LENGTH, what, offset, expected, f"{len(digits)}: {digits[:20]!r}{hint}")
    if symbology.reading in ("addon2", "addon5"):
        return {"addon": digits}
    size = 13 if symbology.reading == "ean13+addon" else len(digits)
    found = {"01": parse_gtin(digits[:size], what, offset)}
    if digits[size:]:
        found["addon"] = digits[size:]
    if composite:
        found |= parse_elements(composite, offset + marker + 4)
    return found


def starts_as_elements(text: str) -> bool:
    """Whether text without symbology identifier shows that it is an element string: a GS leads or stands inside."""
    return GS in text
