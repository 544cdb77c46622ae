"""What the answers of ThingMagic modules hold: tags with their metadata, counts, numbers (MercuryAPI, serial readers).

An answer to a search (opcodes 21 and 22) begins with the options of the search, behind 88 where these have a second
byte (several selects).  Option 10 announces metadata: their flags say which fields stand before an EPC.
"""

from typing import Any

from drivers.protocols.gen2 import tag_memory

READ_SINGLE, READ_MULTIPLE, READ_DATA, GET_BUFFER = 0x21, 0x22, 0x28, 0x29

_NUMBERS = frozenset({0x0C, 0x62, 0x63, 0x67, 0x68, 0x72})
"""Questions about one number: program, power for reading and writing (1/100 dBm), region, power mode, temperature."""
_METADATA = (
    ("seen_count", 1), ("rssi_dbm", 1), ("antenna", 1), ("frequency", 3), ("timestamp_ms", 4), ("phase", 2),
    ("protocol", 1), ("data", None), ("gpio", 1), ("gen2_q", 1), ("gen2_link", 1), ("gen2_target", 1), ("brand", 2),
)  # fmt: skip
"""What each metadata flag puts before the EPC, lowest bit first: name and bytes; data has its length in bits."""

_EXTENDED, _WITH_METADATA = 0x88, 0x10
_STREAMED = 0x08  # search flag: the module reports by itself
_STREAM_HEAD, _TAG = 6, 1  # option, search flags(2), metadata flags(2), kind of answer
_COUNT_SIZES, _WITH_FLAGS, _WITH_OPERATION = (1, 4), 7, 13
_DATA_FAILED = 0x8000  # in place of the length: an error code of two bytes follows
_SURELY_BARE = 14  # bytes of an EPC of 96 bits and its CRC


def tags(packet: bytes) -> list[dict[str, Any]] | None:
    """The tags of an answer, [] where it holds none; None when it should hold some and its bytes do not fit."""
    opcode, data = packet[2], packet[5:-2]
    if packet[3:5] != b"\0\0" or not data:
        return []
    if opcode == READ_SINGLE:
        return _single(data)
    if opcode == READ_MULTIPLE:
        return _reported(data.removeprefix(bytes([_EXTENDED])))
    if opcode == GET_BUFFER:
        return _entries(data, 4, int.from_bytes(data[:2], "big"), data[3]) if len(data) >= 4 else None
    return []


def answer_fields(packet: bytes) -> dict[str, Any]:
    """What the data of an answer without tags means; unknown data is given in hex as ``body``."""
    opcode, data = packet[2], packet[5:-2]
    if not data:
        return {}
    body = {"body": data.hex()}
    if packet[3:5] != b"\0\0":
        return body
    if opcode == READ_MULTIPLE:
        count = _count(data.removeprefix(bytes([_EXTENDED])))
        return body if count is None else {"count": count} | body
    if opcode == READ_DATA:
        return {"data": data.hex()}
    return {"value": int.from_bytes(data, "big")} | body if opcode in _NUMBERS else body


def _count(data: bytes) -> int | None:
    """How many tags a finished search found; behind option and flags, before the results of an embedded operation."""
    if len(data) in _COUNT_SIZES:
        return int.from_bytes(data, "big")
    finished = len(data) == _WITH_FLAGS or (len(data) >= _WITH_OPERATION and not data[2] & _STREAMED)
    return int.from_bytes(data[3:7], "big") if finished else None


def _reported(data: bytes) -> list[dict[str, Any]] | None:
    """The tag that a search reported by itself; counts and the state of the module are none."""
    if len(data) <= _WITH_FLAGS or not data[0] & _WITH_METADATA or data[5] != _TAG:
        return []
    found = _entries(data, _STREAM_HEAD, int.from_bytes(data[3:5], "big"), 1)
    return [] if found is None and _count(data) is not None else found


def _single(data: bytes) -> list[dict[str, Any]] | None:
    """EPC and its CRC, behind the metadata that the flags name where the option says so.

    A long bare EPC may begin like options: it is taken for one when no metadata fit.
    """
    options = data.removeprefix(bytes([_EXTENDED]))
    found = None
    if (len(data) % 2 or len(data) > _SURELY_BARE) and options[:1] and options[0] & 0xF0 == _WITH_METADATA:
        flags = int.from_bytes(options[1:3], "big")
        found = _metadata(options, 3, flags) if flags < 1 << len(_METADATA) else None
    if found is not None and (rest := len(options) - found[1]) >= 2 and rest % 2 == 0:
        tag, data = found[0], options[found[1] :]
    elif len(data) % 2 or data[0] == _WITH_METADATA:
        return None
    else:
        tag = {}
    return [tag | {"epc": data[:-2].hex(), "tag_crc": data[-2:].hex()}]


def _entries(data: bytes, at: int, flags: int, count: int) -> list[dict[str, Any]] | None:
    """``count`` tags from ``at`` on, each with the fields that ``flags`` name; None when the bytes are not used up."""
    found = []
    for _ in range(count):
        told = _metadata(data, at, flags)
        if told is None:
            return None
        tag, at = told
        size = int.from_bytes(data[at : at + 2], "big") // 8
        whole = data[at + 2 : at + 2 + size]
        if size < 4 or len(whole) < size:
            return None
        found.append(tag | tag_memory(whole[:2], whole[2:-2]) | {"tag_crc": whole[-2:].hex()})
        at += 2 + size
    return found if at == len(data) else None


def _metadata(data: bytes, at: int, flags: int) -> tuple[dict[str, Any], int] | None:
    """The fields that ``flags`` name, from ``at`` on, and where they end; None when the bytes do not suffice."""
    tag: dict[str, Any] = {}
    for bit, (name, size) in enumerate(_METADATA):
        if not flags >> bit & 1:
            continue
        if size is None:
            bits = int.from_bytes(data[at : at + 2], "big")
            name = "memory_error" if bits == _DATA_FAILED else "memory"
            at, size = at + 2, 2 if bits == _DATA_FAILED else (bits + 7) // 8
        value = data[at : at + size]
        at += size
        if name == "memory":
            tag |= {name: value.hex()} if value else {}
        else:
            tag[name] = int.from_bytes(value, "big", signed=name == "rssi_dbm")
    if "antenna" in tag:
        tag["antenna"] >>= 4  # high half: the antenna that sends
    return (tag, at) if at <= len(data) else None
