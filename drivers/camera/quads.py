"""Geometry of the four corners of a region: top left, top right, bottom right, bottom left as the symbol is read.

The first side crosses the bars; "along" is the direction in which a bar runs.
"""

import math
from collections.abc import Iterator

from drivers.camera.found import Quad

Point = tuple[float, float]
Line = tuple[Point, Point]

TOUCH = 1.0
"""Pixels: a reading of one scan line has corners without height between them, and rounded ones."""


def centre(quad: Quad) -> Point:
    """Return the mean of the corners."""
    return sum(x for x, _ in quad) / 4, sum(y for _, y in quad) / 4


def sides(quad: Quad) -> tuple[float, float]:
    """Return the mean length in pixels across the bars and along them."""
    a, b, c, d = quad
    return (math.dist(a, b) + math.dist(d, c)) / 2, (math.dist(a, d) + math.dist(b, c)) / 2


def midline(quad: Quad) -> Line:
    """Return the line across the bars half-way down."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
    return ((ax + dx) / 2, (ay + dy) / 2), ((bx + cx) / 2, (by + cy) / 2)


def parallel(one: Line, other: Line) -> tuple[Line, Line]:
    """Return both lines, the second turned round where it runs against the first."""
    (a, b), (c, d) = one, other
    against = (b[0] - a[0]) * (d[0] - c[0]) + (b[1] - a[1]) * (d[1] - c[1]) < 0
    return one, ((d, c) if against else other)


def box(quad: Quad) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of the upright box around ``quad``."""
    xs, ys = [x for x, _ in quad], [y for _, y in quad]
    return min(xs), min(ys), max(xs), max(ys)


def holds(quad: Quad, place: Point) -> bool:
    """Whether ``place`` lies in the upright box around ``quad``."""
    left, top, right, bottom = box(quad)
    return left <= place[0] <= right and top <= place[1] <= bottom


def meet(one: Quad, other: Quad) -> bool:
    """Whether two convex quads share a point: no line along a side of either separates them.

    >>> square = ((0, 0), (4, 0), (4, 4), (0, 4))
    >>> meet(square, ((3, 3), (6, 3), (6, 6), (3, 6))), meet(square, ((7, 0), (9, 0), (9, 4), (7, 4)))
    (True, False)

    The upright boxes of two labels that lie side by side at a slant meet, the labels do not:

    >>> meet(((0, 10), (10, 0), (12, 2), (2, 12)), ((6, 16), (16, 6), (18, 8), (8, 18)))
    False
    """
    for along_x, along_y in (*_directions(one), *_directions(other)):
        here = [x * along_x + y * along_y for x, y in one]
        there = [x * along_x + y * along_y for x, y in other]
        if min(there) > max(here) + TOUCH or min(here) > max(there) + TOUCH:
            return False
    return True


def stacked(one: Quad, other: Quad) -> bool:
    """Whether two regions may be strips of one linear symbol: about parallel, one above the other and near."""
    (a, b), (c, d) = midline(one), midline(other)
    length, other_length = math.dist(a, b), math.dist(c, d)
    if not 0.5 < length / max(other_length, 1e-6) < 2:
        return False
    ux, uy = (b[0] - a[0]) / length, (b[1] - a[1]) / length
    cosine = ((d[0] - c[0]) * ux + (d[1] - c[1]) * uy) / other_length
    x, y = ((c[0] + d[0] - a[0] - b[0]) / 2, (c[1] + d[1] - a[1] - b[1]) / 2)
    return abs(cosine) > 0.95 and abs(x * ux + y * uy) < length / 4 and abs(y * ux - x * uy) < length


def alike(one: Quad, other: Quad) -> bool:
    """Whether two regions are equally long across the bars, but for a tenth."""
    return 0.9 < sides(one)[0] / max(sides(other)[0], 1e-6) < 1.1


def taller(quad: Quad) -> Quad:
    """Return ``quad`` twice as high: a reading of few scan lines may lie at the edge of its region."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
    left, right = ((dx - ax) / 2, (dy - ay) / 2), ((cx - bx) / 2, (cy - by) / 2)
    return (
        (ax - left[0], ay - left[1]),
        (bx - right[0], by - right[1]),
        (cx + right[0], cy + right[1]),
        (dx + left[0], dy + left[1]),
    )


def with_height(quad: Quad) -> Quad:
    """Return ``quad`` at least a sixteenth as high as wide: a reading of one scan line has no height of its own."""
    across, along = sides(quad)
    lack = max(0.0, across / 16 - along) / 2
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
    length = max(across, 1.0)
    down_x, down_y = -(by - ay) / length * lack, (bx - ax) / length * lack
    return (
        (ax - down_x, ay - down_y),
        (bx - down_x, by - down_y),
        (cx + down_x, cy + down_y),
        (dx + down_x, dy + down_y),
    )


def scaled(quad: Quad, by: float) -> Quad:
    """Return the corners in a picture ``by`` times as large."""
    a, b, c, d = ((x * by, y * by) for x, y in quad)
    return a, b, c, d


def shifted(quad: Quad, left: float, top: float) -> Quad:
    """Return the corners moved by ``left`` and ``top`` pixels."""
    a, b, c, d = ((x + left, y + top) for x, y in quad)
    return a, b, c, d


def _directions(quad: Quad) -> Iterator[Point]:
    """Yield the unit normals of the sides; of a quad without height also the one along it."""
    for n in range(4):
        (ax, ay), (bx, by) = quad[n], quad[(n + 1) % 4]
        length = math.hypot(bx - ax, by - ay)
        if length > 1e-6:
            yield (by - ay) / length, (ax - bx) / length
            yield (bx - ax) / length, (by - ay) / length
