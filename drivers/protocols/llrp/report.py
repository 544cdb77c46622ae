"""Tag reports: RO_ACCESS_REPORT bodies to `TagReport` tuples and back.

A reader sends thousands of TagReportData parameters of the same few shapes.  The parser learns a shape once (one
compiled `struct` that takes the whole tag, type bytes included), checks the type bytes of every tag against it and
so needs no object for a parameter.
"""

import struct
from collections.abc import Iterable
from operator import itemgetter
from typing import Any, NamedTuple

from drivers.protocols.llrp.wire import TLV_HEADER, TV_FORMATS, TV_SIZES, P, step, tlv, tv

_MAX_LAYOUTS = 64


class TagReport(NamedTuple):
    """What a reader says of one tag; None where it does not say.

    ``epc`` is the EPC memory after the PC word; ``rssi`` the peak in dBm; times are microseconds UTC of the
    reader's clock; ``seen`` how often the tag was seen since the last report of it.
    """

    epc: bytes
    antenna: int | None = None
    rssi: int | None = None
    first_seen: int | None = None
    last_seen: int | None = None
    seen: int | None = None
    rospec: int | None = None
    pc: int | None = None


_PARAMETERS = (P.EPC_96, P.ANTENNA_ID, P.PEAK_RSSI, P.FIRST_SEEN_UTC, P.LAST_SEEN_UTC, P.TAG_SEEN_COUNT, P.ROSPEC_ID)
_FIELD_OF = {**{int(kind): at for at, kind in enumerate(_PARAMETERS)}, int(P.C1G2_PC): 7}
_PC_FIELD = 7
_NOTHING = (None,)


class _Layout:
    """One shape of TagReportData: the order, types and sizes of its parameters."""

    __slots__ = ("expected", "marks", "missing", "pick", "unpack")

    def __init__(self, form: str, marks: list[int], fields: dict[int, int], sample: bytes, at: int) -> None:
        self.unpack = struct.Struct(form).unpack_from
        self.marks = itemgetter(*marks)
        self.expected = self.marks(self.unpack(sample, at))
        self.pick = itemgetter(*(fields.get(number, -1) for number in range(len(TagReport._fields))))
        self.missing = tuple(n for n in range(len(TagReport._fields)) if n not in fields and n != _PC_FIELD)


def _learn(body: bytes, start: int, end: int) -> _Layout | None:
    """Return the layout of the tag whose parameters stand from ``start`` to ``end``; None when it has no EPC."""
    form, marks, fields, slots, at = [">"], [], {}, 0, start
    while at < end and (found := step(body, at, end)):
        kind, begin, stop = found
        if kind == P.EPC_DATA and stop - begin < 2:
            break
        mark = begin - at + (2 if kind == P.EPC_DATA else 0)
        form.append(f"{mark}s")
        marks.append(slots)
        slots += 1
        field, take = _value(kind, body, begin, stop)
        if field is None or field in fields:
            form.append(f"{stop - at - mark}x")
        else:
            size = struct.calcsize(">" + take)
            form.append(f"{take}{stop - at - mark - size}x")
            fields[field] = slots
            slots += 1
        at = stop
    if at < end:  # the rest cannot be stepped over: keep what was understood
        form.append(f"1s{end - at - 1}x")
        marks.append(slots)
        slots += 1
    return _Layout("".join(form), marks, fields, body, start) if 0 in fields else None


def _value(kind: int, body: bytes, begin: int, stop: int) -> tuple[int | None, str]:
    """Return (field of `TagReport`, struct format of its value) of one parameter; no field when it is not wanted."""
    if kind == P.EPC_DATA:
        octets = (int.from_bytes(body[begin : begin + 2], "big") + 7) // 8
        return (0, f"{octets}s") if 0 < octets <= stop - begin - 2 else (None, "")
    if kind in _FIELD_OF and kind in TV_SIZES:
        return _FIELD_OF[kind], TV_FORMATS[kind]
    return None, ""


class ReportParser:
    """Parser of RO_ACCESS_REPORT bodies of one connection.

    A reader may leave out an enabled field that has not changed since it last sent it; with ``carry`` the parser
    fills it in from the tag before (section 13.2.3.1 of the standard).  PC bits belong to one tag and are not carried.
    """

    def __init__(self, carry: bool = True) -> None:
        self._layouts: dict[int, _Layout] = {}
        self._carry = carry
        self._last: tuple[Any, ...] | None = None

    def parse(self, body: bytes) -> tuple[list[TagReport], int]:
        """Return the tags of one report in order, and how many entries had no readable EPC.  Never raises."""
        tags: list[TagReport] = []
        add, make, layouts, header = tags.append, TagReport._make, self._layouts, TLV_HEADER.unpack_from
        at, end, bad, last = 0, len(body), 0, self._last
        while at + 4 <= end:
            kind, length = header(body, at)
            if length < 4 or at + length > end:
                bad += 1
                break
            if kind == P.TAG_REPORT_DATA:
                layout = layouts.get(length)
                values = layout.unpack(body, at + 4) if layout else ()
                if layout is None or layout.marks(values) != layout.expected:
                    layout = self._relearn(body, at, length)
                    values = layout.unpack(body, at + 4) if layout else ()
                if layout is None:
                    bad += 1
                else:
                    picked = layout.pick(values + _NOTHING)
                    if layout.missing and last and self._carry:
                        picked = tuple(last[n] if n in layout.missing else v for n, v in enumerate(picked))
                    last = picked
                    add(make(picked))
            at += length
        self._last = last
        return tags, bad

    def _relearn(self, body: bytes, at: int, length: int) -> _Layout | None:
        layout = _learn(body, at + 4, at + length)
        if layout:
            if len(self._layouts) >= _MAX_LAYOUTS:
                self._layouts.clear()
            self._layouts[length] = layout
        return layout


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
    return tlv(P.TAG_REPORT_DATA, *parts)


def report_body(tags: Iterable[TagReport]) -> bytes:
    """Return the body of a RO_ACCESS_REPORT."""
    return b"".join(map(tag_report_data, tags))
