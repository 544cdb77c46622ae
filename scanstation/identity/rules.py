"""The content rules that the AI table names: one `Rule` for each name behind a format component.

Sources: GS1 General Specifications (section 3 and 7) and the GS1 Barcode Syntax Dictionary, whose rule names these
are.  A rule is a regular expression that the whole component must match, or a predicate for what an expression cannot
say.  A rule with a pattern of fixed length can be checked inside the AI's own expression (`inline`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scanstation.identity.checkdigits import check_pair, has_check_digit, is_iban
from scanstation.identity.coupons import is_coupon_code, is_positive_offer
from scanstation.identity.dates import HH, HHMI, MI, YYMMD0, YYMMDD, YYYYMMDD
from scanstation.identity.errors import IdentityReason

_R = IdentityReason


@dataclass(frozen=True, slots=True)
class Rule:
    """What one component must satisfy beside its length and character set."""

    name: str
    reason: IdentityReason
    expected: str
    passes: Callable[[str], bool]
    inline: str = ""


@cache
def code_list(name: str) -> frozenset[str]:
    """Return the codes of one list of `tables/codes.txt`."""
    lists: dict[str, set[str]] = {}
    current: set[str] = set()
    for line in (Path(__file__).parent / "tables" / "codes.txt").read_text("ascii").splitlines():
        if line.startswith("["):
            current = lists.setdefault(line.strip("[]"), set())
        elif not line.startswith("#"):
            current.update(line.split())
    return frozenset(lists[name])


def _pattern(name: str, reason: IdentityReason, expected: str, pattern: str, *, inline: bool = True) -> Rule:
    compiled = cache(lambda: re.compile(pattern))
    ahead = pattern.removesuffix(".*") if inline else ""  # looking ahead must not run to the end of a long payload
    return Rule(name, reason, expected, lambda text: compiled().fullmatch(text) is not None, ahead)


def _listed(name: str, expected: str) -> Rule:
    return Rule(name, _R.CODE, expected, lambda text: text in code_list(name))


def _has_check_pair(text: str) -> bool:
    return len(text) >= 2 and check_pair(text[:-2]) == text[-2:]


def _is_iban(text: str) -> bool:
    return (
        len(text) > 10
        and re.fullmatch("[0-9A-Z]+", text) is not None
        and text[:2] in code_list("iso3166alpha2")
        and is_iban(text)
    )


def _is_piece_of_total(text: str) -> bool:
    return "00" < text[:2] <= text[2:]


def _is_position_in_sequence(text: str) -> bool:
    match = re.fullmatch(r"([1-9][0-9]*)/([1-9][0-9]*)", text)
    return match is not None and int(match[1]) <= int(match[2])


def _is_country_or_999(text: str) -> bool:
    return text == "999" or text in code_list("iso3166")


def is_padded_base64(text: str) -> bool:
    """Whether ``text`` is file-safe base64 whose padding, where there is any, fills groups of three characters."""
    pads = len(text) - len(text.rstrip("="))
    return pads <= 2 and (pads == 0 or len(text) % 3 == 0) and "=" not in text[: len(text) - pads]


RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("csum", _R.CHECK_DIGIT, "a right check digit", has_check_digit),
        Rule("csumalpha", _R.CHECK_DIGIT, "a right check character pair", _has_check_pair),
        _pattern("gcppos1", _R.STRUCTURE, "a GS1 Company Prefix (at least 4 digits) at the start", "[0-9]{4}.*"),
        _pattern("gcppos2", _R.STRUCTURE, "a GS1 Company Prefix (at least 4 digits) from the second", ".[0-9]{4}.*"),
        _pattern("yymmd0", _R.DATE, "a date YYMMDD (day 00: the whole month)", YYMMD0),
        _pattern("yymmdd", _R.DATE, "a date YYMMDD", YYMMDD),
        _pattern("yyyymmdd", _R.DATE, "a date YYYYMMDD", YYYYMMDD),
        _pattern("hhmi", _R.DATE, "a time HHMM", HHMI),
        _pattern("hh", _R.DATE, "an hour 00 to 23", HH),
        _pattern("mi", _R.DATE, "minutes 00 to 59", MI),
        _pattern("ss", _R.DATE, "seconds 00 to 59", MI),
        _pattern("nonzero", _R.CODE, "a number above zero", "[0-9]*[1-9][0-9]*", inline=False),
        _pattern("zero", _R.CODE, "0", "0"),
        _pattern("winding", _R.CODE, "0, 1 or 9", "[019]"),
        _pattern("yesno", _R.CODE, "0 or 1", "[01]"),
        _pattern("hyphen", _R.CODE, "a hyphen", "-+", inline=False),
        _pattern("iso5218", _R.CODE, "an ISO/IEC 5218 code: 0, 1, 2 or 9", "[0129]"),
        _pattern("importeridx", _R.CODE, "a letter, a digit, - or _", "[A-Za-z0-9_-]"),
        _pattern("nozeroprefix", _R.CODE, "no leading zero", "[1-9][0-9]*", inline=False),
        _pattern("hasnondigit", _R.CODE, "at least one character that is no digit", ".*[^0-9].*", inline=False),
        _pattern(
            "pcenc",
            _R.CHARACTER,
            "a percent sign before two hexadecimal digits",
            "(?:[^%]|%[0-9A-Fa-f]{2})*",
            inline=False,
        ),
        _pattern("latitude", _R.CODE, "0000000000 to 1800000000", "0[0-9]{9}|1[0-7][0-9]{8}|180{8}"),
        _pattern("longitude", _R.CODE, "0000000000 to 3600000000", "[0-2][0-9]{9}|3[0-5][0-9]{8}|360{8}"),
        Rule("pieceoftotal", _R.CODE, "piece and total of 01 to 99, the piece not above the total", _is_piece_of_total),
        Rule("posinseqslash", _R.CODE, "position/end without leading zeros", _is_position_in_sequence),
        _listed("iso3166", "an ISO 3166-1 country number"),
        Rule("iso3166999", _R.CODE, "an ISO 3166-1 country number or 999", _is_country_or_999),
        _listed("iso3166alpha2", "an ISO 3166-1 two-letter country code"),
        _listed("iso4217", "an ISO 4217 currency number"),
        _listed("packagetype", "a GS1 package type code"),
        _listed("mediatype", "an AIDC media type of 01 to 10 or 80 to 99"),
        Rule("iban", _R.CHECK_DIGIT, "an IBAN with right check digits", _is_iban),
        Rule("couponcode", _R.STRUCTURE, "a coupon of AI 8110", is_coupon_code),
        Rule("couponposoffer", _R.STRUCTURE, "a coupon of AI 8112", is_positive_offer),
    )
}
"""Rule name -> rule."""
