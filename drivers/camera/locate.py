"""Find regions of a frame that look like a linear barcode, whether or not it can be read (OpenCV's detector)."""

from typing import TYPE_CHECKING

from drivers.camera.found import Quad
from drivers.camera.quads import centre, holds, shifted, sides

if TYPE_CHECKING:
    from drivers.camera.images import Pixels

MOST = 12
"""Regions looked at in one frame, the largest first: a texture of stripes must not eat the time."""

MOST_OF_SHELF = 240
"""The same for a picture of a shelf, in which each of many labels counts."""

TILE, OVERLAP = 1024, 400
"""Pixels: the detector looks at no more than 512 along the short side and overlooks small labels of a large picture,
so that one is searched in squares too.  A label of up to `OVERLAP` pixels lies whole in one of them."""

SMALLEST = 16.0
"""Pixels along the symbol below which no linear barcode can be resolved."""


def locate(gray: "Pixels") -> list[Quad]:
    """Return the corners of regions of parallel bars, largest first: top left, top right, bottom right, bottom left.

    "Top" is up to the bars: the first side crosses them.
    """
    import cv2
    import numpy as np

    if min(gray.shape) < SMALLEST:
        return []
    try:
        good, points = cv2.barcode.BarcodeDetector().detectMulti(np.ascontiguousarray(gray))
    except cv2.error:  # the detector asserts on some degenerate frames; that is no barcode
        return []
    if not good or points is None:
        return []
    quads: list[Quad] = []
    for bottom_left, top_left, top_right, bottom_right in points.tolist():
        quads.append((tuple(top_left), tuple(top_right), tuple(bottom_right), tuple(bottom_left)))
    quads = [quad for quad in quads if sides(quad)[0] >= SMALLEST]
    return sorted(quads, key=_area, reverse=True)[:MOST]


def locate_all(gray: "Pixels") -> list[Quad]:
    """Return the regions as `locate` does, from a picture of a shelf: small ones too, and many."""
    height, width = gray.shape
    quads = locate(gray)
    if max(height, width) > TILE:
        for top in range(0, max(1, height - OVERLAP), TILE - OVERLAP):
            for left in range(0, max(1, width - OVERLAP), TILE - OVERLAP):
                quads += [shifted(quad, left, top) for quad in locate(gray[top : top + TILE, left : left + TILE])]
    kept: list[Quad] = []
    for quad in sorted(quads, key=_area, reverse=True):
        if not any(holds(other, centre(quad)) for other in kept):
            kept.append(quad)
    return kept[:MOST_OF_SHELF]


def _area(quad: Quad) -> float:
    across, along = sides(quad)
    return across * along
