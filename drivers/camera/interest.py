"""Which parts of a frame could hold a code: where light and dark change more densely than elsewhere.

The test costs about 2 ms at 1080p, a decoder 16 to 190.  It must not overlook a code; what it lets through too much
only costs time.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from drivers.camera.images import Pixels

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom are the first that lie outside."""

CELL = 16
"""Pixels along the side of the squares whose density is compared."""

OVER_GROUND, AT_LEAST = 1.4, 4.0
"""A cell stands out from this many times the density of the ground, and so many grey levels more: on even ground the
noise of a sensor stays below 1.2 times its own mean, a label blurred over 3 pixels reaches 4 times."""

GROUND = 0.3
"""Share of the cells that are taken for ground: labels may cover the rest."""

SMALLEST = 3
"""Cells of the smallest group that is looked at."""

MARGIN = 32
"""Pixels around a group: quiet zone, and bars that fade out."""

MOSTLY = 0.6
"""Share of the frame from which the whole of it is read at once."""


CHANGED = 6
"""Grey levels by which the mean of a cell must differ from before: that of a usual sensor moves by less than 2."""

SAMPLED = 4
"""Of so many rows and columns one is looked at for that: it is most of what an empty frame costs."""


class Memory:
    """What every cell looked like when it was last looked at: what gave nothing and stands still is left alone."""

    def __init__(self) -> None:
        self._before: Any = None

    def changed(self, gray: "Pixels", *, all_anew: bool) -> Any:
        """Return the cells to look at, shape (rows, columns) of 0 and 1: those that changed, or all; remember them."""
        import cv2
        import numpy as np

        sampled = np.ascontiguousarray(gray[::SAMPLED, ::SAMPLED])
        now = cv2.resize(sampled, _cells(gray), interpolation=cv2.INTER_AREA)
        if all_anew or self._before is None or self._before.shape != now.shape:
            self._before = now
            return np.ones_like(now)
        different = (cv2.absdiff(now, self._before) >= CHANGED).astype(np.uint8)
        self._before[different > 0] = now[different > 0]
        return cv2.dilate(different, np.ones((3, 3), np.uint8))


def boxes_of_interest(gray: "Pixels", memory: Memory | None = None, *, all_anew: bool = True) -> list[Box]:
    """Return the boxes that could hold a code, the largest first; they do not overlap.  None for an empty bench.

    With ``memory`` and without ``all_anew`` only those in which something changed.
    """
    import cv2
    import numpy as np

    height, width = gray.shape
    if min(height, width) < 4 * CELL:
        return [(0, 0, width, height)]
    fresh = memory.changed(gray, all_anew=all_anew) if memory is not None else None
    if fresh is not None and not fresh.any():
        return []
    density = _density(gray)
    ground = float(np.quantile(density, GROUND))
    stands_out = (density > OVER_GROUND * ground + AT_LEAST).astype(np.uint8)
    if fresh is not None:
        stands_out &= fresh
    stands_out = cv2.morphologyEx(stands_out, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    boxes = [
        (CELL * x - MARGIN, CELL * y - MARGIN, CELL * (x + w) + MARGIN, CELL * (y + h) + MARGIN)
        for x, y, w, h, cells in _groups(stands_out)
        if cells >= SMALLEST
    ]
    return merged(boxes, width, height)


def merged(boxes: "list[Box]", width: int, height: int) -> list[Box]:
    """Return boxes that cover ``boxes`` within the frame without overlap, or the frame where they cover most of it."""
    apart: list[Box] = []
    for left, top, right, bottom in boxes:
        box = (max(0, left), max(0, top), min(width, right), min(height, bottom))
        while touching := [other for other in apart if _overlap(box, other)]:
            apart = [other for other in apart if other not in touching]
            box = _around([box, *touching])
        if box[0] < box[2] and box[1] < box[3]:
            apart.append(box)
    if sum(_area(box) for box in apart) > MOSTLY * width * height:
        return [(0, 0, width, height)]
    return sorted(apart, key=_area, reverse=True)


def _density(gray: "Pixels") -> Any:
    """Return the mean change of grey over two pixels, across or down, in every cell."""
    import cv2

    rows = gray[::2]  # every second one says as much
    across = cv2.absdiff(rows[:-1, 2:], rows[:-1, :-2])
    down = cv2.absdiff(rows[1:, :-2], rows[:-1, :-2])
    return cv2.resize(cv2.max(across, down), _cells(gray), interpolation=cv2.INTER_AREA)


def _cells(gray: "Pixels") -> tuple[int, int]:
    """Return the number of cells across and down."""
    return gray.shape[1] // CELL, gray.shape[0] // CELL


def _groups(cells: Any) -> list[list[int]]:
    """Return left, top, width, height and area of the connected groups of cells."""
    import cv2

    _count, _labels, stats, _centres = cv2.connectedComponentsWithStats(cells, connectivity=8)
    groups: list[list[int]] = stats[1:].tolist()
    return groups


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _around(boxes: list[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])
