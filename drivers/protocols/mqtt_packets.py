"""MQTT 3.1.1 control packets (OASIS standard, sections 2 and 3): what a subscriber sends and gets, and a publication.

>>> puback(10).hex(), subscribe(1, "a/+", 1).hex()
('4002000a', '82080001' '0003612f2b' '01')
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

CONNACK, PUBLISH, PUBACK, SUBACK, PINGRESP = 2, 3, 4, 9, 13
"""Types of control packets (2.2.1)."""

OF_BROKER: Mapping[int, int] = {CONNACK: 0, PUBACK: 0, SUBACK: 0, PINGRESP: 0}
OF_SUBSCRIBER: Mapping[int, int] = {1: 0, PUBACK: 0, 8: 2, 12: 0, 14: 0}
"""Packets of one side and their flags (2.2.2); a publication has flags of its own."""

PINGREQ, DISCONNECT = b"\xc0\x00", b"\xe0\x00"

LONGEST = 1_048_576
"""Bytes of the longest packet that is taken; more means that the stream is out of step."""


class Malformed(ValueError):
    """The stream holds no MQTT (any more): the connection must be given up (4.8)."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One control packet: its type, the four flags, and what follows the fixed header."""

    kind: int
    flags: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A PUBLISH packet; ``packet_id`` is 0 where ``qos`` is 0."""

    topic: str
    payload: bytes
    qos: int = 0
    packet_id: int = 0
    duplicate: bool = False
    retained: bool = False


class Packets:
    """Cuts the stream of one side into packets."""

    def __init__(self, side: Mapping[int, int] = OF_BROKER) -> None:
        self._side = side
        self._buffer = bytearray()

    def clear(self) -> None:
        """Forget a half packet."""
        self._buffer.clear()

    def feed(self, data: bytes) -> Iterator[Packet]:
        """Take bytes in any portions and give the packets that are complete; `Malformed` at what is none."""
        self._buffer += data
        while (cut := self._head()) is not None:
            start, end = cut
            if len(self._buffer) < end:
                return
            packet = Packet(self._buffer[0] >> 4, self._buffer[0] & 15, bytes(self._buffer[start:end]))
            del self._buffer[:end]
            yield packet

    def _head(self) -> tuple[int, int] | None:
        """Where the body begins and ends (2.2.3: seven bits a byte, the lowest first); None for half a header."""
        if not self._buffer:
            return None
        kind, flags = self._buffer[0] >> 4, self._buffer[0] & 15
        if kind != PUBLISH and self._side.get(kind) != flags:
            raise Malformed(f"{self._buffer[0]:#04x} begins no packet")
        length = 0
        for place, byte in enumerate(self._buffer[1:5]):
            length |= (byte & 127) << (7 * place)
            if byte < 128:
                if length > LONGEST:
                    raise Malformed(f"a packet of {length} bytes, at most {LONGEST} are taken")
                return place + 2, place + 2 + length
        if len(self._buffer) >= 5:
            raise Malformed("a length of more than four bytes")
        return None


def connect(client: str, *, clean: bool, keepalive: int, user: str = "", password: str = "") -> bytes:
    """CONNECT (3.1) at protocol level 4; ``keepalive`` in seconds, a password needs a user."""
    flags = (0x80 if user else 0) | (0x40 if user and password else 0) | (0x02 if clean else 0)
    words = [client, *([user] if user else []), *([password] if user and password else [])]
    head = _text("MQTT") + bytes([4, flags]) + keepalive.to_bytes(2, "big")
    return _packet(0x10, head + b"".join(map(_text, words)))


def subscribe(packet_id: int, topic: str, qos: int) -> bytes:
    """SUBSCRIBE (3.8) to one topic filter."""
    return _packet(0x82, packet_id.to_bytes(2, "big") + _text(topic) + bytes([qos]))


def puback(packet_id: int) -> bytes:
    """PUBACK (3.4)."""
    return _packet(0x40, packet_id.to_bytes(2, "big"))


def publish(publication: Publication) -> bytes:
    """PUBLISH (3.3)."""
    flags = publication.duplicate << 3 | publication.qos << 1 | publication.retained
    number = publication.packet_id.to_bytes(2, "big") if publication.qos else b""
    return _packet(0x30 | flags, _text(publication.topic) + number + publication.payload)


def read_publication(packet: Packet) -> Publication:
    """The publication in a PUBLISH packet; `Malformed`."""
    qos, body = packet.flags >> 1 & 3, packet.body
    end = 2 + int.from_bytes(body[:2], "big")
    start = end + 2 if qos else end
    packet_id = int.from_bytes(body[end:start], "big")
    if qos == 3 or len(body) < max(2, start) or (qos and not packet_id):
        raise Malformed("a publication without topic or packet identifier")
    return Publication(
        topic=body[2:end].decode("utf-8", "replace"),
        payload=body[start:],
        qos=qos,
        packet_id=packet_id,
        duplicate=bool(packet.flags & 8),
        retained=bool(packet.flags & 1),
    )


def _text(text: str) -> bytes:
    data = text.encode("utf-8")
    return len(data).to_bytes(2, "big") + data


def _packet(first: int, body: bytes) -> bytes:
    length, rest = bytearray(), len(body)
    while True:
        rest, seven = rest >> 7, rest & 127
        length.append(seven | (128 if rest else 0))
        if not rest:
            return bytes([first]) + bytes(length) + body
