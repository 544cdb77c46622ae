"""The engines that read printed labels back, each as it comes, without the station's own judgement."""

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import zxingcpp

from scanstation.stock.symbols import Symbol, Symbology

MATRIX = {Symbology.DATA_MATRIX, Symbology.GS1_DATA_MATRIX}
TABLES = (0.5, 1.0, 0.2)
"""White around a label, in widths of the label."""

WIDTHS = (1200, 900, 1600, 700)
"""Pixels of the picture of label and table."""

RETAIL = {Symbology.EAN13, Symbology.UPCA, Symbology.EAN8}


def readings(picture: Any, symbol: Symbol) -> dict[str, set[str]]:
    """By the name of every engine that offers the symbology: all that it reads in the picture."""
    found = {"zxing": _zxing(picture)}
    if symbol.symbology not in MATRIX:
        found["zbar"] = _zbar(picture)
    if symbol.symbology in RETAIL:
        found["opencv"] = _bars(picture)
    if symbol.symbology is Symbology.QR:
        found["opencv"] = _squares(picture)
    return found


def expected(symbol: Symbol) -> str:
    """The text that engines give: a UPC-A has a zero in front."""
    return symbol.text.zfill(13) if symbol.symbology is Symbology.UPCA else symbol.text


def _zxing(picture: Any) -> set[str]:
    return {found.bytes.decode() for found in zxingcpp.read_barcodes(picture)}


def _zbar(picture: Any) -> set[str]:
    from pyzbar.pyzbar import decode

    return {found.data.decode() for found in decode(picture)}


def _bars(picture: Any) -> set[str]:
    """OpenCV finds bars only where they fill less than about half of the picture, and not at every size: the label
    lies on a white table and is seen from several distances until it is read."""
    for share in TABLES:
        table = np.pad(picture, int(picture.shape[1] * share), constant_values=255)
        for width in WIDTHS:
            seen = cv2.resize(
                table, None, fx=width / table.shape[1], fy=width / table.shape[1], interpolation=cv2.INTER_AREA
            )
            ok, texts, kinds, _ = _detector().detectAndDecodeWithType(seen)
            if ok and any(texts):
                return {
                    text.zfill(13) if kind == "UPC_A" else text for text, kind in zip(texts, kinds, strict=True) if text
                }
    return set()


def _squares(picture: Any) -> set[str]:
    """The detector that looks for the corners as for markers; OpenCV's other one does not find every clean symbol."""
    text, _, _ = cv2.QRCodeDetectorAruco().detectAndDecode(np.ascontiguousarray(picture))
    return {text} - {""}


@lru_cache(1)
def _detector() -> Any:
    return cv2.barcode.BarcodeDetector()
