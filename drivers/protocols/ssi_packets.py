"""Packets of Zebra SSI: ``length opcode source status data checksum``, and what each says.

The length counts all but the checksum, the checksum makes the sum of all bytes zero modulo 65536, source 0 is the
decoder and 4 the host.  Long codes come in several packets (bit 1 of the status: more follow) or in segments (opcode
0x73).
"""

from typing import Any

from drivers.protocols.eci import text_of
from drivers.protocols.ssi_codes import name_of
from drivers.protocols.ssi_fields import fields_of

HOST = 0x04
SEGMENT, SEGMENT_ACK, MANAGEMENT = 0x73, 0x74, 0x80
ACK, NAK, BEEP, DECODE, EVENT = 0xD0, 0xD1, 0xE6, 0xF3, 0xF6
RESEND = b"\x01"
RETRANSMITTED, MORE = 0x01, 0x02


def packet(opcode: int, data: bytes = b"", *, source: int = HOST, status: int = 0) -> bytes:
    """A packet with its checksum.  ``data``: at most 251 bytes.

    >>> packet(ACK).hex(), packet(BEEP, b"\\x00").hex()
    ('04d00400ff28', '05e6040000ff11')
    """
    body = bytes([len(data) + 4, opcode, source, status]) + data
    return body + (-sum(body) & 0xFFFF).to_bytes(2, "big")


def described(packet: bytes) -> dict[str, Any]:
    """Opcode, source, status of a packet, and what the data of the opcode means."""
    opcode, source, status, data = packet[1], packet[2], packet[3], packet[4:-2]
    fields: dict[str, Any] = {"opcode": opcode, "source": source, "status": status}
    if opcode == DECODE:
        fields |= {"retransmit": bool(status & RETRANSMITTED), "more": bool(status & MORE)}
        fields |= decoded_fields(data[0], data[1:])
    elif opcode == SEGMENT:
        first = data[0] == 0 and len(data) >= 10 and data[1] == DECODE
        fields |= {"index": data[0], "first": first, "data_len": len(data) - (10 if first else 1)}
        if first:
            fields |= {"total_length": int.from_bytes(data[8:10], "big"), "code_type": data[6]}
            fields["symbology"] = name_of(data[6])
    else:
        fields |= fields_of(opcode, data)
    return fields


def decoded_fields(code_type: int, data: bytes) -> dict[str, Any]:
    """Type, name and text of a code."""
    return {"code_type": code_type, "symbology": name_of(code_type), "data": text_of(data)}
