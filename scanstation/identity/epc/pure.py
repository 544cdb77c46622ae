"""Pure identity URIs (TDS 6.3): ``urn:epc:id:sgtin:0614141.812345.6789`` to GS1 elements and back."""

import re
from collections.abc import Mapping
from typing import Any

from scanstation.identity.epc.bits import SET_82
from scanstation.identity.epc.classic import epc_tables
from scanstation.identity.epc.keys import FROM_ELEMENTS, TO_ELEMENTS
from scanstation.identity.epc.uris import escape, split_components
from scanstation.identity.errors import IdentityError, IdentityReason

_R = IdentityReason
_WHAT = "EPC URI"
PURE = "urn:epc:id:"


def parse_pure_identity(uri: str) -> tuple[str, dict[str, str]]:
    """Return kind and elements of a pure identity URI whose kind has a GS1 key.  Raises IdentityError."""
    if not uri.startswith(PURE):
        raise IdentityError(_R.STRUCTURE, _WHAT, 0, PURE, repr(uri[:20]))
    kind, _, body = uri[len(PURE) :].partition(":")
    shape = epc_tables()["pure"].get(kind)
    if shape is None:
        raise IdentityError(_R.UNSUPPORTED, _WHAT, len(PURE), "a kind with a GS1 key", repr(kind[:20]))
    start = len(PURE) + len(kind) + 1
    count = 1 + bool(shape["digits"]) + len(shape["rest"])
    components = split_components(body, count, start, _WHAT)
    _check(kind, shape, components, start)
    return kind, TO_ELEMENTS[kind](components)


def format_pure_identity(kind: str, elements: Mapping[str, str], company_digits: int) -> str:
    """Return the pure identity URI of elements; ``company_digits`` is the length of the GS1 Company Prefix."""
    components = key_components(kind, elements, company_digits)
    _check(kind, epc_tables()["pure"][kind], list(components), 0)
    return f"{PURE}{kind}:{'.'.join(map(escape, components))}"


def key_components(kind: str, elements: Mapping[str, str], company_digits: int) -> tuple[str, ...]:
    """Return the URI components of elements.  Raises IdentityError for an unknown kind or a missing AI."""
    convert = FROM_ELEMENTS.get(kind)
    if convert is None:
        raise IdentityError(_R.UNSUPPORTED, _WHAT, 0, "a kind with a GS1 key", repr(kind[:20]))
    try:
        return convert(elements, company_digits)
    except KeyError as error:
        raise IdentityError(_R.STRUCTURE, f"{_WHAT} {kind}", 0, f"an AI ({error.args[0]})", "none") from None


def _check(kind: str, shape: Any, components: list[str], start: int) -> None:
    what = f"{_WHAT} {kind}"
    prefix = components[0]
    if not re.fullmatch("[0-9]{6,12}", prefix):
        raise IdentityError(_R.STRUCTURE, what, start, "a company prefix of 6 to 12 digits", repr(prefix[:20]))
    rest = components[1:]
    if shape["digits"]:
        size = shape["digits"] - len(prefix)
        reference = rest.pop(0)
        if not re.fullmatch(f"[0-9]{{{size}}}", reference):
            raise IdentityError(_R.STRUCTURE, what, start, f"a reference of {size} digits", repr(reference[:20]))
    for text, rule in zip(rest, shape["rest"], strict=True):
        name, _, longest = rule.partition(":")
        if not _fits(name, int(longest) - (len(prefix) - 6 if name in ("part",) else 0), text):
            raise IdentityError(_R.STRUCTURE, what, start, f"a {name} of 1 to {longest} characters", repr(text[:40]))


def _fits(name: str, longest: int, text: str) -> bool:
    if not 1 <= len(text) <= longest:
        return False
    match name:
        case "number":
            return text.isascii() and text.isdigit()
        case "two":
            return text.isascii() and text.isdigit() and len(text) == 2
        case "part":
            return re.fullmatch("[#/0-9A-Z-]+", text) is not None
        case _:
            return SET_82.issuperset(text)
