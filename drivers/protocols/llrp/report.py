"""Tag reports: RO_ACCESS_REPORT bodies to `TagReport` tuples and back."""

import struct
from collections.abc import Iterable
from itertools import repeat
from operator import add
from typing import Any, NamedTuple

from drivers.protocols.llrp.layout import (
    EPC_FIELD,
    FINE_FIELD,
    OTHER_FIELD,
    PC_FIELD,
    PEAK_RSSI,
    TID_FIELD,
    TID_READ,
    USER_FIELD,
    USER_READ,
    Layout,
    Layouts,
)
from drivers.protocols.llrp.wire import IMPINJ, TLV_HEADER, P, tlv, tv

OTHER_READ = 1
_CHIP_CLASSES, _SHORTEST_CHIP = (0xE2, 0xE0), 8
_OF_ITS_OWN: dict[int, bytes | None] = {
    EPC_FIELD: b"",
    **dict.fromkeys((PC_FIELD, FINE_FIELD, TID_FIELD, USER_FIELD, OTHER_FIELD)),
}
"""Fields that a tag does not share with the one before, and what stands for them where they are left out."""


class TagReport(NamedTuple):
    """What a reader says of one tag; None where it does not say.

    ``epc`` is the EPC memory after the PC word; ``rssi`` the peak in dBm; times are microseconds UTC of the reader's
    clock; ``seen`` how often the tag was seen since the last report of it.  ``fine`` is the peak in 1/100 dBm, ``tid``,
    ``user`` and ``read`` what the reader read of the tag's memory, the last for somebody else.  The fields stand in the
    order of `drivers.protocols.llrp.layout.FIELDS` and of the numbers behind it.
    """

    epc: bytes
    antenna: int | None = None
    rssi: int | None = None
    first_seen: int | None = None
    last_seen: int | None = None
    seen: int | None = None
    rospec: int | None = None
    pc: int | None = None
    fine: int | None = None
    tid: bytes | None = None
    user: bytes | None = None
    read: bytes | None = None

    @property
    def rssi_dbm(self) -> float | None:
        """The peak as fine as the reader says it."""
        return self.fine / 100 if self.fine is not None else None if self.rssi is None else float(self.rssi)

    @property
    def chip(self) -> bytes | None:
        """The chip number: what was read as such, or by somebody else and begins as one does."""
        other = self.read if self.read and len(self.read) >= _SHORTEST_CHIP and self.read[0] in _CHIP_CLASSES else None
        return self.tid or other


class ReportParser:
    """Parser of RO_ACCESS_REPORT bodies of one connection.

    A reader may leave out an enabled field that has not changed since it last sent it; with ``carry`` the parser
    fills it in from the tag before (section 13.2.3.1 of the standard).  EPC and PC bits belong to one tag and are not
    carried.  With ``bare`` tags without an EPC are returned too, their EPC empty; else they count as not readable.
    """

    def __init__(self, carry: bool = True, bare: bool = False) -> None:
        self._bare = bare
        self._layouts = Layouts()
        self._carry = carry
        self._last: TagReport | None = None

    def parse(self, body: bytes) -> tuple[list[TagReport], int]:
        """Return the tags of one report in order, and how many entries had no readable EPC.  Never raises."""
        tags: list[TagReport] = []
        new, at, end, bad = tuple.__new__, 0, len(body), 0
        while at + 4 <= end:
            kind, length = TLV_HEADER.unpack_from(body, at)
            stop = at + length
            if length < 4 or stop > end:
                return tags, bad + 1
            if kind == P.TAG_REPORT_DATA:
                layout = self._layouts.of(body, at, length)
                if layout is None or not (layout.has_epc or (self._bare and layout.bare)):
                    bad += 1
                else:
                    stop = at + layout.run(body, at, end) * length
                    values = map(add, layout.values(body[at:stop]), repeat(self._left_out(layout)))
                    tags += map(new, repeat(TagReport), map(layout.pick, values))
                    self._last = tags[-1]
            at = stop
        return tags, bad

    def _left_out(self, layout: Layout) -> tuple[Any, ...]:
        """Return the values of the fields that tags of this layout do not have."""
        last = self._last
        if last is None or not self._carry:
            return tuple(_OF_ITS_OWN.get(field) for field in layout.absent)
        return tuple(_OF_ITS_OWN[field] if field in _OF_ITS_OWN else last[field] for field in layout.absent)


def tag_report_data(tag: TagReport) -> bytes:
    """Return the TagReportData parameter of ``tag``, as a reader sends it: EPC-96 as TV, any other length as TLV."""
    if len(tag.epc) == 12:
        parts = [tv(P.EPC_96, tag.epc)]
    else:
        parts = [tlv(P.EPC_DATA, (len(tag.epc) * 8).to_bytes(2, "big"), tag.epc)]
    order = (
        (P.ROSPEC_ID, tag.rospec),
        (P.ANTENNA_ID, tag.antenna),
        (P.PEAK_RSSI, tag.rssi),
        (P.FIRST_SEEN_UTC, tag.first_seen),
        (P.LAST_SEEN_UTC, tag.last_seen),
        (P.TAG_SEEN_COUNT, tag.seen),
        (P.C1G2_PC, tag.pc),
    )
    parts += [tv(kind, value) for kind, value in order if value is not None]
    for operation, memory in ((TID_READ, tag.tid), (USER_READ, tag.user), (OTHER_READ, tag.read)):
        if memory is not None:
            head = struct.pack(">BHH", 0, operation, len(memory) // 2)
            parts.append(tlv(P.C1G2_READ_RESULT, head, memory))
    if tag.fine is not None:
        parts.append(tlv(P.CUSTOM, struct.pack(">IIh", IMPINJ, PEAK_RSSI, tag.fine)))
    return tlv(P.TAG_REPORT_DATA, *parts)


def report_body(tags: Iterable[TagReport]) -> bytes:
    """Return the body of a RO_ACCESS_REPORT."""
    return b"".join(map(tag_report_data, tags))
