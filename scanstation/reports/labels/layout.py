"""Where everything stands on one label, in millimetres from its upper left corner.

Modules are whole printer dots wide (``step``), so that no bar is rounded; a symbol that would get too fine for a hand
scanner does not fit.  The code is never cut, only broken into lines; names are cut with an ellipsis.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from scanstation.reports.labels.fonts import Font
from scanstation.reports.labels.paper import WIDEST_MODULE, Paper
from scanstation.reports.labels.texts import Line, texts_of
from scanstation.stock.labels import Label, LabelError, LabelReason, symbol_of
from scanstation.stock.symbols import Symbol, Symbology

HAND = 100
"""Millimetres that a hand scanner takes in at arm's length, quiet zones included."""

FINEST = {True: 0.33, False: 0.25}
"""The narrowest module of a matrix (True) and of a linear symbol: two dots of a printer of 203 dpi."""

RETAIL_WIDEST = 0.4
"""EAN and UPC stay near their nominal 0.33 mm: the goods that carry them are scanned close by."""

LOWEST, ENOUGH, TALLEST = 6.0, 12.0, 25.0
"""Bars: a lower one is missed by a hand that is not quite level; a name gets more lines where enough are left; a taller
one serves nobody."""

GAP = 0.6
EDGE = 0.5
"""Between symbol and text, and from the label's edge to a quiet zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A symbol whose first module begins at (x, y), and the texts around it; ``height`` is that of its bars."""

    symbol: Symbol
    x: float
    y: float
    module: float
    height: float
    lines: tuple[Line, ...]

    def rects(self) -> Iterable[tuple[float, float, float, float]]:
        """What is black, in millimetres."""
        for x, y, w, h in self.symbol.rects(self.height / self.module):
            yield self.x + x * self.module, self.y + y * self.module, w * self.module, h * self.module


def lay_out(label: Label, paper: Paper, step: float, font: Font) -> Placed:
    """Place a label's symbol and texts; ``step`` is the width of a printer's dot in millimetres.

    Raises `LabelError`: what `symbol_of` raises, and NO_ROOM.
    """
    for symbology in label.symbologies:
        symbol = symbol_of(label, symbology)
        placed = (
            _beside(symbol, label, paper, step, font) if symbology.matrix else _below(symbol, label, paper, step, font)
        )
        if placed is not None:
            return placed
    width, height = paper.label
    raise LabelError(
        LabelReason.NO_ROOM,
        f"{label.text!r} as {' or '.join(label.symbologies)} has no room on a label of {width:g} x {height:g} mm",
        f"Choose a larger sheet, or --symbol {_smaller(label)}.",
    )


def _smaller(label: Label) -> str:
    """The choice that holds the same in less room."""
    own = (Symbology.CODE128, Symbology.DATA_MATRIX, Symbology.QR)
    return "datamatrix" if label.symbologies[0] in own and not label.shown else "gs1-datamatrix"


def _below(symbol: Symbol, label: Label, paper: Paper, step: float, font: Font) -> Placed | None:
    """Bars in the middle, the name above them, the code and the detail below."""
    width, height = paper.label
    room = width - 2 * EDGE
    if paper.module <= WIDEST_MODULE:
        room = min(room, HAND)
    modules = symbol.width + 2 * symbol.quiet
    module = _module(room / modules, RETAIL_WIDEST if symbol.symbology.retail else paper.module, step, FINEST[False])
    if module is None:
        return None
    pad = _pad(paper)
    inner, size = width - 2 * pad, _size(paper)
    for texts in texts_of(label, inner, size, font):
        above = texts.above + (GAP if texts.titles else 0)
        bars = height - 2 * pad - above - GAP - texts.below
        if bars >= (ENOUGH if len(texts.titles) > 1 else LOWEST):
            break
    else:
        return None
    tallest = max(TALLEST, height * 0.3) if paper.module > WIDEST_MODULE else TALLEST
    bars = _whole(min(bars, tallest), step)
    y = pad + (height - 2 * pad - above - bars - GAP - texts.below) / 2
    lines = texts.lines(pad, y, y + above + bars + GAP, centred=True)
    x = _whole((width - symbol.width * module) / 2, step)
    return Placed(symbol=symbol, x=x, y=_whole(y + above, step), module=module, height=bars, lines=tuple(lines))


def _beside(symbol: Symbol, label: Label, paper: Paper, step: float, font: Font) -> Placed | None:
    """A matrix symbol at the left with the texts at its right, or on a tall label with the texts below it."""
    width, height = paper.label
    pad, size = _pad(paper), _size(paper)
    inner, tall = width - 2 * pad, height - 2 * pad
    modules = symbol.width + 2 * symbol.quiet
    wide = inner >= 1.3 * tall
    room = min(tall, inner * 0.55) if wide else min(inner, tall * 0.6)
    module = _module(room / modules, 2 * paper.module, step, FINEST[True])
    if module is None:
        return None
    side = modules * module
    box = (
        (pad + side + GAP, pad, inner - side - GAP, tall) if wide else (pad, pad + side + GAP, inner, tall - side - GAP)
    )
    lines = _stack(label, box, size, font, centred=not wide)
    if lines is None:
        return None
    x = pad if wide else (width - side) / 2
    y = pad + (tall - side) / 2 if wide else pad
    quiet = symbol.quiet * module
    return Placed(
        symbol=symbol,
        x=_whole(x + quiet, step),
        y=_whole(y + quiet, step),
        module=module,
        height=symbol.height * module,
        lines=tuple(lines),
    )


def _stack(
    label: Label, box: tuple[float, float, float, float], size: float, font: Font, *, centred: bool
) -> list[Line] | None:
    """Name, code and detail one below the other in a box; what has no room is left out, but for the code."""
    x, y, width, height = box
    if width < 8:
        return None
    for small in (1.0, 0.85, 0.7):
        for texts in texts_of(label, width, size * small, font, smallest=0.8):
            need = texts.above + texts.below
            if need <= height:
                top = y + (height - need) / 2
                return list(texts.lines(x, top, top + texts.above, centred=centred))
    return None


def _module(room: float, widest: float, step: float, finest: float) -> float | None:
    """The widest module of whole dots in the room that one may take, None where it would be too fine."""
    module = _whole(min(room, max(widest, finest)), step)
    return module if module >= finest - 1e-6 else None


def _whole(length: float, step: float) -> float:
    """The length in whole dots, rounded down."""
    return int(length / step + 1e-6) * step


def _pad(paper: Paper) -> float:
    return 2.0 if min(paper.label) >= 25 else 1.2


def _size(paper: Paper) -> float:
    """The em of the code: 1.9 to 3.4 mm, larger on signs."""
    width, height = paper.label
    return min(max(0.085 * min(height, width * 0.6), 1.9), 3.4 * paper.module / WIDEST_MODULE)
