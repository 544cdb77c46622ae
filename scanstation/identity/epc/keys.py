"""Between the components of a pure identity URI and GS1 element strings (TDS 7).

Check digits stand only in element strings; the extension, indicator or leading zero stands in another place in each.
A kind without GS1 key (gid, usdod, adi) has no elements.
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
