"""GTINs of every length in their 14-digit form, UPC-E, and EAN/UPC symbols with add-ons.

Sources: GS1 General Specifications 3.3 (GTIN), 5.2 (EAN/UPC, UPC-E expansion), 1.4 (restricted circulation prefixes).
"""

from scanstation.identity.checkdigits import check_digit, has_check_digit
from scanstation.identity.errors import IdentityError, IdentityReason

LENGTHS = (8, 12, 13, 14)
"""Digits of a GTIN-8, -12, -13 and -14."""


def parse_gtin(digits: str, what: str = "GTIN", position: int = 0) -> str:
    """Return the 14-digit form of 8, 12, 13 or 14 digits.

    Raises IdentityError (CHARACTER, LENGTH, CHECK_DIGIT).

    >>> parse_gtin("4006381333931")
    '04006381333931'
    """
    check_digits_only(digits, what, position)
    if len(digits) not in LENGTHS:
        raise IdentityError(
            IdentityReason.LENGTH, what, position, "8, 12, 13 or 14 digits", f"{len(digits)}: {digits[:20]!r}"
        )
    if not has_check_digit(digits):
        raise check_digit_error(digits, what, position)
    return digits.zfill(14)


def expand_upc_e(digits: str) -> str:
    """Return the 14-digit GTIN of an 8-digit UPC-E symbol (number system 0 or 1, check digit last).

    Raises IdentityError.  The digits alone look like a GTIN-8; only the symbology tells them apart.

    >>> expand_upc_e("09736926")
    '00097200003696'
    """
    what = "UPC-E"
    check_digits_only(digits, what, 0)
    if len(digits) != 8:
        raise IdentityError(IdentityReason.LENGTH, what, 0, "8 digits", f"{len(digits)}: {digits[:20]!r}")
    if digits[0] not in "01":
        raise IdentityError(IdentityReason.CODE, what, 0, "number system 0 or 1", repr(digits[0]))
    system, d, check = digits[0], digits[1:7], digits[7]
    if d[5] in "012":
        body = system + d[:2] + d[5] + "0000" + d[2:5]
    elif d[5] == "3":
        body = system + d[:3] + "00000" + d[3:5]
    elif d[5] == "4":
        body = system + d[:4] + "00000" + d[4]
    else:
        body = system + d[:5] + "0000" + d[5]
    if check_digit(body) != check:
        raise IdentityError(IdentityReason.CHECK_DIGIT, what, 7, f"check digit {check_digit(body)}", repr(check))
    return (body + check).zfill(14)


def suppress_upc_e(gtin: str) -> str | None:
    """Return the 8 digits of the UPC-E symbol for a 14-digit GTIN, or None where it cannot be zero-suppressed."""
    if not gtin.startswith("00") or gtin[2] not in "01":
        return None
    system, maker, product, check = gtin[2], gtin[3:8], gtin[8:13], gtin[13]
    if maker[2:] in ("000", "100", "200") and product.startswith("00"):
        middle = maker[:2] + product[2:] + maker[2]
    elif maker[3:] == "00" and product.startswith("000"):
        middle = maker[:3] + product[3:] + "3"
    elif maker[4] == "0" and product.startswith("0000"):
        middle = maker[:4] + product[4] + "4"
    elif product.startswith("0000") and product[4] in "56789":
        middle = maker + product[4]
    else:
        return None
    return system + middle + check


def is_restricted(gtin: str) -> bool:
    """Whether a 14-digit GTIN is a restricted circulation number: unique only inside a company or region.

    GS1 prefixes 02, 04 and 20 to 29 (General Specifications 1.4.2); in 8 digits, the first digit 0 or 2 (1.4.3).
    """
    if gtin.startswith("000000"):
        return gtin[6] in "02"
    return gtin[0] == "0" and (gtin[1] == "2" or gtin[1:3] in ("02", "04"))


def check_digits_only(text: str, what: str, position: int) -> None:
    """Raise IdentityError (EMPTY, CHARACTER) where ``text`` is not all digits."""
    if not text:
        raise IdentityError(IdentityReason.EMPTY, what, position, "digits", "nothing")
    if not (text.isascii() and text.isdigit()):
        place = next(i for i, character in enumerate(text) if not (character.isascii() and character.isdigit()))
        raise IdentityError(IdentityReason.CHARACTER, what, position + place, "a digit", repr(text[place]))


def check_digit_error(digits: str, what: str, position: int) -> IdentityError:
    """Return the error for a wrong check digit at the end of ``digits``."""
    return IdentityError(
        IdentityReason.CHECK_DIGIT,
        what,
        position + len(digits) - 1,
        f"check digit {check_digit(digits[:-1])}",
        repr(digits[-1]),
    )
