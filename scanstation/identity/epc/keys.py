"""Between the components of a pure identity URI and GS1 element strings (TDS 7), both ways.

Check digits stand only in element strings; the extension, indicator or leading zero stands in another place in each.
The way back needs the length of the GS1 Company Prefix, which no element string tells.  A kind without GS1 key (gid,
usdod, adi) has no elements.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from scanstation.identity.checkdigits import check_digit

Elements = dict[str, str]


def _digits(text: str) -> str:
    return text + check_digit(text)


def _sgtin(c: Sequence[str]) -> Elements:
    prefix, reference, serial = c
    body = reference[0] + prefix + reference[1:]
    return {"01": body + check_digit(body), "21": serial}


def _sscc(c: Sequence[str]) -> Elements:
    return {"00": _digits(c[1][0] + c[0] + c[1][1:])}


def _sgln(c: Sequence[str]) -> Elements:
    gln = {"414": _digits(c[0] + c[1])}
    return gln if c[2] == "0" else {**gln, "254": c[2]}


def _grai(c: Sequence[str]) -> Elements:
    return {"8003": "0" + _digits(c[0] + c[1]) + c[2]}


def _giai(c: Sequence[str]) -> Elements:
    return {"8004": c[0] + c[1]}


def _gsrn(c: Sequence[str]) -> Elements:
    return {"8018": _digits(c[0] + c[1])}


def _gsrnp(c: Sequence[str]) -> Elements:
    return {"8017": _digits(c[0] + c[1])}


def _gdti(c: Sequence[str]) -> Elements:
    return {"253": _digits(c[0] + c[1]) + c[2]}


def _sgcn(c: Sequence[str]) -> Elements:
    return {"255": _digits(c[0] + c[1]) + c[2]}


def _cpi(c: Sequence[str]) -> Elements:
    return {"8010": c[0] + c[1], "8011": c[2]}


def _itip(c: Sequence[str]) -> Elements:
    return {"8006": _digits(c[1][0] + c[0] + c[1][1:]) + c[2] + c[3], "21": c[4]}


def _upui(c: Sequence[str]) -> Elements:
    return {"01": _digits(c[1][0] + c[0] + c[1][1:]), "235": c[2]}


def _pgln(c: Sequence[str]) -> Elements:
    return {"417": _digits(c[0] + c[1])}


def _ginc(c: Sequence[str]) -> Elements:
    return {"401": c[0] + c[1]}


def _gsin(c: Sequence[str]) -> Elements:
    return {"402": _digits(c[0] + c[1])}


TO_ELEMENTS: Mapping[str, Callable[[Sequence[str]], Elements]] = MappingProxyType({
    "sgtin": _sgtin, "sscc": _sscc, "sgln": _sgln, "grai": _grai, "giai": _giai, "gsrn": _gsrn, "gsrnp": _gsrnp,
    "gdti": _gdti, "sgcn": _sgcn, "cpi": _cpi, "itip": _itip, "upui": _upui, "pgln": _pgln, "ginc": _ginc,
    "gsin": _gsin,
})  # fmt: skip
"""URI kind -> components to elements."""


def _behind_first(key: str, company_digits: int, end: int) -> tuple[str, str]:
    """Split a key whose first digit (indicator, extension) moves before the reference."""
    return key[1 : 1 + company_digits], key[0] + key[1 + company_digits : end]


def _split(key: str, company_digits: int, end: int | None = None) -> tuple[str, str]:
    return key[:company_digits], key[company_digits:end]


FROM_ELEMENTS: Mapping[str, Callable[[Mapping[str, str], int], tuple[str, ...]]] = MappingProxyType({
    "sgtin": lambda e, n: (*_behind_first(e["01"], n, 13), e["21"]),
    "sscc": lambda e, n: _behind_first(e["00"], n, 17),
    "sgln": lambda e, n: (*_split(e["414"], n, 12), e.get("254", "0")),
    "grai": lambda e, n: (*_split(e["8003"][1:], n, 12), e["8003"][14:]),
    "giai": lambda e, n: _split(e["8004"], n),
    "gsrn": lambda e, n: _split(e["8018"], n, 17),
    "gsrnp": lambda e, n: _split(e["8017"], n, 17),
    "gdti": lambda e, n: (*_split(e["253"], n, 12), e["253"][13:]),
    "sgcn": lambda e, n: (*_split(e["255"], n, 12), e["255"][13:]),
    "cpi": lambda e, n: (*_split(e["8010"], n), e["8011"]),
    "itip": lambda e, n: (*_behind_first(e["8006"], n, 13), e["8006"][14:16], e["8006"][16:], e["21"]),
    "upui": lambda e, n: (*_behind_first(e["01"], n, 13), e["235"]),
    "pgln": lambda e, n: _split(e["417"], n, 12),
    "ginc": lambda e, n: _split(e["401"], n),
    "gsin": lambda e, n: _split(e["402"], n, 16),
})  # fmt: skip
"""URI kind -> elements and length of the company prefix to components; KeyError where an AI is missing."""
