"""Pixels of symbols and texts, for the read-back and for the graphic fields of ZPL."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from scanstation.reports.labels.fonts import Font
from scanstation.stock.symbols import Symbol

if TYPE_CHECKING:
    import numpy as np

    Black = np.ndarray[Any, np.dtype[np.bool_]]
    """Rows of pixels, True where it is black."""


def symbol_pixels(symbol: Symbol, dots: int, height: int) -> "Black":
    """The symbol without quiet zone, ``dots`` pixels a module; ``height`` pixels where it is linear."""
    import numpy as np

    rows = symbol.height * dots if symbol.symbology.matrix else height
    black = np.zeros((rows, symbol.width * dots), bool)
    for x, y, w, h in symbol.rects(height / dots):
        left, top = round(x * dots), round(y * dots)
        black[top : top + round(h * dots), left : left + round(w * dots)] = True
    return black


def text_pixels(text: str, width: int, size: int, font: Font, *, bold: bool, centred: bool) -> "Black":
    """One line of text in a box, ``size`` pixels the em."""
    import numpy as np
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("1", (width, round(size * 1.2)), 0)
    face = ImageFont.truetype(str(font.bold if bold else font.regular), size)
    place, anchor = ((width / 2, 0.946 * size), "ms") if centred else ((0, 0.946 * size), "ls")
    ImageDraw.Draw(image).text(place, text, fill=1, font=face, anchor=anchor)
    return np.asarray(image)


def graphic_field(black: "Black") -> str:
    """The ``^GFA`` command of pixels: rows in hex, and ``:`` for a row that is equal to the one above it."""
    import numpy as np

    packed = np.packbits(black, axis=1)
    rows, width = packed.shape
    return f"^GFA,{rows * width},{rows * width},{width},{''.join(_rows([row.tobytes() for row in packed]))}^FS"


def _rows(rows: Sequence[bytes]) -> Sequence[str]:
    return [":" if place and row == rows[place - 1] else row.hex().upper() for place, row in enumerate(rows)]
