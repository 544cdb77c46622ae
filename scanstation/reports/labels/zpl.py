r"""Labels as ZPL II for label printers, in whole dots.

A command draws a symbol only where it leaves no bar to the printer: ``^BE``, ``^B2``, and ``^BC`` in mode N with every
subset named.  Size, mask and encoding of ``^BX`` and ``^BQ`` are the printer's choice, so matrix symbols are graphic
fields, as is what a command does not exist for or is not drawn alike everywhere.  Texts are the printer's own font 0 as
far as it has the characters, else graphic fields.
"""

import re
from collections.abc import Iterator, Sequence

from scanstation.errors import ScanstationError
from scanstation.reports.labels.fonts import Font
from scanstation.reports.labels.graphic import graphic_field, symbol_pixels, text_pixels
from scanstation.reports.labels.layout import Placed
from scanstation.reports.labels.paper import Paper
from scanstation.reports.labels.texts import Line
from scanstation.stock.code128 import CODE_B, CODE_C, FNC1, START_C
from scanstation.stock.symbols import BEARER, GUARD, ITF_WIDE, Symbol, Symbology

DOTS = {203: 8, 300: 12, 600: 24}
"""Dots in a millimetre of the printers that speak ZPL, by what their makers call their dots per inch."""

_ALONE = re.compile(r">[0-9:;](.|_[0-9A-F]{2})$")

_LAST_OF_FONT = "ſ"
"""Font 0 of every printer has Latin letters; others are drawn."""


def to_zpl(labels: Sequence[Placed], paper: Paper, font: Font, *, dpi: int, copies: Sequence[int]) -> str:
    """Write one format a label; ``copies`` says how often each is printed.

    Raises ScanstationError for a sheet of several labels, which no label printer takes.
    """
    if not paper.roll:
        raise ScanstationError(
            f"{paper.name} is a sheet, and ZPL prints labels on a roll", "Choose a roll, such as --sheet roll-50x30."
        )
    return "".join(_label(placed, paper, font, DOTS[dpi], count) for placed, count in zip(labels, copies, strict=True))


def code128_field(values: Sequence[int]) -> str:
    """The data of a ``^BC`` field in mode N: start and switches by their invocation codes, then the characters.

    >>> code128_field((105, 99, 1, 0, 106))
    '>;9901'
    """
    in_c = values[0] == START_C
    parts = [">;" if in_c else ">:"]
    for value in values[1:-2]:
        if value == FNC1:
            parts.append(">8")
        elif in_c and value == CODE_B:
            parts.append(">6")
            in_c = False
        elif not in_c and value == CODE_C:
            parts.append(">5")
            in_c = True
        else:
            parts.append(f"{value:02}" if in_c else _in_b(chr(value + 32)))
    return "".join(parts)


def by_command(symbol: Symbol) -> bool:
    """Whether a command draws every bar of the symbol, alike on all that speak ZPL.

    They differ in a switch from subset B to C, and in a last character that stands alone behind an invocation code.
    """
    if symbol.symbology in (Symbology.CODE128, Symbology.GS1_128):
        field = code128_field(symbol.values)
        return ">5" not in field and _ALONE.search(field) is None
    return symbol.symbology in (Symbology.EAN13, Symbology.UPCA, Symbology.ITF14)


def _label(placed: Placed, paper: Paper, font: Font, dots: int, copies: int) -> str:
    width, height = (round(side * dots) for side in paper.label)
    fields = "\n".join((*_symbol(placed, dots), *(_text(line, font, dots) for line in placed.lines)))
    return f"^XA^CI28^LH0,0^PW{width}^LL{height}\n{fields}\n^PQ{copies}^XZ\n"


def _symbol(placed: Placed, dots: int) -> Iterator[str]:
    symbol = placed.symbol
    x, y, module, height = (round(length * dots) for length in (placed.x, placed.y, placed.module, placed.height))
    origin = f"^FO{x},{y}"
    if not by_command(symbol):
        yield origin + graphic_field(symbol_pixels(symbol, module, height))
    elif symbol.symbology is Symbology.ITF14:
        yield f"{origin}^BY{module},{ITF_WIDE}^B2N,{height},N,N,N^FD{symbol.text}^FS"
        for top in (y, y + height - BEARER * module):
            yield f"^FO{x},{top}^GB{symbol.width * module},{BEARER * module},{BEARER * module}^FS"
    elif symbol.symbology.retail:
        digits = symbol.text.zfill(13)[:12]
        yield f"{origin}^BY{module}^BEN,{height - GUARD * module},N,N^FD{digits}^FS"
    else:
        yield f"{origin}^BY{module}^BCN,{height},N,N,N,N^FH_^FD{code128_field(symbol.values)}^FS"


def _text(line: Line, font: Font, dots: int) -> str:
    x, y, width, size = (round(length * dots) for length in (line.x, line.y, line.width, line.size))
    origin = f"^FO{x},{y}"
    text = font.shown(line.text).replace("…", "...")
    awkward = "\x7f\\" if line.centred else "\x7f"  # a field block takes the backslash for a command
    if all(" " <= char <= _LAST_OF_FONT and char not in awkward for char in text):
        escaped = "".join(_hex(char) if char in "^~_" else char for char in text)
        align = f"^FB{width},1,0,C,0" if line.centred else ""
        return f"{origin}^A0N,{size},{size}{align}^FH_^FD{escaped}^FS"
    return origin + graphic_field(text_pixels(text, width, size, font, bold=line.bold, centred=line.centred))


def _in_b(char: str) -> str:
    return ">0" if char == ">" else _hex(char) if char in "^~_" else char


def _hex(char: str) -> str:
    return f"_{ord(char):02X}"
