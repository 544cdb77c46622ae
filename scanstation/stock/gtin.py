"""GTIN-14 as the catalogue keeps it: check digit (GS1 General Specifications 7.9.1), normal form, pack levels."""

LENGTHS = (8, 12, 13, 14)
"""Digits of a GTIN-8, -12, -13 and -14."""


def check_digit(digits: str) -> str:
    """Return the check digit for ``digits``, which lack it: weights 3 and 1 in turn from the right.

    >>> check_digit("400638133393")
    '1'
    """
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def has_check_digit(digits: str) -> bool:
    """Whether ``digits`` are all digits and end in their own check digit."""
    return digits.isascii() and digits.isdigit() and check_digit(digits[:-1]) == digits[-1]


def gtin14(digits: str) -> str | None:
    """Return the 14-digit form of a GTIN of 8, 12, 13 or 14 digits, or None for anything else.

    >>> gtin14("4006381333931")
    '04006381333931'
    """
    if len(digits) in LENGTHS and has_check_digit(digits):
        return digits.zfill(14)
    return None


def base_gtin(gtin: str) -> str:
    """Return the GTIN-14 of the single item in a pack: indicator 0 and a new check digit.

    >>> base_gtin("14006381333938")
    '04006381333931'
    """
    digits = "0" + gtin[1:13]
    return digits + check_digit(digits)
