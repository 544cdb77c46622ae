"""The texts of a label for people: the name on top, the code as it is read, and a detail."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanstation.reports.labels.fonts import Font
from scanstation.reports.words import visible
from scanstation.stock.labels import Label

LEADING = 1.2
BASELINE = 0.946
"""From the top of a line to the top of the next and to its baseline, in ems, as browsers set DejaVu Sans."""

TITLE, DETAIL = 1.25, 0.9
"""Ems of the name and of the detail, in ems of the code."""

_MOST = 3
"""Lines of a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of text in a box whose upper left corner is (x, y); ``size`` is the em; all in millimetres."""

    text: str
    x: float
    y: float
    width: float
    size: float
    bold: bool = False
    centred: bool = True
    code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What stands on a label of text room ``width``: lines of the name, lines of the code, and the detail if any."""

    titles: Sequence[str]
    codes: Sequence[str]
    details: Sequence[str]
    size: float
    code_size: float
    width: float

    @property
    def above(self) -> float:
        """Height of the name."""
        return len(self.titles) * self.size * TITLE * LEADING

    @property
    def below(self) -> float:
        """Height of code and detail."""
        return len(self.codes) * self.code_size * LEADING + len(self.details) * self.size * DETAIL * LEADING

    def lines(self, x: float, y: float, y_code: float, *, centred: bool) -> Iterator[Line]:
        """The lines in their places: the name begins at ``y``, the code at ``y_code``."""
        for text in self.titles:
            yield Line(text=text, x=x, y=y, width=self.width, size=self.size * TITLE, bold=True, centred=centred)
            y += self.size * TITLE * LEADING
        for text in self.codes:
            yield Line(text=text, x=x, y=y_code, width=self.width, size=self.code_size, centred=centred, code=True)
            y_code += self.code_size * LEADING
        for text in self.details:
            yield Line(text=text, x=x, y=y_code, width=self.width, size=self.size * DETAIL, centred=centred)


def texts_of(label: Label, width: float, size: float, font: Font, smallest: float = 0.7) -> Iterator[Texts]:
    """What may stand on a label, the best first: fewer lines of the name, then no detail, then the code alone.

    The code is never cut: it is set smaller, down to ``smallest`` ems, and then broken into lines.
    """
    title = visible(" ".join(label.title.split()))
    detail = font.cut(visible(" ".join(label.detail.split())), width, size * DETAIL)
    codes, code_size = _code(label.text, width, size, font, smallest)
    for most, detailed in (*((count, True) for count in range(_MOST, 0, -1)), (1, False), (0, False)):
        yield Texts(
            titles=font.wrap(title, width, size * TITLE, most) if most else (),
            codes=codes,
            details=(detail,) if detailed and detail else (),
            size=size,
            code_size=code_size,
            width=width,
        )


def _code(text: str, width: float, size: float, font: Font, smallest: float) -> tuple[Sequence[str], float]:
    share = 1.0
    while share > smallest + 0.05 and font.width(text, size * share) > width:
        share -= 0.1
    if font.width(text, size * share) <= width:
        return (text,), size * share
    return font.lines(text, width, size * 0.8), size * 0.8
