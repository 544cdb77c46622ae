"""zxing-cpp as an engine: pixels in, `Found` out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from drivers.camera.found import NAMES, Found
from drivers.camera.parts import part_of, quad_of
from drivers.errors import DriverError, Reason
from drivers.protocols.eci import text_of, without_eci

if TYPE_CHECKING:
    from drivers.camera.images import Pixels

LINEAR = "EAN13|EAN8|UPCA|UPCE|Code128|Code39Std|Code93|Codabar|ITF|DataBar|DataBarExp|DataBarLtd"
MATRIX = "QRCode|MicroQRCode|DataMatrix|PDF417|Aztec|MaxiCode"
"""What a warehouse meets.  Formats that no label here carries can only be misread, such as Telepen, where nothing tells
pairs of digits from letters.  Code 39 is read as drawn; `drivers.camera.code39` says what else it may mean."""


UNASKED = frozenset({"MicroPDF417"})
"""What zxing-cpp reads where it is asked for PDF417; it does not say whether it is half a GS1 composite, or a part."""

ITF_14 = 14
"""Digits of an ITF that may be a GTIN."""


@dataclass(frozen=True, slots=True)
class Effort:
    """What zxing-cpp tries beside the picture as it is; each costs about the time of one more picture."""

    rotate: bool = True
    downscale: bool = True
    invert: bool = True
    matrix: bool = True  # two-dimensional symbols, and not only linear ones


FULL = Effort()
QUICK = Effort(downscale=False, invert=False)
REMAINDER = Effort(rotate=False)
UPRIGHT_BARS = Effort(rotate=False, downscale=False, invert=False, matrix=False)


def zxing_read(gray: "Pixels", effort: Effort = FULL, stage: str = "frame") -> list[Found]:
    """Return what zxing-cpp reads; raises `DriverError` (MISSING_LIBRARY) where the wheel is not installed."""
    zxing = _zxing()
    barcodes = zxing.read_barcodes(
        gray,
        formats=zxing.barcode_formats_from_str(f"{LINEAR}|{MATRIX}" if effort.matrix else LINEAR),
        try_rotate=effort.rotate,
        try_downscale=effort.downscale,
        try_invert=effort.invert,
        text_mode=zxing.TextMode.HexECI,  # what a scanner transmits: the text mode guesses what letters bytes are
    )
    sound = [one for one in barcodes if one.valid and one.bytes and str(one.format) not in UNASKED]
    return [_found(barcode, gray, stage) for barcode in sound]


def _zxing() -> Any:
    try:
        import zxingcpp
    except ImportError as error:
        raise DriverError(Reason.MISSING_LIBRARY, f"zxing-cpp: {error}", "pip install zxing-cpp") from error
    return zxingcpp


def _found(barcode: Any, gray: "Pixels", stage: str) -> Found:
    transmitted = bytes.fromhex(barcode.text)
    name = str(barcode.format)
    payload, aim = without_eci(transmitted[3:], transmitted[:3].decode("ascii"))
    aim = _identifier(aim, len(payload))
    symbology = "GS1-128" if aim == "]C1" else NAMES.get(name, name)
    quad, part = quad_of(barcode.position), part_of(barcode, gray)
    return Found(text_of(payload), payload, aim, symbology, quad, "zxing", stage, part)


def _identifier(aim: str, length: int) -> str:
    """Leave out what zxing-cpp claims of a check that nobody asked for: it passes by chance in one of 43, or of 10."""
    if aim.startswith("]A"):
        return "]A0"
    return "]I0" if aim == "]I1" and length != ITF_14 else aim
