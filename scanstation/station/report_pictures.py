"""Pictures for a report: fetched from their folder, checked against their names, made small enough to be shown."""

import base64
from collections.abc import Iterator
from typing import Any

from drivers.camera.images import decode_gray, encode_jpeg
from drivers.errors import DriverError
from scanstation.reports.model import CountPicture
from scanstation.reports.pictures import PictureList, label_of
from scanstation.station.picture_folder import PictureFolder, is_intact

WIDEST = 1600
"""Pixels of the longer side of a picture in a report."""

MISSING = "the picture is missing: look for it in a backup, under this name"
ALTERED = "the picture is not the one that was counted: its content does not fit its name"


def count_pictures(listed: PictureList, folder: PictureFolder) -> Iterator[CountPicture]:
    """Yield every picture that counts of the audit rest on, in the order of the journal."""
    for (sha256, location, number), events in listed.groups().items():
        width, height, preview, fault = _shown(folder.find(sha256), sha256)
        yield CountPicture(
            sha256=sha256,
            location=location,
            round=number,
            ts=events[0].ts,
            device=events[0].device,
            width=width,
            height=height,
            labels=tuple(label_of(event) for event in events),
            preview=preview,
            fault=fault,
        )


def _shown(jpeg: bytes | None, sha256: str) -> tuple[int, int, str, str]:
    """Return width, height, the preview in base64, and why there is none."""
    if jpeg is None:
        return 0, 0, "", MISSING
    if not is_intact(jpeg, sha256):
        return 0, 0, "", ALTERED
    try:
        pixels = decode_gray(jpeg)
    except DriverError as error:
        return 0, 0, "", str(error)
    height, width = pixels.shape
    if max(height, width) > WIDEST:
        import cv2

        scale = WIDEST / max(height, width)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        smaller: Any = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        jpeg = encode_jpeg(smaller, quality=75)
    return width, height, base64.b64encode(jpeg).decode(), ""
