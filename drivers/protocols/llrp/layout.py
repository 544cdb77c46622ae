"""Shapes of TagReportData: learnt once, then recognised and read with one compiled `struct`.

A reader sends thousands of TagReportData parameters of the same few shapes.  When the type bytes of a tag are those
a layout was learnt from, the values are in their places.  In a report of many tags the type bytes are compared column
by column, so that no tag costs a step of the interpreter for each of its parameters.
"""

import struct
from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from drivers.protocols.llrp.wire import IMPINJ, TV_FORMATS, Buffer, P, step

FIELDS = (
    P.EPC_96,
    P.ANTENNA_ID,
    P.PEAK_RSSI,
    P.FIRST_SEEN_UTC,
    P.LAST_SEEN_UTC,
    P.TAG_SEEN_COUNT,
    P.ROSPEC_ID,
    P.C1G2_PC,
)
"""The parameters that are read, in the order of their values; an EPCData stands for EPC-96."""

EPC_FIELD, PC_FIELD = 0, 7
FINE_FIELD, TID_FIELD, USER_FIELD, OTHER_FIELD = 8, 9, 10, 11
"""What is no parameter of the standard's tag reports: Impinj's RSSI in 1/100 dBm, and what was read of a tag's memory,
by Impinj's reader itself (TID) or by the C1G2 reads of an AccessSpec, ours or that of somebody else."""
FIELD_COUNT = 12
TID_READ, USER_READ = 61_001, 61_002
"""OpSpecIDs with which this client asks for TID and user memory."""
_READ_BY = {TID_READ: TID_FIELD, USER_READ: USER_FIELD}
PEAK_RSSI, SERIALIZED_TID = 57, 55
"""Types of Impinj's custom parameters in a tag report."""
_PEAK_RSSI, _SERIALIZED_TID = (struct.pack(">II", IMPINJ, kind) for kind in (PEAK_RSSI, SERIALIZED_TID))
_MARKED = {int(P.EPC_DATA): 2, int(P.CUSTOM): 8, int(P.C1G2_READ_RESULT): 5}
"""Bytes of a value that tell its shape: length, vendor and type, result and length."""
_FIELD_OF = {int(kind): at for at, kind in enumerate(FIELDS)}
_MAX_LAYOUTS = 64
_END_OF_TV = 32  # the standard uses 1 to 20; far higher numbers are bytes out of place


Columns = list[tuple[int, bytes]]
"""Offsets in a record, each with the byte that stands there."""


def alike(data: Buffer, at: int, size: int, count: int, columns: Columns) -> int:
    """Return how many of ``count`` records of ``size`` bytes from ``at`` on have ``columns``, up to the first other."""
    for offset, value in columns:
        column = data[at + offset : at + count * size : size]
        if column != value * count:
            count = len(column) - len(bytes(column).lstrip(value))
    return count


class Layout:
    """One shape: the order, types and sizes of the parameters of a tag of ``size`` bytes.

    `bare` is true of a tag without an EPC: it has none, or one of no bits.  `fits` tells whether the tag at a place has
    this shape, `run` how many tags one after the other have it, and `values` reads them.
    """

    __slots__ = ("_columns", "_expected", "_marks", "_shape", "_values", "absent", "bare", "has_epc", "pick", "size")

    def __init__(self, sample: bytes, at: int, size: int, parts: list[tuple[int, str, int | None]], lies: bool) -> None:
        """Learn from the tag at ``at``; a part is (size of what must be equal, format of the value, its field).

        ``lies``: its EPC claims more bits than there are.
        """
        self.size = size
        shape = ">" + "".join(f"{mark}s{struct.calcsize('>' + form)}x" for mark, form, _ in parts)
        self._shape = struct.Struct(shape).unpack_from
        self._marks = self._shape(sample, at)
        self._columns: Columns = []
        place = 0
        for mark, form, _ in parts:
            self._columns += [(place + n, sample[at + place + n : at + place + n + 1]) for n in range(mark)]
            place += mark + struct.calcsize(">" + form)
        self._values = struct.Struct(">" + "".join(f"{mark}x{form}" for mark, form, _ in parts))
        present = [field for _, _, field in parts if field is not None]
        self.has_epc = EPC_FIELD in present
        self.bare = not self.has_epc and not lies
        self.absent = tuple(field for field in range(FIELD_COUNT) if field not in present)
        self.pick = itemgetter(*((*present, *self.absent).index(field) for field in range(FIELD_COUNT)))

    def fits(self, data: Buffer, at: int) -> bool:
        """Whether the tag of `size` bytes at ``at`` has this shape."""
        return bool(self._shape(data, at) == self._marks)

    def run(self, data: bytes, at: int, end: int) -> int:
        """Return how many tags from ``at`` on have this shape, the first of which is known to."""
        count = (end - at) // self.size
        return count if count < 2 else alike(data, at, self.size, count, self._columns)

    def values(self, tags: bytes) -> Iterator[tuple[Any, ...]]:
        """Return the values of each of ``tags`` (whole tags of this shape); `pick` puts them, and one value for each
        of `absent` behind them, in the order of `FIELDS`."""
        return self._values.iter_unpack(tags)


