"""The symbols of our labels as modules: what is drawn, before anybody decides how large and on what.

Code 128 comes from our own table (python-barcode 0.16.1 drops a leading 99), EAN and ITF from python-barcode, the
two-dimensional ones from the generator of zxing-cpp.  Every one is read back by the station before it is written.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from scanstation.stock.code128 import code128_modules, code128_values

Rect = tuple[float, float, float, float]
"""A black rectangle: left, top, width, height, in modules from the symbol's upper left corner, without quiet zone."""


class Symbology(StrEnum):
    """A kind of symbol that the station prints; all are kinds that its camera reads."""

    EAN13 = "EAN-13"
    UPCA = "UPC-A"
    EAN8 = "EAN-8"
    ITF14 = "ITF-14"
    CODE128 = "Code 128"
    GS1_128 = "GS1-128"
    DATA_MATRIX = "DataMatrix"
    GS1_DATA_MATRIX = "GS1 DataMatrix"
    QR = "QR"

    @property
    def matrix(self) -> bool:
        """Whether it is two-dimensional."""
        return self in (Symbology.DATA_MATRIX, Symbology.GS1_DATA_MATRIX, Symbology.QR)

    @property
    def retail(self) -> bool:
        """Whether it is of the EAN/UPC family."""
        return self in (Symbology.EAN13, Symbology.UPCA, Symbology.EAN8)


AIMS = {
    Symbology.EAN13: ("]E0",),
    Symbology.UPCA: ("]E0",),
    Symbology.EAN8: ("]E4",),
    Symbology.ITF14: ("]I0", "]I1"),
    Symbology.CODE128: ("]C0",),
    Symbology.GS1_128: ("]C1",),
    Symbology.DATA_MATRIX: ("]d1", "]d4"),
    Symbology.GS1_DATA_MATRIX: ("]d2",),
    Symbology.QR: ("]Q1", "]Q2"),
}
"""AIM identifiers with which a scanner may report each (ISO/IEC 15424)."""

QUIET = {Symbology.QR: 4, Symbology.DATA_MATRIX: 2, Symbology.GS1_DATA_MATRIX: 2}
"""Modules that stay white on every side of a matrix symbol: as asked for QR, and one more for DataMatrix."""

QUIET_LINEAR = 11
"""The same on both sides of a linear symbol: EAN-13 asks for 11 on the left, Code 128 and ITF for 10."""

GUARD = 5
"""Modules by which the guard bars of EAN and UPC reach below the others."""

_GUARDS = {95: (0, 2, 46, 48, 92, 94), 67: (0, 2, 32, 34, 64, 66)}
"""Where they begin, by the modules of the symbol."""

BEARER = 2
"""Modules of the bars above and below ITF-14, which keep a slanted scan from reading half of it."""

ITF_WIDE = 3
"""Modules of a wide element of ITF-14 (2.25 to 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """``text`` is what a reader gives back, ``rows`` the modules (one row where it is linear, ``1`` is black)."""

    symbology: Symbology
    text: str
    rows: tuple[str, ...]
    values: tuple[int, ...] = ()  # of a Code 128 or GS1-128, from start to stop

    @property
    def width(self) -> int:
        """Modules from the first to the last, without quiet zone."""
        return len(self.rows[0])

    @property
    def height(self) -> int:
        """Modules from top to bottom of a matrix symbol."""
        return len(self.rows)

    @property
    def quiet(self) -> int:
        """Modules that stay white at the left and right."""
        return QUIET.get(self.symbology, QUIET_LINEAR)

    def rects(self, height: float = 0) -> tuple[Rect, ...]:
        """What is black; ``height`` is that of the bars, in modules, where the symbol is linear."""
        if self.symbology.matrix:
            return tuple((x, y, w, 1) for y, row in enumerate(self.rows) for x, w in _runs(row))
        if self.symbology.retail:
            guards = _GUARDS[self.width]
            return tuple((x, 0, w, height if x in guards else height - GUARD) for x, w in _runs(self.rows[0]))
        if self.symbology is not Symbology.ITF14:
            return tuple((x, 0, w, height) for x, w in _runs(self.rows[0]))
        bars = ((x, BEARER, w, height - 2 * BEARER) for x, w in _runs(self.rows[0]))
        return ((0, 0, self.width, BEARER), *bars, (0, height - BEARER, self.width, BEARER))


def draw(symbology: Symbology, text: str) -> Symbol:
    """Draw ``text``, which suits the symbology: digits with check digit, an element string ``01...``, or any text."""
    if symbology in (Symbology.CODE128, Symbology.GS1_128):
        values = code128_values(text, gs1=symbology is Symbology.GS1_128)
        return Symbol(symbology=symbology, text=text, rows=(code128_modules(values),), values=values)
    if symbology.matrix:
        return Symbol(symbology=symbology, text=text, rows=_matrix(symbology, text))
    return Symbol(symbology=symbology, text=text, rows=(_bars(symbology, text),))


def _bars(symbology: Symbology, digits: str) -> str:
    from barcode.ean import EuropeanArticleNumber8, EuropeanArticleNumber13
    from barcode.itf import ITF

    if symbology is Symbology.ITF14:
        return str(ITF(digits, narrow=1, wide=ITF_WIDE).build()[0])
    if symbology is Symbology.EAN8:
        return str(EuropeanArticleNumber8(digits).build()[0])
    return str(EuropeanArticleNumber13(digits.zfill(13)).build()[0])  # UPC-A is the EAN-13 with a 0 in front


def _matrix(symbology: Symbology, text: str) -> tuple[str, ...]:
    import zxingcpp

    kinds = zxingcpp.BarcodeFormat
    if symbology is Symbology.QR:
        eci = {} if text.isascii() else {"eci": "UTF-8"}  # else a reader may take its bytes for Shift-JIS
        made = zxingcpp.create_barcode(text, kinds.QRCode, ec_level="M", **eci)
    elif symbology is Symbology.GS1_DATA_MATRIX:
        made = zxingcpp.create_barcode(f"({text[:2]}){text[2:]}", kinds.DataMatrix, gs1=True, force_square=True)
    else:
        made = zxingcpp.create_barcode(text, kinds.DataMatrix, force_square=True)
    return tuple("".join("0" if pixel else "1" for pixel in row) for row in _pixels(made))


def _pixels(made: Any) -> list[list[int]]:
    import numpy as np
    import zxingcpp

    image = np.array(zxingcpp.write_barcode_to_image(made, scale=1, add_quiet_zones=False))
    return image.tolist()  # type: ignore[no-any-return]


def _runs(row: str) -> list[tuple[int, int]]:
    """First module and length of every run of black."""
    runs: list[tuple[int, int]] = []
    start = None
    for place, module in enumerate(row + "0"):
        if module == "1" and start is None:
            start = place
        elif module == "0" and start is not None:
            runs.append((start, place - start))
            start = None
    return runs
