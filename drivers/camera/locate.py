"""Find regions of a frame that look like a linear barcode, whether or not it can be read (OpenCV's detector)."""

import math
from typing import TYPE_CHECKING

from drivers.camera.found import Quad

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
                quads += [_shifted(quad, left, top) for quad in locate(gray[top : top + TILE, left : left + TILE])]
    kept: list[Quad] = []
    for quad in sorted(quads, key=_area, reverse=True):
        if not any(holds(other, centre(quad)) for other in kept):
            kept.append(quad)
    return kept[:MOST_OF_SHELF]


def centre(quad: Quad) -> tuple[float, float]:
    """Return the mean of the corners."""
    return sum(x for x, _ in quad) / 4, sum(y for _, y in quad) / 4


def holds(quad: Quad, place: tuple[float, float]) -> bool:
    """Whether ``place`` lies in the upright box around ``quad``."""
    xs, ys = [x for x, _ in quad], [y for _, y in quad]
    return min(xs) <= place[0] <= max(xs) and min(ys) <= place[1] <= max(ys)


def sides(quad: Quad) -> tuple[float, float]:
    """Return the mean length in pixels across the bars and along them."""
    a, b, c, d = quad
    return (math.dist(a, b) + math.dist(d, c)) / 2, (math.dist(a, d) + math.dist(b, c)) / 2


def _shifted(quad: Quad, left: int, top: int) -> Quad:
    a, b, c, d = ((x + left, y + top) for x, y in quad)
    return a, b, c, d


def _area(quad: Quad) -> float:
    across, along = sides(quad)
    return across * along
