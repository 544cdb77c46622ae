"""Find regions of a frame that look like a linear barcode, whether or not it can be read (OpenCV's detector)."""

import math
from typing import TYPE_CHECKING

from drivers.camera.found import Quad

if TYPE_CHECKING:
    from drivers.camera.images import Pixels

MOST = 12
"""Regions looked at in one frame, the largest first: a texture of stripes must not eat the time."""

SMALLEST = 16.0
"""Pixels along the symbol below which no linear barcode can be resolved."""


def locate(gray: "Pixels") -> list[Quad]:
    """Return the corners of regions of parallel bars, largest first: top left, top right, bottom right, bottom left.

    "Top" is up to the bars: the first side crosses them.
    """
    import cv2

    if min(gray.shape) < SMALLEST:
        return []
    try:
        good, points = cv2.barcode.BarcodeDetector().detectMulti(gray)
    except cv2.error:  # the detector asserts on some degenerate frames; that is no barcode
        return []
    if not good or points is None:
        return []
    quads: list[Quad] = []
    for bottom_left, top_left, top_right, bottom_right in points.tolist():
        quads.append((tuple(top_left), tuple(top_right), tuple(bottom_right), tuple(bottom_left)))
    quads = [quad for quad in quads if sides(quad)[0] >= SMALLEST]
    return sorted(quads, key=_area, reverse=True)[:MOST]


def sides(quad: Quad) -> tuple[float, float]:
    """Return the mean length in pixels across the bars and along them."""
    a, b, c, d = quad
    return (math.dist(a, b) + math.dist(d, c)) / 2, (math.dist(a, d) + math.dist(b, c)) / 2


def _area(quad: Quad) -> float:
    across, along = sides(quad)
    return across * along
