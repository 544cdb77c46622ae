"""What a client asked the simulated reader to do: one ROSpec, taken from the wire."""

import struct
from dataclasses import dataclass, field
from enum import StrEnum

from drivers.protocols.llrp.events import LlrpStatus
from drivers.protocols.llrp.report import TagReport
from drivers.protocols.llrp.wire import P, StatusCode, find, walk

_IMMEDIATE = 1


class RospecState(StrEnum):
    """Life of a ROSpec (section 6.1.1 of the standard)."""

    DISABLED = "disabled"
    INACTIVE = "inactive"
    ACTIVE = "active"


class Refused(Exception):
    """A request that gets another status than success."""

    def __init__(self, code: StatusCode, text: str) -> None:
        super().__init__(text)
        self.status = LlrpStatus(code, text)


@dataclass(slots=True)
class Rospec:
    """An inventory as the client defined it: ``antennas`` 0 means all, ``content`` are the bits of the selector."""

    number: int
    antennas: tuple[int, ...] = (0,)
    every: int = 1
    content: int = 0
    pc_bits: bool = False
    immediate: bool = False
    raw: bytes = b""
    state: RospecState = RospecState.DISABLED
    waiting: list[TagReport] = field(default_factory=list)


def parse_rospec(body: bytes, start: int, end: int) -> Rospec:
    """Return the ROSpec whose value stands from ``start`` to ``end``; raise struct.error or IndexError if cut short."""
    spec = Rospec(number=int.from_bytes(body[start : start + 4], "big"), raw=body[start - 4 : end])
    for kind, begin, stop in walk(body, start + 6, end):
        if kind == P.RO_BOUNDARY_SPEC and (trigger := find(body, begin, stop, P.ROSPEC_START_TRIGGER)):
            spec.immediate = body[trigger[0]] == _IMMEDIATE
        elif kind == P.AISPEC:
            count = int.from_bytes(body[begin : begin + 2], "big")
            spec.antennas = struct.unpack_from(f">{count}H", body, begin + 2) or (0,)
        elif kind == P.RO_REPORT_SPEC:
            spec.every = max(1, int.from_bytes(body[begin + 1 : begin + 3], "big"))
            if selector := find(body, begin + 3, stop, P.TAG_REPORT_CONTENT_SELECTOR):
                spec.content = int.from_bytes(body[selector[0] : selector[0] + 2], "big")
                memory = find(body, selector[0] + 2, selector[1], P.C1G2_EPC_MEMORY_SELECTOR)
                spec.pc_bits = bool(memory and body[memory[0]] & 0x40)
    return spec


_PREFIX = {
    P.INVENTORY_PARAMETER_SPEC: 3,
    P.ANTENNA_CONFIGURATION: 2,
    P.C1G2_INVENTORY_COMMAND: 1,
}


def deep(body: bytes, start: int, end: int, wanted: int) -> list[int]:
    """Return where the values of ``wanted`` start in the AISpecs among the parameters from ``start`` to ``end``."""
    found: list[int] = []
    for kind, begin, stop in walk(body, start, end):
        if kind == wanted:
            found.append(begin)
        elif kind == P.AISPEC:
            count = int.from_bytes(body[begin : begin + 2], "big")
            found += deep(body, begin + 2 + 2 * count, stop, wanted)
        elif kind in _PREFIX:
            found += deep(body, begin + _PREFIX[P(kind)], stop, wanted)
    return found


def selected(tag: TagReport, spec: Rospec) -> TagReport:
    """Return ``tag`` with only the fields that the content selector of ``spec`` asks for."""
    bits = spec.content
    return TagReport(
        epc=tag.epc,
        rospec=spec.number if bits & 0x8000 else None,
        antenna=tag.antenna if bits & 0x1000 else None,
        rssi=tag.rssi if bits & 0x0400 else None,
        first_seen=tag.first_seen if bits & 0x0200 else None,
        last_seen=tag.last_seen if bits & 0x0100 else None,
        seen=tag.seen if bits & 0x0080 else None,
        pc=tag.pc if spec.pc_bits else None,
    )
