"""856 ship notice (ANSI ASC X12 004010 to 008010) to its packing.

HL begins a level (1 its number, 2 the level around it, 3 its kind: S shipment, O order, T pallet, P package, I item),
MAN marks its units (GM and AA an SSCC, with or without application identifier 00, UC, SM and CP other numbers), LIN
names an item, SN1 says how much was sent, PO4 how much is in a package, REF+LT its lot.
"""

from collections.abc import Iterator

from scanstation.exchange.cells import CellError
from scanstation.exchange.despatch.advice import BUYER, GTIN, OTHER, Held, Level, Number, Packing, numbers_between
from scanstation.exchange.despatch.segments import Message, Segment
from scanstation.exchange.problems import ProblemKind, ProblemLog
from scanstation.identity.plates import unit_key

_MARKS = ("GM", "AA", "UC", "SM", "CP")
"""Qualifiers of unit numbers, the surest first: of a level with several kinds only the first of these counts."""

_KINDS = {
    "UP": GTIN, "UK": GTIN, "EN": GTIN, "EO": GTIN, "UA": GTIN, "UI": GTIN,
    "IN": BUYER, "BP": BUYER, "SK": BUYER,
}  # fmt: skip
_LOTS = ("LT", "B8")
_RANKS = {"S": 0, "O": 1, "T": 2, "P": 3, "I": 4}


def read_856(message: Message, log: ProblemLog) -> Packing:
    """Return the packing of a message; what is wrong with it goes into the log."""
    levels = [_read(group, log) for group in _levels(message, log)]
    parents = _parents(message)
    for level in levels:
        level.parent = parents.get(level.name, level.parent)
    return Packing(list(_items_in_packages(levels)), "", log)


def _levels(message: Message, log: ProblemLog) -> Iterator[list[Segment]]:
    """The segments of each level, its HL first."""
    group: list[Segment] = []
    for segment in message.segments:
        if segment.tag == "BSN" and segment.get(1) == "01":
            why, mend = "the message cancels a ship notice", "Import the notice that holds."
            log.add(ProblemKind.CHOICE, segment.place, "BSN", why, mend)
        if segment.tag in ("HL", "CTT", "SE"):
            if group:
                yield group
            group = []
        if segment.tag == "HL" or group:
            group.append(segment)


def _parents(message: Message) -> dict[str, str]:
    """The level around each, also where HL02 is left out: then the last one of a higher kind."""
    open_levels: list[tuple[str, str]] = []
    found: dict[str, str] = {}
    for segment in message.segments:
        if segment.tag != "HL":
            continue
        name, parent, kind = segment.get(1), segment.get(2), segment.get(3)
        if parent:
            while open_levels and open_levels[-1][0] != parent:
                open_levels.pop()
        else:
            kinds = [other for _, other in open_levels]
            cut = kinds.index(kind) if kind in kinds else len(kinds)
            del open_levels[cut:]
            parent = open_levels[-1][0] if open_levels else ""
        found[name] = parent
        open_levels.append((name, kind))
    return found


def _read(group: list[Segment], log: ProblemLog) -> Level:
    head = group[0]
    level = Level(head.get(1), head.get(2), head.place)
    line = Held(head.place, "HL")
    marks: dict[str, list[str]] = {}
    for segment in group[1:]:
        match segment.tag:
            case "MAN":
                _mark(segment, marks, log)
                level.places |= {unit: segment.place for units in marks.values() for unit in units} | level.places
            case "LIN":
                line.place, line.tag = segment.place, "LIN"
                _identify(segment, line)
            case "SN1":
                line.total, line.measure = segment.get(2), segment.get(3)
                line.place = line.place if line.numbers else segment.place
            case "PO4" if segment.get(1):
                line.per_pack = segment.get(1)
            case "REF" if segment.get(1) in _LOTS:
                line.lots.append(segment.get(2))
    level.units = next((marks[kind] for kind in _MARKS if kind in marks), [])
    if line.numbers or line.total:
        level.lines.append(line)
    return level


def _mark(segment: Segment, marks: dict[str, list[str]], log: ProblemLog) -> None:
    """Both triples of a MAN: qualifier, number, and the last number of a range."""
    for first in (1, 4):
        kind, number, last = (segment.get(first + place) for place in range(3))
        if kind not in _MARKS or not number:
            continue
        number, last = unit_key(number), unit_key(last) if last else ""
        try:
            marks.setdefault(kind, []).extend(numbers_between(number, last) if last else [number])
        except CellError as error:
            log.add(error.kind, segment.place, "MAN", str(error), error.mend)


def _identify(segment: Segment, line: Held) -> None:
    for place in range(2, len(segment.elements), 2):
        kind, text = segment.get(place), segment.get(place + 1)
        if kind in _LOTS and text:
            line.lots.append(text)
        elif kind and text:
            line.numbers.append(Number(_KINDS.get(kind, OTHER), text))


def _items_in_packages(levels: list[Level]) -> Iterator[Level]:
    """Where packages stand below their item (S, O, I, P), each that says how much is in it has a line of that item."""
    by_name = {level.name: level for level in levels}
    counted: set[str] = set()
    for level in levels:
        above = by_name.get(level.parent)
        for line in level.lines:
            if not line.numbers and above is not None and above.lines:
                item = above.lines[0]
                line.numbers, line.lots = item.numbers, line.lots or item.lots
                line.measure = line.measure or item.measure
                counted.add(above.name)
        level.lines = [line for line in level.lines if line.numbers]
        yield level
    for name in counted:
        by_name[name].lines = []
