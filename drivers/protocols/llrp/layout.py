"""Shapes of TagReportData: learnt once, then recognised and read with one compiled `struct`.

A reader sends thousands of TagReportData parameters of the same few shapes.  When the type bytes of a tag are those
a layout was learnt from, the values are in their places.  In a report of many tags the type bytes are compared column
by column, so that no tag costs a step of the interpreter for each of its parameters.
"""

import struct
from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from drivers.protocols.llrp.wire import TV_FORMATS, Buffer, P, step

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
        self.absent = tuple(field for field in range(len(FIELDS)) if field not in present)
        self.pick = itemgetter(*((*present, *self.absent).index(field) for field in range(len(FIELDS))))

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
        mark = min(begin - at + (2 if kind == P.EPC_DATA else 0), stop - at)
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
    return None, ""
