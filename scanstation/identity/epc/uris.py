"""EPC URIs (TDS 6 and 12): ``urn:epc:id:...``, the pure identity, and ``urn:epc:tag:...``, what a tag holds."""

import re
from urllib.parse import unquote

from scanstation.identity.epc.classic import Epc, decoded_components, schemes_by_name
from scanstation.identity.errors import IdentityError, IdentityReason

_ESCAPES = {character: f"%{ord(character):02X}" for character in '"%&/<>?#'}
_ESCAPED = re.compile('["%&/<>?#]')
_TAG = "urn:epc:tag:"
_WRITTEN = re.compile(r"(?:[A-Za-z0-9!'()*+,\-.:;=_]|%[0-9A-Fa-f]{2})*")


def escape(text: str) -> str:
    """Percent-escape what a URI component must not hold as it is (TDS table A-1)."""
    return _ESCAPED.sub(lambda match: _ESCAPES[match[0]], text)


def uri_body(epc: Epc) -> str:
    """Return the escaped components, joined with dots."""
    return ".".join(map(escape, epc.components))


def parse_tag_uri(uri: str) -> Epc:
    """Return the `Epc` of a tag URI.  Whether its components fit the scheme is seen when it is encoded."""
    if not uri.startswith(_TAG):
        raise IdentityError(IdentityReason.STRUCTURE, "EPC tag URI", 0, _TAG, repr(uri[:40]))
    name, _, body = uri[len(_TAG) :].partition(":")
    scheme = schemes_by_name().get(name)
    start = len(_TAG)
    if scheme is None:
        raise IdentityError(IdentityReason.UNSUPPORTED, "EPC tag URI", start, "a known scheme", repr(name[:40]))
    start += len(name) + 1
    parts = split_components(body, len(decoded_components(scheme)) + bool(scheme.filter_bits), start, "EPC tag URI")
    filter_value = None
    if scheme.filter_bits:
        text = parts.pop(0)
        if not re.fullmatch("0|[1-9][0-9]?", text) or int(text) >= 1 << scheme.filter_bits:
            limit = (1 << scheme.filter_bits) - 1
            raise IdentityError(IdentityReason.STRUCTURE, "EPC tag URI", start, f"a filter of 0 to {limit}", repr(text))
        filter_value = int(text)
    return Epc(name, scheme.uri, filter_value, tuple(parts))


def split_components(body: str, count: int, start: int, what: str) -> list[str]:
    """Split the body of a URI at its dots into ``count`` unescaped components; the last may hold dots."""
    written = _WRITTEN.match(body)
    if written is not None and written.end() != len(body):
        raise IdentityError(IdentityReason.CHARACTER, what, start + written.end(), "a character of EPC URIs",
                            repr(body[written.end()]))  # fmt: skip
    parts = body.split(".", count - 1)
    if len(parts) != count:
        raise IdentityError(IdentityReason.STRUCTURE, what, start, f"{count} components", str(len(parts)))
    return [unquote(part) for part in parts]
