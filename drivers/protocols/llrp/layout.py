"""Shapes of TagReportData: learnt once, then recognised and read with one compiled `struct`.

A reader sends thousands of TagReportData parameters of the same few shapes.  A layout takes a whole tag at once, type
bytes included; when the type bytes are those it was learnt from, the values are in their places.
"""

import struct
from operator import itemgetter

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


class Layout:
    """One shape: the order, types and sizes of the parameters of a tag.

    ``unpack(data, at)`` gives all slots of the tag whose parameters start at ``at``; ``marks`` of these must equal
    ``expected``; ``pick`` of the slots and one None behind them gives a value (or None) for each of `FIELDS`.
    ``missing`` are the fields, PC aside, that this shape does not have.
    """

    __slots__ = ("expected", "has_epc", "marks", "missing", "pick", "unpack")

    def __init__(self, form: str, marks: list[int], fields: dict[int, int], sample: Buffer, at: int) -> None:
        self.unpack = struct.Struct(form).unpack_from
        self.marks = itemgetter(*marks) if marks else tuple
        self.expected = self.marks(self.unpack(sample, at))
        self.pick = itemgetter(*(fields.get(number, -1) for number in range(len(FIELDS))))
        self.missing = frozenset(range(len(FIELDS))) - fields.keys() - {PC_FIELD}
        self.has_epc = EPC_FIELD in fields


class Layouts:
    """The shapes met on one connection, by the length of the tag; bounded."""

    def __init__(self) -> None:
        self._known: dict[int, Layout] = {}

    def of(self, data: Buffer, at: int, length: int) -> Layout | None:
        """Return the layout of the TagReportData of ``length`` bytes at ``at``; None when its value is no chain."""
        layout = self._known.get(length)
        if layout is not None and layout.marks(layout.unpack(data, at + 4)) == layout.expected:
            return layout
        layout = _learn(data, at + 4, at + length)
        if layout is not None:
            if len(self._known) >= _MAX_LAYOUTS:
                self._known.clear()
            self._known[length] = layout
        return layout


def _learn(data: Buffer, start: int, end: int) -> Layout | None:
    """Return the layout of the parameters from ``start`` to ``end``; None when they are no chain.

    A TV parameter of a type that a later standard may add cannot be stepped over: it ends what is understood.
    """
    form, marks, fields, slots, at = [">"], list[int](), dict[int, int](), 0, start
    while at < end:
        found = step(data, at, end)
        if found is None and 0x80 <= data[at] < 0x80 | _END_OF_TV:
            form.append(f"1s{end - at - 1}x")
            marks.append(slots)
            break
        if found is None:
            return None
        kind, begin, stop = found
        mark = min(begin - at + (2 if kind == P.EPC_DATA else 0), stop - at)
        form.append(f"{mark}s")
        marks.append(slots)
        slots += 1
        field, take = _value(kind, data, begin, stop)
        if field is None or field in fields:
            form.append(f"{stop - at - mark}x")
        else:
            form.append(f"{take}{stop - at - mark - struct.calcsize('>' + take)}x")
            fields[field] = slots
            slots += 1
        at = stop
    return Layout("".join(form), marks, fields, data, start)


def _value(kind: int, data: Buffer, begin: int, stop: int) -> tuple[int | None, str]:
    """Return (index in `FIELDS`, struct format of the value) of one parameter; no index when it is not wanted."""
    if kind == P.EPC_DATA:
        octets = (int.from_bytes(data[begin : begin + 2], "big") + 7) // 8
        return (EPC_FIELD, f"{octets}s") if 0 < octets <= stop - begin - 2 else (None, "")
    if kind in _FIELD_OF:
        return _FIELD_OF[kind], TV_FORMATS[kind]
    return None, ""
