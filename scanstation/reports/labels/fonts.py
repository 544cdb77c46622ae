"""The font of labels in PDF and ZPL: which characters it has, how wide a text is, and where it is cut.

HTML needs none of it for drawing: the browser finds a font for every script.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from scanstation.errors import ScanstationError

_FOLDERS = ("/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/dejavu", "/usr/share/fonts/dejavu-sans-fonts")

BOX = "□"
"""Stands for a character that the font does not have."""

_RIGHT_TO_LEFT = ("R", "AL", "AN")


@dataclass(frozen=True)
class Font:
    """Two files of one TrueType font; ``width`` and ``cut`` measure in the unit of ``size``, the em."""

    regular: Path
    bold: Path

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """How wide a text of one line is."""
        face = self._bold if bold else self._regular
        return float(sum(face.charWidths.get(ord(char), face.defaultWidth) for char in text)) * size / 1000

    def lacks(self, text: str) -> bool:
        """Whether a character has no picture in the font, or stands in a script that needs a browser to be set."""
        return self.shown(text) != text

    def shown(self, text: str) -> str:
        """The text with a box for every character that cannot be printed."""
        return "".join(char if self._has(char) else BOX if self._has(BOX) else "?" for char in text)

    def cut(self, text: str, width: float, size: float, *, bold: bool = False) -> str:
        """The text, or as much of its beginning as fits with an ellipsis behind it."""
        if self.width(text, size, bold=bold) <= width:
            return text
        kept = text
        while kept and self.width(kept + "…", size, bold=bold) > width:
            kept = kept[:-1].rstrip()
        return kept + "…" if kept else ""

    def wrap(self, text: str, width: float, size: float, most: int) -> Sequence[str]:
        """A bold text broken at blanks into at most so many lines; the last one is cut where it has to be."""
        lines: list[str] = []
        rest = text.split()
        while rest and len(lines) < most - 1:
            taken = 1
            while taken < len(rest) and self.width(" ".join(rest[: taken + 1]), size, bold=True) <= width:
                taken += 1
            lines.append(self.cut(" ".join(rest[:taken]), width, size, bold=True))
            rest = rest[taken:]
        if rest:
            lines.append(self.cut(" ".join(rest), width, size, bold=True))
        return lines

    def lines(self, text: str, width: float, size: float) -> Sequence[str]:
        """All of a text without blanks to break at, in as few lines as it takes, all about as long."""
        for count in range(1, len(text) + 1):
            each = -(-len(text) // count)
            lines = [text[at : at + each] for at in range(0, len(text), each)]
            if all(self.width(line, size) <= width for line in lines):
                return lines
        return list(text)

    def _has(self, char: str) -> bool:
        if unicodedata.bidirectional(char) in _RIGHT_TO_LEFT or unicodedata.combining(char):
            return False
        return ord(char) in self._regular.charToGlyph

    @cached_property
    def _regular(self) -> Any:
        return _face(self.regular)

    @cached_property
    def _bold(self) -> Any:
        return _face(self.bold)


def label_font(named: Path | None = None) -> Font:
    """The font of the setting ``labels.font``, else DejaVu Sans where it is installed, else the small one of reportlab.

    Raises ScanstationError where the named file is no TrueType font.
    """
    if named is not None:
        return Font(named, named)
    for folder in map(Path, _FOLDERS):
        if (folder / "DejaVuSans.ttf").is_file() and (folder / "DejaVuSans-Bold.ttf").is_file():
            return Font(folder / "DejaVuSans.ttf", folder / "DejaVuSans-Bold.ttf")
    import reportlab

    shipped = Path(reportlab.__file__).parent / "fonts"
    return Font(shipped / "Vera.ttf", shipped / "VeraBd.ttf")


def _face(path: Path) -> Any:
    from reportlab.pdfbase.ttfonts import TTFError, TTFontFile

    try:
        return TTFontFile(str(path), validate=0)
    except (TTFError, OSError) as error:
        raise ScanstationError(
            f"{path} is no font that labels can be set in: {error}",
            "Set font in [labels] of station.toml to a TrueType file (.ttf), or leave it out.",
        ) from error
