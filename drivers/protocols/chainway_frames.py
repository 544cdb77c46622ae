"""Frames and tag records of Chainway's fixed readers, UR4 and UR8: ``A5 5A length(2) command payload xor 0D 0A``.

The length counts the whole frame, the XOR goes from the length to the payload; readers may begin with ``C8 8C`` too.
An answer has the number of its command plus one.  A tag of the inventory (83) holds PC, EPC (as many words as the PC
says), then, where the reader was set to that, TID (12 bytes) and user memory, then RSSI (two's complement, 1/10 dBm)
and the number of the antenna.
"""

from functools import reduce
from operator import xor
from typing import Any

from drivers.protocols.gen2 import tag_memory

GET_VERSION, SET_POWER, GET_POWER, GET_TEMPERATURE, GET_ANTENNAS = 0x02, 0x10, 0x12, 0x34, 0x4E
SET_BLOCKS, GET_BLOCKS = 0x70, 0x72
"""Set and tell what a tag record holds beside the EPC."""
ONE_ROUND, START, TAG, STOP = 0x80, 0x82, 0x83, 0x8C
KEEP_ALIVE = b"\x00"
SHORTEST, LONGEST = 8, 2048
TID_SIZE = 12

_LEAST_RSSI = -200.0
"""dBm; what is as low or 0 and above is no measurement."""


def frame(command: int, payload: bytes = b"") -> bytes:
    """A frame of the host or the reader.

    >>> frame(START, b"\\x00\\x00").hex()
    'a55a000a820000880d0a'
    """
    body = (len(payload) + SHORTEST).to_bytes(2, "big") + bytes([command]) + payload
    return b"\xa5\x5a" + body + bytes([reduce(xor, body)]) + b"\r\n"


def intact(packet: bytes) -> bool:
    """Whether the end and the XOR of a frame are right."""
    return packet[-2:] == b"\r\n" and reduce(xor, packet[2:-3]) == packet[-3]


def tag_record(record: bytes) -> dict[str, Any] | None:
    """The fields of one tag; None where its parts contradict each other.

    Behind the EPC stand 2 or 3 bytes (RSSI, antenna), or TID and whole words of user memory before them.
    """
    end = 2 + 2 * (record[0] >> 3) if record else 0
    rest = record[end:]
    blocks, tail = rest[: -3 if len(rest) % 2 else -2], rest[-3 if len(rest) % 2 else -2 :]
    if end < 2 or len(record) < end + 2 or 0 < len(blocks) < TID_SIZE:
        return None
    fields: dict[str, Any] = {**tag_memory(record[:2], record[2:end])}
    if blocks:
        fields["tid"] = blocks[:TID_SIZE].hex()
    if blocks[TID_SIZE:]:
        fields["user"] = blocks[TID_SIZE:].hex()
    rssi = int.from_bytes(tail[:2], "big", signed=True) / 10
    fields["rssi_dbm"] = rssi if _LEAST_RSSI < rssi < 0 else None
    return fields | ({"antenna": tail[2]} if len(tail) == 3 else {})
