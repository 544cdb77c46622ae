"""`interpret`: one payload of a known kind, to a flat dictionary; the form of the identifier vectors."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from scanstation.identity.aim import split_aim
from scanstation.identity.associations import check_associations
from scanstation.identity.digital_link import looks_like_digital_link, parse_digital_link
from scanstation.identity.elements import parse_bracketed, parse_elements
from scanstation.identity.epc import decode_tag, encode_tag_uri, parse_hex
from scanstation.identity.epc.quick import read_quick
from scanstation.identity.errors import IdentityError, IdentityReason
from scanstation.identity.gtin import expand_upc_e, parse_gtin
from scanstation.identity.hibc import parse_hibc
from scanstation.identity.iso15434 import parse_envelope
from scanstation.identity.rcn import parse_rcn
from scanstation.identity.scandata import is_gs1, parse_scan_data

Answer = dict[str, Any]


def interpret(payload: str, kind: str) -> Answer:
    """Return what ``payload`` means, read as ``kind`` and nothing else.

    Kinds of element strings answer AI -> value; ``gs1_association`` and the other association kinds also check the AIs
    against each other.  See `KINDS` for the names.  Raises IdentityError for a payload that must be rejected and
    NotImplementedError for a kind that is not read here.
    """
    read = KINDS.get(kind)
    if read is None:
        raise NotImplementedError(f"kind {kind!r} is not read here: known are {', '.join(sorted(KINDS))}")
    return read(payload)


def _associated(read: Callable[[str], Answer]) -> Callable[[str], Answer]:
    def checked(payload: str) -> Answer:
        answer = read(payload)
        check_associations({key: value for key, value in answer.items() if key.isdigit()})
        return answer

    return checked


def _scan_data(payload: str) -> Answer:
    symbology, data = split_aim(payload)
    if is_gs1(symbology, data):
        return parse_scan_data(symbology, data, 3)
    return {"text": data, **(parse_digital_link(data) if looks_like_digital_link(data) else {})}


def _rcn(payload: str) -> Answer:
    region, bar, digits = payload.partition("|")
    if not bar:
        raise IdentityError(IdentityReason.STRUCTURE, "restricted number", 0, "REGION|digits", repr(payload[:20]))
    number = parse_rcn(digits, region)
    return {"rcn": "true", **({number.measure: number.amount} if number.measure else {})}


def _epc_hex(payload: str) -> Answer:
    memory = parse_hex(payload)
    quick = read_quick(memory)
    if quick is None:
        tag = decode_tag(memory)
        return {"uri": tag.uri, **tag.elements}
    scheme, _, body = quick
    answer: Answer = {**scheme.convert(body.split("."))}
    answer["uri"] = f"urn:epc:id:{scheme.uri}:{body}"
    return answer


def _epc_tag(payload: str) -> Answer:
    tag = decode_tag(parse_hex(payload))
    answer: Answer = {"scheme": tag.scheme}
    if tag.tag_uri is not None:
        answer["tag_uri"] = tag.tag_uri
    if tag.filter is not None:
        answer["filter"] = str(tag.filter)
    return answer


KINDS: Mapping[str, Callable[[str], Answer]] = MappingProxyType({
    "gs1_element_string": parse_elements,
    "gs1_association": _associated(parse_elements),
    "gs1_hri": parse_bracketed,
    "gs1_association_hri": _associated(parse_bracketed),
    "aim_scan_data": _scan_data,
    "aim_scan_association": _associated(_scan_data),
    "digital_link": parse_digital_link,
    "digital_link_association": _associated(parse_digital_link),
    "gtin": lambda payload: {"01": parse_gtin(payload)},
    "upc_e": lambda payload: {"01": expand_upc_e(payload)},
    "rcn": _rcn,
    "iso15434": lambda payload: dict(parse_envelope(payload).elements),
    "hibc": lambda payload: dict(parse_hibc(payload)),
    "epc_hex": _epc_hex,
    "epc_tag": _epc_tag,
    "epc_tag_uri": lambda payload: {"hex": encode_tag_uri(payload).hex().upper()},
})  # fmt: skip
"""Kind -> its reader."""
