"""The EPC memory of a tag: from its bytes to what it names, and back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from scanstation.identity.digital_link import format_digital_link
from scanstation.identity.epc.classic import Epc, decode_classic, encode_classic, schemes_by_header
from scanstation.identity.epc.keys import TO_ELEMENTS
from scanstation.identity.epc.plus import PlusEpc, plus_schemes, read_plus
from scanstation.identity.epc.uris import parse_tag_uri, pure_identity_uri, tag_uri
from scanstation.identity.errors import IdentityError, IdentityReason

_RESERVED = {0x00: "an unprogrammed tag", 0xE2: "TID memory, which names a chip"}


@dataclass(frozen=True, slots=True)
class Tag:
    """What one tag says.  ``uri`` is the pure identity URI, ``tag_uri`` also holds scheme and filter.

    TDS 2.x schemes have no EPC URIs; their ``uri`` is a GS1 Digital Link and ``tag_uri`` is None.
    """

    scheme: str
    filter: int | None
    elements: Mapping[str, str]
    uri: str
    tag_uri: str | None
    notes: tuple[str, ...] = ()


def decode_tag(memory: bytes) -> Tag:
    """Decode the EPC memory after the PC word.

    Raises IdentityError: an unknown header (UNSUPPORTED), or bits against the scheme; positions count bits.
    """
    if len(memory) < 2:
        raise IdentityError(IdentityReason.LENGTH, "EPC memory", 0, "at least 2 bytes", str(len(memory)))
    header = memory[0]
    value, length = int.from_bytes(memory, "big"), 8 * len(memory)
    scheme = schemes_by_header().get(header)
    plus = plus_schemes().get(header)
    if plus is not None:
        return _plus_tag(read_plus(plus, value, length))
    if scheme is None:
        named = _RESERVED.get(header, f"header {header:02X}")
        raise IdentityError(IdentityReason.UNSUPPORTED, "EPC header", 0, "a header of TDS table 14-1", named)
    return _classic_tag(decode_classic(scheme, value, length))


def _classic_tag(epc: Epc) -> Tag:
    convert = TO_ELEMENTS.get(epc.uri_kind)
    elements = convert(epc.components) if convert else {}
    return Tag(epc.scheme, epc.filter, MappingProxyType(elements), pure_identity_uri(epc), tag_uri(epc))


def decode_tag_or_pc(memory: bytes) -> Tag:
    """Decode EPC memory that some readers deliver with its PC word in front: told by the length that the PC states."""
    if len(memory) >= 4 and 2 * (memory[0] >> 3) == len(memory) - 2:
        try:
            tag = decode_tag(memory[2:])
        except IdentityError:
            return decode_tag(memory)
        return replace(tag, notes=(*tag.notes, f"the PC word {memory[:2].hex().upper()} in front was dropped"))
    return decode_tag(memory)


def _plus_tag(epc: PlusEpc) -> Tag:
    notes = ("further data behind the EPC are not read",) if epc.more else ()
    return Tag(epc.scheme, epc.filter, epc.elements, format_digital_link(epc.elements), None, notes)


def encode_tag_uri(uri: str) -> bytes:
    """Return the EPC memory of a tag URI, padded with zeros to whole words.  Raises IdentityError."""
    return encode_classic(parse_tag_uri(uri))


def format_sgtin96(gtin: str, serial: str | int, company_digits: int, *, filter: int = 1) -> bytes:
    """Return the SGTIN-96 memory of a 14-digit GTIN and a serial number.

    ``company_digits`` is the length of the GS1 Company Prefix (6 to 12), which the GTIN alone does not tell.
    ``serial`` is a number below 2**38 without leading zeros.  Raises IdentityError where it does not fit.
    """
    prefix, reference = gtin[1 : 1 + company_digits], gtin[0] + gtin[1 + company_digits : 13]
    return encode_classic(Epc("sgtin-96", "sgtin", filter, (prefix, reference, str(serial))))
