"""The common part of protocols whose packets show a header, a length and a checksum.

A packet is believed when its header is possible, its length within bounds and its checksum right.  Whatever fails
costs one byte: the search goes on behind it, so a packet that begins inside a broken one is found.  A header whose
length lies holds back what follows until so many bytes came or the wire was silent for `PAUSE` seconds, because no
device pauses inside a packet.
"""

import re
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from drivers.protocols.base import Notice, Output
from drivers.protocols.stream import StreamProtocol, noise

PAUSE = 0.25
"""Seconds of silence that end a packet, whole or not."""

_SHOWN = 32


class PacketProtocol(StreamProtocol[bytes]):
    """Sans-I/O decoder of packets, a `drivers.protocols.base.WireProtocol`; a protocol adds what is its own.

    ``header`` matches exactly ``header_size`` bytes that a packet may begin with.
    """

    header: ClassVar[re.Pattern[bytes]]
    header_size: ClassVar[int]

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._thrown = bytearray()
        self._thrown_count = 0

    @abstractmethod
    def size(self, buffer: bytearray, at: int) -> int:
        """Bytes of the packet whose header is at ``at``; 0 when this can be no packet.  The header is there."""

    @abstractmethod
    def intact(self, packet: bytes) -> bool:
        """Whether checksum and shape of a packet are right."""

    @abstractmethod
    def describe(self, packet: bytes) -> list[dict[str, Any]]:
        """The wire fields of an intact packet by name, one dict for the packet or for each tag in it."""

    def broken(self, packet: bytes, output: Output) -> None:
        """Deal with what began like a packet and is none; mostly nothing."""
        del packet, output

    def connected(self) -> Sequence[bytes]:
        """Forget any half packet."""
        self._buffer.clear()
        self._thrown.clear()
        self._thrown_count = 0
        return ()

    def pieces(self, data: bytes, output: Output) -> Iterator[bytes]:
        """The intact packets."""
        self._buffer += data
        return self._packets(output, final=False)

    def thrown(self) -> Notice | None:
        """The bytes that are no packet."""
        if not self._thrown_count:
            return None
        notice = noise(self._thrown_count, "packet", self._thrown)
        self._thrown.clear()
        self._thrown_count = 0
        return notice

    def idle(self, elapsed: float) -> Output:
        """Give up on a packet that stopped in its middle; what is hidden behind its header is found."""
        output = Output()
        if self._buffer and elapsed >= PAUSE:
            for packet in self._packets(output, final=True):
                self.take(packet, output)
            if notice := self.thrown():
                output.notices.append(notice)
        return output

    def packets(self, data: bytes) -> list[bytes]:
        """Every intact packet in ``data``, behind which nothing more comes."""
        self._buffer += data
        return list(self._packets(Output(), final=True))

    def decode(self, data: bytes) -> list[dict[str, Any]]:
        """The fields of every intact packet in ``data``."""
        return [fields for packet in self.packets(data) for fields in self.describe(packet)]

    def _packets(self, output: Output, *, final: bool) -> Iterator[bytes]:
        """Cut intact packets off the buffer.  ``final``: nothing more will come, so a half packet is none."""
        buffer, at = self._buffer, 0
        while True:
            found = self.header.search(buffer, at)
            start = found.start() if found else max(at, len(buffer) - self.header_size + 1)
            self._throw(buffer[at:start])
            at = start
            if found is None:
                break
            size = self.size(buffer, at)
            if size and len(buffer) - at < size and not final:
                break
            packet = bytes(buffer[at : at + size])
            if size and len(packet) == size and self.intact(packet):
                at += size
                yield packet
                continue
            if size:
                self.broken(packet, output)
            self._throw(buffer[at : at + 1])
            at += 1
        if final:
            self._throw(buffer[at:])
            at = len(buffer)
        del buffer[:at]

    def _throw(self, data: bytes | bytearray) -> None:
        self._thrown_count += len(data)
        self._thrown += data[: _SHOWN - len(self._thrown)]
