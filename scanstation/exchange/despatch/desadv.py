"""DESADV (UN/EDIFACT D96A to D20B, EANCOM) to its packing.

CPS begins a level (element 1 its number, 2 the level around it), PAC counts packages, PCI and GIN mark them (BJ and AW
an SSCC, ML a label number), LIN and PIA name an item, QTY says how much (12 despatched, 52 in each package, 46 and 21
where 12 is missing), GIN+BX and RFF+BT, LT or LO its lot.
"""

from collections.abc import Iterable, Iterator, Sequence

from scanstation.exchange.cells import CellError
from scanstation.exchange.despatch.advice import BUYER, GTIN, OTHER, Held, Level, Number, Packing, numbers_between
from scanstation.exchange.despatch.segments import Message, Segment
from scanstation.exchange.problems import ProblemKind, ProblemLog

_MARKS = ("BJ", "AW", "ML")
_LOTS = ("BT", "LT", "LO")
_QUANTITIES = ("12", "46", "21")
"""Qualifiers of what was sent, the surest first."""

_KINDS = {"EN": GTIN, "SRV": GTIN, "UP": GTIN, "IN": BUYER, "BP": BUYER}
_ADDITIONAL = ("1", "5")
"""Kinds of PIA that name the item itself, and no substitute."""


def read_desadv(message: Message, log: ProblemLog) -> Packing:
    """Return the packing of a message; what is wrong with it goes into the log."""
    return Packing(list(_Reader(message, log).read()), message.decimal, log)


class _Reader:
    """Walks through the segments of one message."""

    def __init__(self, message: Message, log: ProblemLog) -> None:
        self._segments, self._log = message.segments, log
        self._level = Level("", "", message.place)
        self._line: Held | None = None
        self._rank: dict[str, int] = {}
        self._groups: list[tuple[str, list[str]]] = []  # (kind of package, its units) of this level
        self._packages = ""

    def read(self) -> Iterator[Level]:
        for segment in self._segments:
            match segment.tag:
                case "BGM" if segment.get(3) == "1":
                    why, mend = "the message cancels a despatch advice", "Import the advice that holds."
                    self._log.add(ProblemKind.CHOICE, segment.place, "BGM", why, mend)
                case "CPS":
                    yield from self._finish()
                    self._level = Level(segment.get(1), segment.get(2), segment.place)
                case "PAC":
                    self._packages = segment.get(1)
                    if self._line is None:
                        self._groups.append((segment.get(3) or segment.get(2), []))
                case "GIN":
                    self._identity(segment)
                case "LIN":
                    self._line, self._rank = Held(segment.place, "LIN"), {}
                    self._level.lines.append(self._line)
                    self._add_numbers(segment, range(3, 4))
                case "PIA" if segment.get(1) in _ADDITIONAL:
                    self._add_numbers(segment, range(2, len(segment.elements) + 1))
                case "QTY" if self._line is not None:
                    self._quantity(self._line, segment)
                case "RFF" if self._line is not None and segment.get(1) in _LOTS:
                    self._line.lots.append(segment.get(1, 2))
        yield from self._finish()

    def _finish(self) -> Iterator[Level]:
        """The level as it was read; of one that holds a pallet and its cartons, two."""
        groups = [group for group in self._groups if group[1]]
        kinds = [kind for kind, _ in groups]
        outer = len(groups) > 1 and len(groups[0][1]) == 1 and kinds[0] not in kinds[1:]
        if outer:
            name = f"{self._level.name} outside"
            yield Level(name, self._level.parent, self._level.place, units=groups[0][1], places=self._level.places)
            self._level.parent = name
        self._level.units = [unit for _, units in groups[outer:] for unit in units]
        yield self._level
        self._level, self._line, self._groups, self._packages = Level("", "", 0), None, [], ""

    def _identity(self, segment: Segment) -> None:
        what = segment.get(1)
        if what == "BX" and self._line is not None:
            self._line.lots += [text for parts in segment.elements[1:] for text in parts if text]
        if what not in _MARKS:
            return
        try:
            units = _marked(segment.elements[1:], self._packages)
        except CellError as error:
            self._log.add(error.kind, segment.place, "GIN", str(error), error.mend)
            return
        if self._line is not None:
            self._line.units += units
            return
        if not self._groups:
            self._groups.append(("", []))
        self._groups[-1][1].extend(units)
        self._level.places |= dict.fromkeys(units, segment.place)

    def _add_numbers(self, segment: Segment, places: Iterable[int]) -> None:
        if self._line is None:
            return
        for place in places:
            if text := segment.get(place, 1):
                self._line.numbers.append(Number(_KINDS.get(segment.get(place, 2), OTHER), text))

    def _quantity(self, line: Held, segment: Segment) -> None:
        what, text, measure = segment.get(1), segment.get(1, 2), segment.get(1, 3)
        if what == "52":
            line.each, line.measure = text, line.measure or measure
        elif what in _QUANTITIES and _QUANTITIES.index(what) < self._rank.get("best", len(_QUANTITIES)):
            self._rank["best"] = _QUANTITIES.index(what)
            line.total, line.measure = text, measure


def _marked(elements: Sequence[Sequence[str]], packages: str) -> list[str]:
    """The units that a GIN names: each element one, or the first and the last of a range.

    Some senders write two that are no range; the number of packages tells these.
    """
    pairs = [[text.strip(" ") for text in parts if text.strip(" ")] for parts in elements]
    written = [text for pair in pairs for text in pair]
    if packages.isdigit() and len(written) == int(packages):
        return written
    return [unit for pair in pairs for unit in (numbers_between(pair[0], pair[1]) if len(pair) > 1 else pair)]