class Layouts:
    """The shapes met on one connection, by the length of the tag; bounded."""

    def __init__(self) -> None:
        self._known: dict[int, Layout] = {}

    def of(self, data: bytes, at: int, size: int) -> Layout | None:
        """Return the layout of the TagReportData of ``size`` bytes at ``at``; None when its value is no chain."""
        layout = self._known.get(size)
        if layout is not None and layout.fits(data, at):
            return layout
        layout = _learn(data, at, size)
        if layout is not None:
            if len(self._known) >= _MAX_LAYOUTS:
                self._known.clear()
            self._known[size] = layout
        return layout


def _learn(data: bytes, start: int, size: int) -> Layout | None:
    """Return the layout of the tag at ``start``; None when its parameters are no chain.

    A TV parameter of a type that a later standard may add cannot be stepped over: it ends what is understood.
    """
    end, at = start + size, start + 4
    parts: list[tuple[int, str, int | None]] = [(4, "", None)]
    lies = False
    while at < end:
        found = step(data, at, end)
        if found is None:
            if not 0x80 <= data[at] < 0x80 | _END_OF_TV:
                return None
            parts.append((1, f"{end - at - 1}x", None))
            break
        kind, begin, stop = found
        mark = min(begin - at + _MARKED.get(kind, 0), stop - at)
        field, form = _value(kind, data, begin, stop)
        lies = lies or (kind == P.EPC_DATA and field is None and data[begin : begin + 2] != b"\0\0")
        if any(field == known for _, _, known in parts):
            field, form = None, ""
        parts.append((mark, form + f"{stop - at - mark - struct.calcsize('>' + form)}x", field))
        at = stop
    return Layout(data, start, size, parts, lies)


def _value(kind: int, data: Buffer, begin: int, stop: int) -> tuple[int | None, str]:
    """Return (index in `FIELDS`, struct format of the value) of one parameter; no index when it is not wanted."""
    if kind == P.EPC_DATA:
        octets = (int.from_bytes(data[begin : begin + 2], "big") + 7) // 8
        return (EPC_FIELD, f"{octets}s") if 0 < octets <= stop - begin - 2 else (None, "")
    if kind in _FIELD_OF:
        return _FIELD_OF[kind], TV_FORMATS[kind]
    if kind == P.CUSTOM:
        return _impinj(data, begin, stop)
    if kind == P.C1G2_READ_RESULT and stop - begin >= 5 and data[begin] == 0:
        asked = int.from_bytes(data[begin + 1 : begin + 3], "big")
        return _memory(_READ_BY.get(asked, OTHER_FIELD), data, begin + 3, stop, "")
    return None, ""


def _impinj(data: Buffer, begin: int, stop: int) -> tuple[int | None, str]:
    """The value of a custom parameter of Impinj behind its vendor and type: 57 peak RSSI, 55 serialized TID."""
    head = data[begin : begin + 8]
    if head == _PEAK_RSSI and stop - begin >= 10:
        return FINE_FIELD, "h"
    if head == _SERIALIZED_TID and stop - begin >= 10:
        return _memory(TID_FIELD, data, begin + 8, stop, "2x")
    return None, ""


def _memory(field: int, data: Buffer, begin: int, stop: int, before: str) -> tuple[int | None, str]:
    """Words of a memory behind their count; ``before`` steps over a count that is no part of the shape."""
    octets = 2 * int.from_bytes(data[begin : begin + 2], "big")
    return (field, f"{before}{octets}s") if 0 < octets <= stop - begin - 2 else (None, "")
