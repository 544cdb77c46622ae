"""Find regions of parallel edges, by the structure tensor of the frame: a second way beside OpenCV's detector.

Where all gradients of a neighbourhood run along one line, there are bars; text and texture have them in all directions.
OpenCV's detector wants a region that is large, of even density and no part of something else; this one takes what it
overlooks (small symbols of a large photograph, bars on a bottle) and gives more that is none.
"""

import math
from typing import TYPE_CHECKING, Any

from drivers.camera.found import Quad
from drivers.camera.quads import scaled

if TYPE_CHECKING:
    from drivers.camera.images import Pixels

WORKED_ON = 900
"""Pixels of the short side above which a picture is halved: its bars are then still more than a pixel wide."""

WINDOW = 13
"""Pixels along the side of a neighbourhood: it holds several bars of a symbol that can be read."""

COHERENT = 0.75
"""Anisotropy (0 in all directions, 1 along one line) from which a neighbourhood counts as bars."""

CONTRAST = 400.0
"""Root mean square of the Scharr gradient below which there is nothing to see; a step of one grey level gives 16."""

FILLED, NARROWEST, LOWEST = 0.5, 40, 8
"""Share of its upright box that a region must fill, and pixels across the bars and along them."""

MOST = 8


def stripes(gray: "Pixels") -> list[Quad]:
    """Return the corners of regions of parallel bars, the largest first, as `drivers.camera.locate.locate` does."""
    import cv2
    import numpy as np

    shrink = 1
    while min(gray.shape) // shrink > WORKED_ON:
        shrink *= 2
    size = (max(1, gray.shape[1] // shrink), max(1, gray.shape[0] // shrink))
    small: Any = gray if shrink == 1 else cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    across_x, across_y, mixed = _tensor(small)
    energy = across_x + across_y
    coherence = np.hypot(across_x - across_y, 2 * mixed)
    mask = ((coherence > COHERENT * energy) & (energy > CONTRAST**2)).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    count, labels, boxes, _centres = cv2.connectedComponentsWithStats(mask)
    largest = sorted(range(1, count), key=lambda label: -boxes[label][cv2.CC_STAT_AREA])[: 3 * MOST]
    found: list[Quad] = []
    for label in largest:
        left, top, width, height, _area = (int(value) for value in boxes[label])
        part = slice(top, top + height), slice(left, left + width)
        inside = labels[part] == label
        twice = (2 * mixed[part][inside].sum(), (across_x - across_y)[part][inside].sum())
        if quad := _upright(inside, (left, top), 0.5 * math.atan2(float(twice[0]), float(twice[1]))):
            found.append(scaled(quad, shrink))
    return found[:MOST]


def _tensor(gray: "Pixels") -> tuple[Any, Any, Any]:
    """Return the products of the gradient with itself, averaged over the neighbourhood of every pixel."""
    import cv2

    x, y = cv2.Scharr(gray, cv2.CV_32F, 1, 0), cv2.Scharr(gray, cv2.CV_32F, 0, 1)
    a, b, c = (cv2.boxFilter(product, -1, (WINDOW, WINDOW)) for product in (x * x, y * y, x * y))
    return a, b, c


def _upright(inside: Any, corner: tuple[int, int], angle: float) -> Quad | None:
    """Return the box around the pixels of a region whose bars are crossed at ``angle``; None where it is no symbol."""
    import numpy as np

    rows, columns = np.nonzero(inside)
    x, y = columns + corner[0], rows + corner[1]
    cos, sin = math.cos(angle), math.sin(angle)
    first, last = (float(end) for end in np.percentile(x * cos + y * sin, [1, 99]))
    top, bottom = (float(end) for end in np.percentile(y * cos - x * sin, [3, 97]))
    across, along = last - first, bottom - top
    if across < NARROWEST or along < LOWEST or len(x) < FILLED * across * along:
        return None
    a, b, c, d = ((cos * u - sin * v, sin * u + cos * v) for u, v in _corners(first, last, top, bottom))
    return a, b, c, d


def _corners(first: float, last: float, top: float, bottom: float) -> tuple[tuple[float, float], ...]:
    return (first, top), (last, top), (last, bottom), (first, bottom)
