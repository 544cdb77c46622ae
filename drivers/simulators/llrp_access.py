"""What a client asked the simulated reader to read of the memory of tags: AccessSpecs, taken from the wire."""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from drivers.protocols.llrp.layout import TID_READ, USER_READ
from drivers.protocols.llrp.report import OTHER_READ, TagReport
from drivers.protocols.llrp.wire import MessageType, P, StatusCode, find, walk
from drivers.simulators.llrp_rospec import Refused

_TID_BANK, _USER_BANK = 2, 3
_NAMES = {TID_READ: "tid", USER_READ: "user", OTHER_READ: "read"}
"""OpSpecID -> the field of a `TagReport` that is written with it; the results of others are left out."""


@dataclass(frozen=True, slots=True)
class MemoryRead:
    """One C1G2Read: ``words`` words of a memory bank from ``first`` on."""

    operation: int
    bank: int
    first: int
    words: int


@dataclass(slots=True)
class AccessSpec:
    """The operations on every tag of ``antenna`` (0: all) while the ROSpec ``rospec`` (0: any) runs."""

    number: int
    antenna: int
    rospec: int
    reads: tuple[MemoryRead, ...]
    raw: bytes
    enabled: bool = False


def parse_access(body: bytes, start: int, end: int) -> AccessSpec:
    """Return the AccessSpec whose value stands from ``start`` to ``end``; raise struct.error if it is cut short."""
    number, antenna, _, _, rospec = struct.unpack_from(">IHBBI", body, start)
    command = find(body, start + 12, end, P.ACCESS_COMMAND) or (end, end)
    reads = []
    for kind, begin, _ in walk(body, *command):
        if kind == P.C1G2_READ:
            operation, _, bank, first, words = struct.unpack_from(">HIBHH", body, begin)
            reads.append(MemoryRead(operation, bank >> 6, first, words))
    return AccessSpec(number, antenna, rospec, tuple(reads), body[start - 4 : end])


class AccessSpecs:
    """The AccessSpecs of one reader.  ``handlers`` holds what each request about them does: from body to answer."""

    def __init__(self) -> None:
        self._specs: dict[int, AccessSpec] = {}
        self.handlers: Mapping[int, Callable[[bytes], bytes]] = {
            MessageType.ADD_ACCESSSPEC: self._add,
            MessageType.DELETE_ACCESSSPEC: self._delete,
            MessageType.ENABLE_ACCESSSPEC: lambda body: self._enable(body, True),
            MessageType.DISABLE_ACCESSSPEC: lambda body: self._enable(body, False),
            MessageType.GET_ACCESSSPECS: lambda _: b"".join(spec.raw for spec in self._specs.values()),
        }

    def read(self, tag: TagReport, memory: tuple[bytes, bytes], rospec: int) -> TagReport:
        """Return ``tag`` with what the enabled specs read of its TID and user memory (``memory``)."""
        found: dict[str, Any] = {}
        for spec in self._specs.values():
            if not spec.enabled or spec.antenna not in (0, tag.antenna) or spec.rospec not in (0, rospec):
                continue
            for read in spec.reads:
                bank = memory[0] if read.bank == _TID_BANK else memory[1] if read.bank == _USER_BANK else b""
                words = bank[2 * read.first :][: 2 * read.words if read.words else None]
                if read.operation in _NAMES and words:
                    found[_NAMES[read.operation]] = words
        return tag._replace(**found)

    def _add(self, body: bytes) -> bytes:
        place = find(body, 0, len(body), P.ACCESSSPEC)
        if place is None:
            raise Refused(StatusCode.M_MISSING_PARAMETER, "AccessSpec is missing")
        spec = parse_access(body, *place)
        if not spec.number or spec.number in self._specs:
            raise Refused(StatusCode.M_FIELD_ERROR, f"AccessSpecID {spec.number} is not free")
        self._specs[spec.number] = spec
        return b""

    def _delete(self, body: bytes) -> bytes:
        for spec in self._named(body):
            del self._specs[spec.number]
        return b""

    def _enable(self, body: bytes, on: bool) -> bytes:
        for spec in self._named(body):
            spec.enabled = on
        return b""

    def _named(self, body: bytes) -> list[AccessSpec]:
        number = int.from_bytes(body[:4], "big")
        if number and number not in self._specs:
            raise Refused(StatusCode.M_FIELD_ERROR, f"there is no AccessSpec {number}")
        return [self._specs[number]] if number else list(self._specs.values())
