"""Symbols that say of themselves that they are one part of several (structured append, macro).

zxing-cpp 3.1 knows it and does not tell Python: it gives the text of the part as if it were all.  It does give the
modules as it sampled them, and there the symbol says it again, in its first code words.
"""

from typing import TYPE_CHECKING, Any

from drivers.camera import datamatrix_blocks, maxicode_blocks, pdf417_rows, qr_blocks
from drivers.camera.found import Part, Quad
from drivers.camera.reed_solomon import QR, corrected
from drivers.camera.sequences import COMPOSITE

if TYPE_CHECKING:
    from drivers.camera.images import Pixels

STRUCTURED_APPEND_QR = 0b0011
STRUCTURED_APPEND_DATAMATRIX = 233
STRUCTURED_APPEND_MAXICODE = 33
AZTEC_APPENDED = "]z6 ]z7 ]z8 ]z9 ]zA ]zB"

UNKNOWN = Part(0, 0, "")
"""A part of which it is not known which."""


LINKED = Part(0, 0, COMPOSITE)
"""The two-dimensional half of a GS1 composite, whose bytes zxing-cpp takes for a text."""


def part_of(barcode: Any, gray: "Pixels") -> Part | None:
    """Say which part of what ``barcode`` (of zxing-cpp, read in ``gray``) is; None for one that stands alone."""
    name = str(barcode.format)
    if name.startswith("QR Code"):
        return _part_of_qr(barcode)
    if name == "Data Matrix":
        return _part_of_datamatrix(barcode)
    if name.startswith("Aztec"):
        return UNKNOWN if barcode.symbology_identifier in AZTEC_APPENDED else None
    if name == "MaxiCode":
        alone = maxicode_blocks.first_word(_modules(barcode)) not in (None, STRUCTURED_APPEND_MAXICODE)
        return None if alone else UNKNOWN
    return _part_of_pdf417(barcode, gray) if "PDF417" in name else None


def _part_of_qr(barcode: Any) -> Part | None:
    modules, extra = _modules(barcode), barcode.extra
    level, mask = str(extra["ECLevel"]), int(extra["DataMask"])
    if not qr_blocks.stands_upright(modules, level, mask):
        modules = modules.T
    words = corrected(*qr_blocks.first_block(modules, level, mask), QR)
    if words is None:
        return UNKNOWN
    if words[0] >> 4 != STRUCTURED_APPEND_QR:
        return None
    index, last, parity = words[0] & 15, words[1] >> 4, (words[1] & 15) << 4 | words[2] >> 4
    return Part(index + 1, last + 1, f"{parity:02x}")


def _part_of_datamatrix(barcode: Any) -> Part | None:
    modules = _modules(barcode)
    for turned in (modules, modules[::-1, ::-1].T):
        words = datamatrix_blocks.first_words(turned, 4)
        if words is None:
            continue
        if words[0] != STRUCTURED_APPEND_DATAMATRIX:
            return None
        index, count = (words[1] >> 4) + 1, 17 - (words[1] & 15)
        return Part(index, count, words[2:4].hex()) if index <= count <= 16 else UNKNOWN
    return UNKNOWN


def _part_of_pdf417(barcode: Any, gray: "Pixels") -> Part | None:
    extra = barcode.extra or {}
    if "FileId" in extra:
        return UNKNOWN
    said = pdf417_rows.says(gray, quad_of(barcode.position), int(str(extra.get("ECLevel", "0")).rstrip("%") or 0))
    return {"macro": UNKNOWN, "linked": LINKED}.get(said)


def quad_of(position: Any) -> Quad:
    """Return the corners that zxing-cpp gives."""
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    a, b, c, d = ((float(p.x), float(p.y)) for p in corners)
    return a, b, c, d


def _modules(barcode: Any) -> Any:
    """The modules as they were sampled, dark where true.  Of other symbologies zxing-cpp keeps none."""
    import numpy as np

    return np.asarray(barcode.to_image(scale=1, add_quiet_zones=False)) < 128
