"""The grey profile across the bars of a crop, averaged along the bars after they are stood upright."""

from typing import TYPE_CHECKING, Any

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

    height = pixels.shape[0]
    mean: Array
    band = pixels[int(BAND[0] * height) : max(int(BAND[1] * height), int(BAND[0] * height) + 1)].astype(np.float32)
    if len(band) < 4:
        mean = band.mean(axis=0)
        return mean
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
