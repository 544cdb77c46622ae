"""The EPC memory of a tag: from its bytes to what it names, and back."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from scanstation.identity.digital_link import STEM, format_digital_link
from scanstation.identity.epc.classic import (
    Epc,
    decode_classic,
    decoded_components,
    encode_classic,
    schemes_by_header,
    schemes_by_name,
)
from scanstation.identity.epc.keys import TO_ELEMENTS
from scanstation.identity.epc.plus import PlusEpc, plus_schemes, read_plus, write_plus
from scanstation.identity.epc.pure import PURE, key_components
from scanstation.identity.epc.quick import read_quick
from scanstation.identity.epc.uris import parse_tag_uri, split_components, uri_body
from scanstation.identity.errors import IdentityError, IdentityReason

_RESERVED = {0x00: "an unprogrammed tag", 0xE2: "TID memory, which names a chip"}
UNREAD = "data behind the EPC were left unread"
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Tag(NamedTuple):
    """What one tag says.  ``kind`` and ``body`` make its EPC URIs; a TDS 2.x scheme has none and its kind is empty.

    ``elements`` are AI -> value; a scheme without GS1 key (gid, usdod, adi) has none.
    """

    scheme: str
    filter: int | None
    elements: Mapping[str, str]
    kind: str
    body: str
    notes: tuple[str, ...] = ()
    hostname: str | None = None

    @property
    def uri(self) -> str:
        """The pure identity URI; for a TDS 2.x scheme the GS1 Digital Link."""
        if self.kind:
            return f"urn:epc:id:{self.kind}:{self.body}"
        return format_digital_link(self.elements, f"https://{self.hostname}" if self.hostname else STEM)

    @property
    def tag_uri(self) -> str | None:
        """The tag URI, with scheme and filter; None for a TDS 2.x scheme."""
        if not self.kind:
            return None
        filtered = self.body if self.filter is None else f"{self.filter}.{self.body}"
        return f"urn:epc:tag:{self.scheme}:{filtered}"


class Reading(NamedTuple):
    """A tag as it was read from the front of a memory.

    ``size`` is how many bits belong to it, ``used`` how many of these can be other than zero.
    """

    tag: Tag
    size: int
    used: int


def decode_tag(memory: bytes) -> Tag:
    """Decode the EPC memory after the PC word.

    Raises IdentityError: an unknown header (UNSUPPORTED), or bits against the scheme, also behind its EPC; positions
    count bits.
    """
    return read_whole(memory).tag


def read_whole(memory: bytes) -> Reading:
    """Read the EPC that ``memory`` holds, with nothing but zeros behind it.  Raises IdentityError."""
    reading = read_front(memory)
    _check_zeros(reading.tag.scheme, memory, reading.size, 8 * len(memory))
    return reading


def read_front(memory: bytes) -> Reading:
    """Read the EPC at the front of ``memory``, whatever follows its last word.  Raises IdentityError."""
    if len(memory) < 2:
        raise IdentityError(IdentityReason.LENGTH, "EPC memory", 0, "at least 2 bytes", str(len(memory)))
    quick = read_quick(memory)
    if quick is not None:
        found, filter_value, body = quick
        tag = Tag(found.name, filter_value, found.convert(body.split(".")), found.uri, body)
        return Reading(tag, 96, 96 if found.has_serial else 96 - found.tail_bits)
    reading = _read_by_rules(memory)
    _check_zeros(reading.tag.scheme, memory, reading.size, -(-reading.size // 16) * 16)
    return reading


def _read_by_rules(memory: bytes) -> Reading:
    header = memory[0]
    value, length = int.from_bytes(memory, "big"), 8 * len(memory)
    plus = plus_schemes().get(header)
    if plus is not None:
        read = read_plus(plus, value, length)
        notes = (UNREAD,) if read.more else ()
        return Reading(Tag(read.scheme, read.filter, read.elements, "", "", notes, read.hostname), read.size, read.size)
    scheme = schemes_by_header().get(header)
    if scheme is None:
        named = _RESERVED.get(header, f"header {header:02X}")
        raise IdentityError(IdentityReason.UNSUPPORTED, "EPC header", 0, "a header of TDS table 14-1", named)
    epc = decode_classic(scheme, value, length)
    return Reading(_tag_of(epc), epc.size, epc.used)


def _tag_of(epc: Epc) -> Tag:
    convert = TO_ELEMENTS.get(epc.uri_kind)
    elements = convert(epc.components) if convert else _NOTHING
    return Tag(epc.scheme, epc.filter, elements, epc.uri_kind, uri_body(epc))


def _check_zeros(scheme: str, memory: bytes, start: int, end: int) -> None:
    """Raise IdentityError where a bit from ``start`` to ``end`` is not zero."""
    length = 8 * len(memory)
    if (int.from_bytes(memory, "big") & ((1 << (length - start)) - 1)) >> max(0, length - end):
        raise IdentityError(IdentityReason.STRUCTURE, scheme, start, "only zero bits behind the EPC", "other bits")


def decode_keyless(uri: str) -> Tag:
    """Decode a pure identity URI of a scheme without GS1 key: ``urn:epc:id:gid:``, ``usdod:`` or ``adi:``.

    The tag has no filter, which such a URI does not tell.  Raises IdentityError for another kind, or where it cannot be
    that of a tag.
    """
    kind, _, body = uri.removeprefix(PURE).partition(":")
    scheme = next((s for s in schemes_by_name().values() if s.uri == kind and kind not in TO_ELEMENTS), None)
    if scheme is None or not uri.startswith(PURE):
        raise IdentityError(IdentityReason.UNSUPPORTED, "EPC URI", len(PURE), "gid, usdod or adi", repr(kind[:20]))
    parts = split_components(body, len(decoded_components(scheme)), len(PURE) + len(kind) + 1, "EPC URI")
    epc = Epc(scheme.name, kind, None, tuple(parts))
    encode_classic(epc)
    return _tag_of(epc)


def encode_tag_uri(uri: str) -> bytes:
    """Return the EPC memory of a tag URI, padded with zeros to whole words.  Raises IdentityError."""
    return encode_classic(parse_tag_uri(uri))


def encode_elements(
    scheme: str,
    elements: Mapping[str, str],
    company_digits: int = 0,
    *,
    filter: int = 0,
    hostname: str | None = None,
) -> bytes:
    """Return the memory of a classic scheme such as ``sgtin-198``, or of a ``+`` scheme, for GS1 elements.

    ``company_digits`` is the length of the GS1 Company Prefix (6 to 12; a ``+`` scheme does not need it), ``hostname``
    that of a ``++`` scheme.  Raises IdentityError where the elements do not fit the scheme.
    """
    if scheme.endswith("+"):
        return write_plus(PlusEpc(scheme, filter, elements, hostname=hostname))
    found = schemes_by_name().get(scheme)
    if found is None:
        raise IdentityError(IdentityReason.UNSUPPORTED, "EPC scheme", 0, "a scheme of the table", repr(scheme))
    return encode_classic(Epc(scheme, found.uri, filter, key_components(found.uri, elements, company_digits)))


def format_sgtin96(gtin: str, serial: str | int, company_digits: int, *, filter: int = 1) -> bytes:
    """Return the SGTIN-96 memory of a 14-digit GTIN and a serial number.

    ``company_digits`` is the length of the GS1 Company Prefix (6 to 12), which the GTIN alone does not tell.
    ``serial`` is a number below 2**38 without leading zeros.  Raises IdentityError where it does not fit.
    """
    return encode_elements("sgtin-96", {"01": gtin, "21": str(serial)}, company_digits, filter=filter)
