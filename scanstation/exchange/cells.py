"""From the text of a cell to a value: one small rule a kind, each saying what is wrong and how to mend it.

A rule takes stripped, non-empty text and returns the value or raises `CellError`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from scanstation.exchange.problems import ProblemKind
from scanstation.identity.checkdigits import check_digit
from scanstation.identity.gtin import LENGTHS
from scanstation.identity.plates import unit_key

LARGEST = 10**15
"""Bound of quantities and amounts: sums of a thousand of them still fit an int64."""

Rule = Callable[[str], Any]
"""Text of a cell to its value."""

_WHOLE = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]+))?")
_COMMA = re.compile(r"[+-]?[0-9.]*,[0-9]+")
_BAD_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_LOST_DIGITS = re.compile(r"[0-9]{16,}\.0|[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{2,}")
_TRUE, _FALSE = {"true", "yes", "y", "1"}, {"false", "no", "n", "0"}


FORMULA_ERRORS = frozenset((
    "#N/A", "#DIV/0!", "#REF!", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#SPILL!", "#CALC!", "#FIELD!",
    "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#GETTING_DATA", "#NV", "#BEZUG!", "#ZAHL!", "#WERT!",
    "#ÜBERLAUF!", "#KALK!",
))  # fmt: skip
"""What a spreadsheet shows for a formula that failed, in English and German."""


class CellError(Exception):
    """What is wrong with a cell."""

    def __init__(self, kind: ProblemKind, why: str, mend: str) -> None:
        super().__init__(why)
        self.kind = kind
        self.mend = mend


def formula_error(text: str) -> CellError:
    """The error of a cell whose text is one of `FORMULA_ERRORS`."""
    why = f"the cell holds {text}, the error of a formula, and no value"
    return CellError(ProblemKind.FORMULA, why, "Mend the formula, or put the value (or nothing) in its place.")


def shown(text: str) -> str:
    """The text of a cell in a message: quoted, escaped, cut to 40 characters."""
    return ascii(text if len(text) <= 40 else text[:40] + "...")


def _keep_digits(text: str) -> None:
    """Raise for a number that was text once: a spreadsheet keeps 15 digits and writes long ones as 9.52E+16."""
    if _LOST_DIGITS.fullmatch(text):
        raise CellError(
            ProblemKind.CODE,
            f"{shown(text)} was read as a number, which keeps only its first 15 digits",
            "Format the column as text and enter the cell again.",
        )


@dataclass(frozen=True, slots=True)
class Words:
    """Text of at most ``limit`` characters without control characters; no number that lost its last digits."""

    limit: int

    def __call__(self, text: str) -> str:
        """Check one cell."""
        if len(text) > self.limit:
            why = f"{shown(text)} has {len(text)} characters"
            raise CellError(ProblemKind.TOO_LONG, why, f"At most {self.limit} are kept; shorten it.")
        if bad := _BAD_CHARACTER.search(text):
            raise CellError(ProblemKind.CHARACTER, _character(bad.group(), bad.start() + 1), "Remove it.")
        _keep_digits(text)
        return text

    def many(self, texts: Sequence[str]) -> list[Any] | None:
        """Check non-empty cells at once; None when any of them needs a closer look."""
        joined = "".join(texts)
        if max(map(len, texts)) > self.limit or not joined.isprintable():
            return None
        if ("+" in joined or ".0" in joined) and any(_LOST_DIGITS.fullmatch(text.strip(" ")) for text in texts):
            return None
        return [text.strip(" ") for text in texts]


def _character(char: str, place: int) -> str:
    if "\ud800" <= char <= "\udfff":
        return f"character {place} is no UTF-8 (byte 0x{ord(char) & 0xFF:02X})"
    return f"character {place} is the control character U+{ord(char):04X}"


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from ``least`` to ``most``."""

    least: int = 0
    most: int = LARGEST

    def __call__(self, text: str) -> int:
        """Check one cell."""
        if not _WHOLE.fullmatch(text):
            raise _no_number(text, "a whole number, such as 12")
        if len(text) > 20:
            raise CellError(ProblemKind.RANGE, f"{shown(text)} is too large", f"At most {self.most} is possible.")
        value = int(text)
        if value < 0 <= self.least:
            raise CellError(ProblemKind.NEGATIVE, f"{text} is negative", f"Give {self.least} or more.")
        if not self.least <= value <= self.most:
            raise CellError(ProblemKind.RANGE, f"{text} is out of range", f"Give {self.least} to {self.most}.")
        return value

    def many(self, texts: Sequence[str]) -> list[Any] | None:
        """Check non-empty cells at once; None when any of them needs a closer look."""
        digits = "".join(texts).replace("-", "")
        if not (digits.isascii() and digits.isdigit()) or max(map(len, texts)) > 20:
            return None
        try:
            values = list(map(int, texts))
        except ValueError:
            return None
        return values if self.least <= min(values) and max(values) <= self.most else None


@dataclass(frozen=True, slots=True)
class Share:
    """A number with at most three decimals from 0 to ``most``, as a float."""

    most: int

    def __call__(self, text: str) -> float:
        """Check one cell."""
        match = _DECIMAL.fullmatch(text)
        if match is None:
            raise _no_number(text, "a number with a decimal point, such as 2.5")
        sign, units, decimals = match.groups(default="")
        if sign == "-":
            raise CellError(ProblemKind.NEGATIVE, f"{text} is negative", "Give 0 or more.")
        if len(decimals.rstrip("0")) > 3:
            raise CellError(
                ProblemKind.NUMBER, f"{shown(text)} has more than three decimals", "Round it to three decimals."
            )
        if len(units) > 9 or float(text) > self.most:
            raise CellError(ProblemKind.RANGE, f"{shown(text)} is out of range", f"Give 0 to {self.most}.")
        return float(text)

    def many(self, texts: Sequence[str]) -> list[Any] | None:
        """Every cell needs a closer look."""
        del texts
        return None


