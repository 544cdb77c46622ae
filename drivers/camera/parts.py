"""Symbols that say of themselves that they are one part of several (structured append, macro).

zxing-cpp 3.1 knows it and does not tell Python: it gives the text of the part as if it were all.  It does give the
modules as it sampled them, and there the symbol says it again, in its first code words.
"""

from typing import Any

from drivers.camera import datamatrix_blocks, maxicode_blocks, qr_blocks
from drivers.camera.found import Part
from drivers.camera.reed_solomon import QR, corrected

STRUCTURED_APPEND_QR = 0b0011
STRUCTURED_APPEND_DATAMATRIX = 233
STRUCTURED_APPEND_MAXICODE = 33
AZTEC_APPENDED = "]z6 ]z7 ]z8 ]z9 ]zA ]zB"

UNKNOWN = Part(0, 0, "")
"""A part of which it is not known which."""


def part_of(barcode: Any) -> Part | None:
    """Say which part of what ``barcode`` (of zxing-cpp) is; None for one that stands alone."""
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
    if "PDF417" in name:
        return UNKNOWN if "FileId" in (barcode.extra or {}) else None
    return None


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


def _modules(barcode: Any) -> Any:
    """The modules as they were sampled, dark where true.  Of other symbologies zxing-cpp keeps none."""
    import numpy as np

    return np.asarray(barcode.to_image(scale=1, add_quiet_zones=False)) < 128
