"""GS1 Digital Link URIs, uncompressed (GS1 Digital Link Standard: URI Syntax 1.6).

``https://example.com/any/stem/01/09506000134352/10/ABC?17=271231#more``: on any domain, behind any stem, a primary key
and its qualifiers in the path, further AIs as attributes in the query.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from urllib.parse import quote, unquote

from scanstation.identity.aitable import ApplicationIdentifier, ai_table
from scanstation.identity.errors import IdentityError, IdentityReason

_R = IdentityReason
_WHAT = "Digital Link"
_SCHEME = re.compile("(?:http|HTTP)[sS]?://")
_NO_URI = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]")
_NO_DOMAIN = re.compile(r"[^A-Za-z0-9\-.:\[\]]")
_COMPANY = re.compile("[0-9]{4}")
_ALPHAS = {
    "gtin": "01", "itip": "8006", "gmn": "8013", "cpid": "8010", "gln": "414", "payTo": "415", "partyGln": "417",
    "gsrnp": "8017", "gsrn": "8018", "gcn": "255", "sscc": "00", "gdti": "253", "ginc": "401", "gsin": "402",
    "grai": "8003", "giai": "8004", "cpv": "22", "lot": "10", "ser": "21", "cpsn": "8011", "glnx": "254",
    "refno": "8020", "srin": "8019", "exp": "17",
}  # fmt: skip
"""Convenience alphas of the standard before release 1.2, still on printed goods."""

STEM = "https://id.gs1.org"
"""Where a Digital Link points that knows no better domain."""


def looks_like_digital_link(text: str) -> bool:
    """Whether ``text`` is a web address with a primary key (or its alpha) and digits in its path: it must be right."""
    match = _SCHEME.match(text)
    if match is None:
        return False
    path = re.split("[?#]", text[match.end() :], maxsplit=1)[0]
    segments = path.split("/")[1:]
    return any(
        _COMPANY.match(unquote(value[:12])) is not None and _is_primary_key(name) for name, value in pairwise(segments)
    )


def parse_digital_link(uri: str, *, alphas: bool = False) -> dict[str, str]:
    """Return AI -> value of a Digital Link, path first.

    ``alphas`` also reads the retired convenience names (``/gtin/.../lot/...?exp=...``).  A scheme is in lower or upper
    case.  Raises IdentityError; positions count characters of the URI.
    """
    match = _SCHEME.match(uri)
    if match is None:
        raise IdentityError(_R.STRUCTURE, _WHAT, 0, "http:// or https://", repr(uri[:12]))
    wrong = _NO_URI.search(uri)
    if wrong is not None:
        raise IdentityError(_R.CHARACTER, _WHAT, wrong.start(), "a character of URIs", repr(wrong[0]))
    start = match.end()
    uri = uri.split("#", 1)[0]
    address, _, query = uri.partition("?")
    slash = address.find("/", start)
    wrong = _NO_DOMAIN.search(address, start, slash if slash >= 0 else len(address))
    if slash == start or slash < 0 or wrong is not None:
        place = wrong.start() if wrong is not None else start
        raise IdentityError(_R.STRUCTURE, _WHAT, place, "a domain and a path", repr(address[start : start + 40]))
    elements, key = _read_path(address, slash, alphas)
    order = [ai for ai in elements if ai != key]
    if not _in_order(order, key):
        raise IdentityError(
            _R.STRUCTURE, f"AI ({key})", slash, f"its qualifiers in the order {_orders(key)}", "/".join(order)
        )
    for name, value, position in _attributes(query, len(address) + 1, alphas):
        _add_attribute(name, value, position, key, order, elements)
    return elements


def _read_path(address: str, slash: int, alphas: bool) -> tuple[dict[str, str], str]:
    """Return path elements and primary key: from the right, pairs of AI and value up to a primary key."""
    pairs: list[tuple[str, str, int]] = []
    stop = len(address)
    while stop > slash:
        value_at = address.rfind("/", slash, stop) + 1
        name_at = address.rfind("/", slash, max(value_at - 1, slash)) + 1
        if name_at <= slash or value_at <= name_at:
            break
        entry = _named(address[name_at : value_at - 1], alphas)
        if entry is None:
            break
        pairs.append((entry.ai, address[value_at:stop], value_at))
        if entry.qualifiers is not None:
            return _path_values(pairs[::-1]), entry.ai
        stop = name_at - 1
    raise IdentityError(_R.STRUCTURE, _WHAT, slash, "a primary key such as /01/ and its value in the path",
                        repr(address[slash : slash + 40]))  # fmt: skip


def _path_values(pairs: list[tuple[str, str, int]]) -> dict[str, str]:
    elements: dict[str, str] = {}
    for ai, raw, position in pairs:
        if not raw:
            raise IdentityError(_R.EMPTY, f"AI ({ai})", position, "a value", "nothing")
        value = _unescaped(raw, ai_table()[ai])
        if ai == "01" and len(value) in (8, 12, 13):
            raise IdentityError(_R.LENGTH, "AI (01)", position, "14 digits", f"{len(value)}: are zeros stripped?")
        ai_table()[ai].check(value, position)
        if ai in elements:
            raise _duplicate(ai, position)
        elements[ai] = value
    return elements


def _attributes(query: str, start: int, alphas: bool) -> Iterator[tuple[str, str, int]]:
    """Yield AI, raw value and its position; parameters whose names are no numbers belong to the web server."""
    for parameter in query.split("&"):
        name, equals, raw = parameter.partition("=")
        ai = _ALPHAS.get(name, name) if alphas else name
        if equals and ai.isascii() and ai.isdigit():
            yield ai, raw, start + len(name) + 1
        start += len(parameter) + 1


def _add_attribute(name: str, raw: str, place: int, key: str, order: list[str], elements: dict[str, str]) -> None:
    entry = ai_table().get(name)
    if entry is None:
        raise IdentityError(_R.UNKNOWN_AI, _WHAT, place, "a known AI before it", repr(name[:8]))
    if not raw:
        raise IdentityError(_R.EMPTY, f"AI ({name})", place, "a value", "nothing")
    value = _unescaped(raw.replace("+", " "), entry)
    entry.check(value, place)
    if name in elements:
        raise _duplicate(name, place)
    if not entry.attribute:
        raise IdentityError(_R.STRUCTURE, f"AI ({name})", place, "an AI that may be an attribute", "a query")
    if any(_in_order([*order[:i], name, *order[i:]], key) for i in range(len(order) + 1)):
        raise IdentityError(_R.STRUCTURE, f"AI ({name})", place, f"it in the path behind ({key})", "a query")
    elements[name] = value


def _unescaped(raw: str, entry: ApplicationIdentifier) -> str:
    """Undo percent escapes, of a megabyte only as much as shows that it is too long."""
    return unquote(raw[: 3 * entry.longest + 3])


def _named(name: str, alphas: bool) -> ApplicationIdentifier | None:
    return ai_table().get(_ALPHAS.get(name, name) if alphas else name)


def _is_primary_key(name: str) -> bool:
    entry = _named(name, alphas=True)
    return entry is not None and entry.qualifiers is not None


def _orders(key: str) -> str:
    return " or ".join("/".join(order) or "none" for order in ai_table()[key].qualifiers or ())


def _in_order(qualifiers: list[str], key: str) -> bool:
    """Whether ``qualifiers`` keep one of the orders that the key allows; each may be left out."""
    for order in ai_table()[key].qualifiers or ():
        places = [order.index(ai) if ai in order else -1 for ai in qualifiers]
        if -1 not in places and all(a < b for a, b in pairwise(places)):
            return True
    return False


def _duplicate(ai: str, position: int) -> IdentityError:
    return IdentityError(_R.REPEATED, f"AI ({ai})", position, "it once in the URI", "it again")


def format_digital_link(elements: Mapping[str, str], stem: str = STEM) -> str:
    """Return the Digital Link of AI -> value: the first primary key, its qualifiers in order, the rest as attributes.

    Raises IdentityError where no AI is a primary key or one can stand neither in path nor query.
    """
    table = ai_table()
    for ai, value in elements.items():
        entry = table.get(ai)
        if entry is None:
            raise IdentityError(_R.UNKNOWN_AI, _WHAT, 0, "a known AI", repr(ai[:8]))
        entry.check(value, 0)
    key = next((ai for ai in elements if table[ai].qualifiers is not None), None)
    if key is None:
        raise IdentityError(_R.STRUCTURE, _WHAT, 0, "a primary key", "".join(f"({ai})" for ai in elements))
    orders = table[key].qualifiers or ()
    order = max(orders, key=lambda candidate: sum(ai in elements for ai in candidate))
    path = [key, *(ai for ai in order if ai in elements)]
    rest = [ai for ai in elements if ai not in path]
    for ai in rest:
        if not table[ai].attribute:
            raise IdentityError(_R.STRUCTURE, f"AI ({ai})", 0, "an AI that may be an attribute", repr(elements[ai]))
    where = "".join(f"/{ai}/{quote(elements[ai], safe='')}" for ai in path)
    query = "&".join(f"{ai}={quote(elements[ai], safe='')}" for ai in rest)
    return f"{stem}{where}?{query}" if query else stem + where