def money(text: str) -> int:
    """An amount with up to four decimals, such as 12.50, as a whole number of 1/10000."""
    match = _DECIMAL.fullmatch(text)
    if match is None:
        raise _no_number(text, "an amount with a decimal point, such as 12.50")
    sign, units, decimals = match.groups(default="")
    if sign == "-":
        raise CellError(ProblemKind.NEGATIVE, f"{text} is negative", "Give 0 or more.")
    if len(decimals.rstrip("0")) > 4:
        raise CellError(ProblemKind.NUMBER, f"{shown(text)} has more than four decimals", "Round it to four decimals.")
    value = int(units[:20]) * 10_000 + int(decimals[:4].ljust(4, "0") or 0)
    if value > LARGEST or len(units) > 20:
        raise CellError(ProblemKind.RANGE, f"{shown(text)} is too large", "Check the unit of the amount.")
    return value


def _no_number(text: str, expected: str) -> CellError:
    if _COMMA.fullmatch(text):
        return CellError(
            ProblemKind.DECIMAL_COMMA, f"{shown(text)} has a comma in it", f"Write {expected}, without separators."
        )
    return CellError(ProblemKind.NUMBER, f"{shown(text)} is no number", f"Write {expected}.")


def truth(text: str) -> bool:
    """Yes or no."""
    word = text.casefold()
    if word not in _TRUE | _FALSE:
        raise CellError(ProblemKind.CHOICE, f"{shown(text)} is neither yes nor no", "Write true or false.")
    return word in _TRUE


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few words; case, blanks and hyphens do not matter.  ``upper``: the words are in capitals."""

    allowed: tuple[str, ...]
    upper: bool = False

    def __call__(self, text: str) -> str:
        """Check one cell."""
        word = re.sub(r"[ -]+", "_", text.upper() if self.upper else text.lower())
        if word not in self.allowed:
            raise CellError(
                ProblemKind.CHOICE, f"{shown(text)} is not known here", f"Use one of: {', '.join(self.allowed)}."
            )
        return word


def one_of(*allowed: str, upper: bool = False) -> OneOf:
    """The rule of a few words."""
    return OneOf(allowed, upper)


def gtin(text: str) -> str:
    """A GTIN of 8, 12, 13 or 14 digits with its check digit, as GTIN-14."""
    if not (text.isascii() and text.isdigit()) or len(text) not in LENGTHS:
        raise CellError(
            ProblemKind.CODE,
            f"{shown(text)} is no GTIN of 8, 12, 13 or 14 digits",
            "Format the column as text, so that leading zeros stay.",
        )
    right = check_digit(text[:-1])
    if text[-1] != right:
        raise CellError(
            ProblemKind.CHECK_DIGIT,
            f"{text} has check digit {text[-1]}, but its digits give {right}",
            "Look at the product's label and mend the number.",
        )
    return text.zfill(14)


def gln(text: str) -> str:
    """A GLN of 13 digits, with ``.`` and its extension (AI 254) where there is one."""
    number, _, extension = text.partition(".")
    Words(20)(extension)
    if not (number.isascii() and number.isdigit() and len(number) == 13):
        raise CellError(ProblemKind.CODE, f"{shown(text)} is no GLN of 13 digits", "Check the number.")
    if number[-1] != check_digit(number[:-1]):
        raise CellError(
            ProblemKind.CHECK_DIGIT,
            f"{number} has check digit {number[-1]}, but its digits give {check_digit(number[:-1])}",
            "Check the number.",
        )
    return text


def sscc(text: str) -> str:
    """An SSCC of 18 digits with its check digit."""
    _keep_digits(text)
    if not (text.isascii() and text.isdigit()) or len(text) != 18:
        raise CellError(ProblemKind.CODE, f"{shown(text)} is no SSCC of 18 digits", "Check the number.")
    if text[-1] != check_digit(text[:-1]):
        raise CellError(
            ProblemKind.CHECK_DIGIT,
            f"{text} has check digit {text[-1]}, but its digits give {check_digit(text[:-1])}",
            "Check the number.",
        )
    return text


def unit(text: str) -> str:
    """The number of a logistic unit: a licence plate, a package number, or an SSCC, which many digits claim to be."""
    Words(50)(text)
    key = unit_key(text)
    digits = key.isascii() and key.isdigit()
    return sscc(key) if digits and len(key) >= 14 else key


def packs(text: str) -> dict[int, int]:
    """Pack sizes as ``1:6 3:24``: GTIN-14 indicator digit (1 to 8), pieces."""
    sizes: dict[int, int] = {}
    for part in text.split():
        match = re.fullmatch(r"([1-8]):([1-9][0-9]{0,8})", part, re.ASCII)
        if match is None or int(match[1]) in sizes:
            raise CellError(
                ProblemKind.NUMBER, f"{shown(part)} is no pack size", "Write indicator and pieces, such as 1:6 3:24."
            )
        sizes[int(match[1])] = int(match[2])
    return sizes
