"""`Found`: one symbol in one frame."""

from collections.abc import Callable
from dataclasses import dataclass, replace

Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""Corners in frame pixels (x, y): top left, top right, bottom right, bottom left as the symbol is read."""

Plausible = Callable[[str, str], bool]
"""``plausible(text, symbology)``: whether the host thinks that this code can occur here."""

NAMES = {
    "Data Matrix": "DataMatrix",
    "QR Code": "QR",
    "DataBar Omni": "GS1 DataBar",
    "DataBar Stacked": "GS1 DataBar",
    "DataBar Stacked Omni": "GS1 DataBar",
    "DataBar Limited": "GS1 DataBar Limited",
    "DataBar Expanded": "GS1 DataBar Expanded",
    "DataBar Expanded Stacked": "GS1 DataBar Expanded",
}
"""Symbology names for people where they differ from the decoder's."""

RETAIL = frozenset({"EAN-13", "EAN-8", "UPC-E"})
"""Numbers of the EAN/UPC family: ten digits of evidence and one check digit."""

ERROR_CORRECTED = frozenset({"QR", "DataMatrix", "Aztec", "PDF417", "Micro QR Code", "rMQR Code", "MaxiCode"})
"""Symbologies with Reed-Solomon error correction: a decoded symbol is right but for negligible odds."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of ``count`` symbols that hold one text, from 1; ``group`` is what all of them say.  0 is not known."""

    index: int
    count: int
    group: str


@dataclass(frozen=True, slots=True)
class Found:
    """One symbol that a decoder saw.

    ``payload`` holds the raw bytes with GS (0x1D) between GS1 element strings and without AIM identifier;
    retail numbers come as ISO/IEC 15424 transmits them: EAN-13, UPC-A and UPC-E as 13 digits with ``]E0``, EAN-8
    as 8 digits with ``]E4``.  Where the symbol says what its characters are (ECI) they are UTF-8, else the bytes as
    they are drawn; ``text`` is made of them by `drivers.protocols.eci.text_of`.  ``aim`` is empty only where the
    decoder knows none.  ``engine`` and ``stage`` say how it was found; ``part`` that it is only a part of a text.
    """

    text: str
    payload: bytes
    aim: str
    symbology: str
    quad: Quad
    engine: str = "zxing"
    stage: str = "frame"
    part: Part | None = None

    def moved(self, back: "Callable[[Quad], Quad]") -> "Found":
        """Return the same symbol with its corners mapped by ``back``, from a crop to the frame."""
        return replace(self, quad=back(self.quad))

    @property
    def retail(self) -> bool:
        """Whether this is an EAN or UPC number."""
        return self.symbology in RETAIL
