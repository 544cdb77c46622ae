"""Electronic Product Codes: tag memory, tag URIs and pure identity URIs (GS1 EPC Tag Data Standard 2.3)."""

from scanstation.identity.epc.bits import parse_hex
from scanstation.identity.epc.pc import decode_tag_or_pc
from scanstation.identity.epc.pure import format_pure_identity, parse_pure_identity
from scanstation.identity.epc.tag import (
    Tag,
    decode_keyless,
    decode_tag,
    encode_elements,
    encode_tag_uri,
    format_sgtin96,
)

__all__ = [
    "Tag",
    "decode_keyless",
    "decode_tag",
    "decode_tag_or_pc",
    "encode_elements",
    "encode_tag_uri",
    "format_pure_identity",
    "format_sgtin96",
    "parse_hex",
    "parse_pure_identity",
]
