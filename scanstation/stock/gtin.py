"""GTIN-14 as the catalogue keeps it: normal form and pack levels (GS1 General Specifications 2.1 and 3.3)."""

from scanstation.identity.checkdigits import check_digit, has_check_digit
from scanstation.identity.gtin import LENGTHS


def gtin14(digits: str) -> str | None:
    """Return the 14-digit form of a GTIN of 8, 12, 13 or 14 digits, or None for anything else.

    >>> gtin14("4006381333931")
    '04006381333931'
    """
    if len(digits) in LENGTHS and digits.isascii() and digits.isdigit() and has_check_digit(digits):
        return digits.zfill(14)
    return None


def base_gtin(gtin: str) -> str:
    """Return the GTIN-14 of the single item in a pack: indicator 0 and a new check digit.

    >>> base_gtin("14006381333938")
    '04006381333931'
    """
    digits = "0" + gtin[1:13]
    return digits + check_digit(digits)
