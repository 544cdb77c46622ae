"""Cut a byte stream into LLRP messages, and find the next one after garbage or a length that lies.

LLRP has no checksum and no start mark, so a message is believed by its structure: version 1 or 2, a known type, a
length in bounds, and a body that is a chain of whole parameters up to its very end.  The chain is checked while the
bytes arrive: where a length claims more than was sent, the header of the next message stands in the place of a
parameter, and six bits that must be zero there are not.  Of a tag report the tags must be chains as well.
"""

import struct
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from drivers.protocols.llrp.layout import Layouts, alike
from drivers.protocols.llrp.wire import (
    EMPTY,
    FIRST_TLV,
    FIXED_SIZE,
    HEADER,
    HEADER_SIZE,
    TLV_HEADER,
    TV_SIZES,
    MessageType,
    P,
    step,
)

MAX_MESSAGE = 1 << 20
MAX_CUSTOM = 1 << 16
_MAX_RUN = 64  # more gain nothing, and cost much where equal headers hide tags that differ


class Message(NamedTuple):
    """One message: ``body`` is what follows the 10-byte header; of joined reports the id is that of the first."""

    kind: int
    id: int
    body: bytes
    version: int


def _plausible(start: bytes | bytearray) -> bool:
    """Whether the (perhaps fewer than six) bytes can be the start of a header."""
    if not 0x04 <= start[0] <= 0x0B:
        return False
    if len(start) < 2:
        return True
    kind = (start[0] << 8 | start[1]) & 0x3FF
    if kind not in FIXED_SIZE:
        return False
    fixed = FIXED_SIZE[kind]
    limit = MAX_CUSTOM if fixed is None else MAX_MESSAGE
    if len(start) < 6:
        return len(start) < 3 or start[2] == 0
    length = int.from_bytes(start[2:6], "big")
    if kind in EMPTY:
        return length == HEADER_SIZE
    return HEADER_SIZE + (fixed or 0) <= length <= limit


class Framer:
    """Bounded buffer that gives whole messages; ``dropped`` counts the bytes thrown away since it was last read.

    With ``join`` tag reports that follow each other and are made alike come as one message with all their tags: a
    busy reader sends thousands of reports of one tag, and so none costs the steps of a message.
    """

    def __init__(self, join: bool = False) -> None:
        self._join = join
        self._buffer = bytearray()
        self._layouts = Layouts()
        self._checked = 0  # offset up to which the body of the message in front is a chain of whole parameters
        self.dropped = 0

    def clear(self) -> None:
        """Forget a half message."""
        self._buffer.clear()
        self._checked = 0
        self.dropped = 0

    @property
    def pending(self) -> int:
        """Bytes held of a message that is not whole yet; never more than `MAX_MESSAGE` plus one portion fed."""
        return len(self._buffer)

    def feed(self, data: bytes) -> Iterator[Message]:
        """Take bytes in any portions; yield each message as soon as it is whole."""
        self._buffer += data
        while self._buffer:
            if not _plausible(self._buffer[:6]):
                self._resynchronise()
                continue
            if len(self._buffer) < HEADER_SIZE:
                return
            head, length, number = HEADER.unpack_from(self._buffer)
            kind, arrived = head & 0x3FF, min(length, len(self._buffer))
            report = kind == MessageType.RO_ACCESS_REPORT and arrived == length
            if not report and not self._chain_holds(kind, arrived, length):
                self._resynchronise()
                continue
            if arrived < length:
                return
            body = bytes(self._buffer[HEADER_SIZE:length])
            if report and not self._report_holds(body):
                self._resynchronise()
                continue
            count = 1
            if report and self._join and self._buffer[:6] == self._buffer[length : length + 6]:
                body, count = self._joined(body)
            del self._buffer[: count * length]
            self._checked = 0
            yield Message(kind, number, body, head >> 10)

    def _report_holds(self, body: bytes) -> bool:
        """Whether the body of a report is a chain of parameters, and every TagReportData in it as well."""
        at, end = 0, len(body)
        while at < end:
            found = step(body, at, end)
            if found is None:
                return False
            kind, _, stop = found
            if kind == P.TAG_REPORT_DATA:
                layout = self._layouts.of(body, at, stop - at)
                if layout is None:
                    return False
                stop = at + layout.run(body, at, end) * layout.size
            at = stop
        return True

    def _joined(self, body: bytes) -> tuple[bytes, int]:
        """Return the tags of the report in front and of those behind it that are made alike, and how many these are.

        Alike are reports of one length whose tags all have one layout, so that each ends where its tags end.
        """
        first = step(body, 0, len(body)) if body else None
        if first is None or first[0] != P.TAG_REPORT_DATA:
            return body, 1
        size = first[2]
        layout = self._layouts.of(body, 0, size)
        if layout is None or layout.run(body, 0, len(body)) * size != len(body):
            return body, 1
        length = HEADER_SIZE + len(body)
        head = [(at, bytes(self._buffer[at : at + 1])) for at in range(6)]
        count = alike(self._buffer, 0, length, min(_MAX_RUN, len(self._buffer) // length), head)
        bodies = struct.iter_unpack(f"{HEADER_SIZE}x{len(body)}s", self._buffer[: count * length])
        joined = b"".join(chain.from_iterable(bodies))
        count = layout.run(joined, 0, len(joined)) * size // len(body)
        return joined[: count * len(body)], count

    def _chain_holds(self, message: int, arrived: int, length: int) -> bool:
        """Whether the ``arrived`` bytes of a message of ``length`` bytes can still be a chain of parameters."""
        fixed = FIXED_SIZE[message]
        if fixed is None:
            return True
        at = max(self._checked, HEADER_SIZE + fixed)
        buffer = self._buffer
        while at < arrived:
            first = buffer[at]
            if first & 0x80:
                if (first & 0x7F) not in TV_SIZES:
                    return False
                stop = at + 1 + TV_SIZES[first & 0x7F]
            elif first > 3:
                return False
            elif at + 4 > arrived:
                return arrived < length
            else:
                kind, size = TLV_HEADER.unpack_from(buffer, at)
                if kind < FIRST_TLV or size < 4:
                    return False
                stop = at + size
            if stop > length:
                return False
            if stop > arrived:
                break
            at = stop
        self._checked = at
        return True

    def _resynchronise(self) -> None:
        """Throw away at least one byte, and on to the next place where a header may start."""
        self._checked = 0
        buffer = self._buffer
        at = 1
        while at < len(buffer) and not (0x04 <= buffer[at] <= 0x0B and _plausible(buffer[at : at + 6])):
            at += 1
        del buffer[:at]
        self.dropped += at
