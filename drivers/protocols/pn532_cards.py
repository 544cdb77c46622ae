"""Cards as the PN532 lists them (NXP UM0701, sections 7.3.5 and 7.3.13): what stands there tells the kind of card.

Each begins with its number.  Type A: SENS_RES(2), SEL_RES, length, UID, and an ATS where SEL_RES tells of one.  Type B:
ATQB(12), which begins with 50 and holds the PUPI, length, ATTRIB_RES.  FeliCa: length (18 or 20), 01, NFCID2(8),
PAD(8), perhaps the system code(2).  Jewel: SENS_RES 0C00, JEWELID(4).
"""

from typing import Any

_ISO_14443_4 = 0x20  # bit of SEL_RES
_ATQB, _ATQB_SIZE = 0x50, 12
_POL_RES, _POL_RES_SIZES = 0x01, (18, 20)
_JEWEL = (b"\x0c\x00", b"\x00\x0c")

Card = tuple[dict[str, Any], int]
"""The fields of a card, and where it ends."""


def listed(data: bytes, count: int) -> list[dict[str, Any]]:
    """The cards of an answer to InListPassiveTarget; none when the bytes do not suffice for all."""
    cards: list[dict[str, Any]] = []
    at = 0
    for _ in range(count):
        found = _card(data, at)
        if found is None:
            return []
        fields, at = found
        cards.append(fields)
    return cards


def polled(data: bytes) -> list[dict[str, Any]]:
    """The cards of an answer to InAutoPoll: their number, and for each kind, length and the card as it is listed."""
    cards: list[dict[str, Any]] = []
    at = 1
    for _ in range(data[0]):
        if at + 2 > len(data):
            return []
        kind, size = data[at], data[at + 1]
        cards += [card | {"kind": kind} for card in listed(data[at + 2 : at + 2 + size], 1)]
        at += 2 + size
    return cards


def _card(data: bytes, at: int) -> Card | None:
    head = data[at + 1 : at + 3]
    if head[:1] == bytes([_ATQB]):
        return _type_b(data, at)
    if head[1:] == bytes([_POL_RES]) and head[0] in _POL_RES_SIZES:
        return _felica(data, at)
    if head in _JEWEL:
        uid = data[at + 3 : at + 7]
        return ({"uid": uid.hex(), "atqa": head.hex()}, at + 7) if len(uid) == 4 else None
    return _type_a(data, at)


def _type_a(data: bytes, at: int) -> Card | None:
    end = at + 5 + (data[at + 4] if at + 4 < len(data) else 0)
    if end > len(data) or end == at + 5:
        return None
    card: dict[str, Any] = {"uid": data[at + 5 : end].hex(), "sak": data[at + 3], "atqa": data[at + 1 : at + 3].hex()}
    if data[at + 3] & _ISO_14443_4 and end < len(data):
        size = max(1, data[end])
        card["ats"] = data[end : end + size].hex()
        end += size
    return card, end


def _type_b(data: bytes, at: int) -> Card | None:
    after = at + 1 + _ATQB_SIZE
    if after >= len(data) or after + 1 + data[after] > len(data):
        return None
    atqb = data[at + 1 : after]
    return {"uid": atqb[1:5].hex(), "atqb": atqb.hex()}, after + 1 + data[after]


def _felica(data: bytes, at: int) -> Card | None:
    end = at + 1 + data[at + 1]
    if end > len(data):
        return None
    more = {"system_code": data[end - 2 : end].hex()} if data[at + 1] == _POL_RES_SIZES[1] else {}
    return {"uid": data[at + 3 : at + 11].hex(), "pad": data[at + 11 : at + 19].hex()} | more, end
