"""The grey profile across the bars of a crop, averaged along the bars after they are stood upright."""

from typing import TYPE_CHECKING, Any

from drivers.camera.quads import Line

if TYPE_CHECKING:
    import numpy as np

    from drivers.camera.images import Pixels

    Array = np.ndarray[Any, np.dtype[np.float32]]

SLANTS = (-0.2, -0.13, -0.06, 0.0, 0.06, 0.13, 0.2)
"""Columns that a bar may lean per row."""

BAND = (0.15, 0.85)
"""Part of the height that is averaged: the ends of the bars are ragged, the digits stand below."""


def profile_of(pixels: "Pixels") -> "Array":
    """Return the mean grey of every column after the slant that shows the bars best."""
    import numpy as np

    mean: Array
    band = _band(pixels)
    if len(band) < 4:
        return upright_profile_of(pixels)
    slices = _slices(band)
    best: Any = None
    contrast = -1.0
    for slant in SLANTS:
        profile = _slanted_mean(slices, slant * len(band) / len(slices))
        edges = float(np.abs(np.diff(profile)).sum())
        if edges > contrast:
            best, contrast = profile, edges
    mean = best
    return mean


def upright_profile_of(pixels: "Pixels") -> "Array":
    """Return the mean grey of every column: of bars that stand upright already, at a tenth of the time."""
    mean: Array = _band(pixels).mean(axis=0)
    return mean


def _band(pixels: "Pixels") -> Any:
    import numpy as np

    height = pixels.shape[0]
    first = int(BAND[0] * height)
    return pixels[first : max(int(BAND[1] * height), first + 1)].astype(np.float32)


BETWEEN = (0.2, 0.4, 0.6, 0.8)
SAMPLES, ALIKE, SLIP = 400, 0.6, 6
"""Points along a line across the bars, the correlation from which two lines cross the same bars, and the points by
which the ends of a line may be off."""


def same_bars(gray: "Pixels", one: Line, other: Line) -> bool:
    """Whether the bars that line ``one`` crosses run on to line ``other``: both lie in one symbol.

    Between two equal labels, one above the other, lie a white edge and text.
    """
    import numpy as np

    (a, b), (c, d) = np.array(one), np.array(other)
    ends = [_along(gray, a, b), _along(gray, c, d)]
    between = [_along(gray, a + t * (c - a), b + t * (d - b)) for t in BETWEEN]
    # One of the two may be a scan line at the very edge of the bars.
    return all(max(_likeness(end, line) for end in ends) >= ALIKE for line in between)


def _along(gray: "Pixels", start: Any, end: Any) -> Any:
    """Return the grey along a line as a vector of mean 0 and length 1; of length 0 where it is even."""
    import numpy as np

    points = start + np.linspace(0.02, 0.98, SAMPLES)[:, None] * (end - start)
    x = np.clip(points[:, 0].round().astype(int), 0, gray.shape[1] - 1)
    y = np.clip(points[:, 1].round().astype(int), 0, gray.shape[0] - 1)
    values = gray[y, x] - gray[y, x].mean()
    length = float(np.linalg.norm(values))
    return values / length if length else values


def _likeness(one: Any, other: Any) -> float:
    """Return the greatest correlation of two lines that may have slipped against each other."""
    import numpy as np

    middle = SAMPLES - 1
    return float(np.correlate(one, other, "full")[middle - SLIP : middle + SLIP + 1].max())


def _slices(band: Any) -> Any:
    """Average the rows in at most 8 slices: fewer to shift, and noise goes down."""
    import numpy as np

    return np.stack([part.mean(axis=0) for part in np.array_split(band, min(8, len(band)))])


def _slanted_mean(slices: Any, shift: float) -> Any:
    """Return the mean of the slices, each shifted by ``shift`` columns against the one before."""
    import numpy as np

    columns = np.arange(slices.shape[1], dtype=np.float32)
    middle = (len(slices) - 1) / 2
    total = np.zeros_like(columns)
    for number, row in enumerate(slices):
        total += np.interp(columns + (number - middle) * shift, columns, row)
    return total / len(slices)
