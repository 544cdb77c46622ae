"""What digits and guard bars look like through blur and ink spread, as sampled values: light 1, dark -1."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from drivers.camera.retail import SET_A, SET_B, SET_C, Layout

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float32]]

SAMPLES = 4
"""Samples a module."""

QUIET = 3
"""Modules of quiet zone on either side that take part in the alignment."""

_FINE = 10
"""Steps a sample in which bars are drawn before they are blurred."""


@lru_cache(maxsize=64)
def digit_shapes(blur: float, growth: float) -> "Array":
    """Return the shapes of the digits of sets A, B and C, shape (30, 7 x SAMPLES)."""
    import numpy as np

    left = [_blurred("1" + digit + "0", blur, growth)[SAMPLES:-SAMPLES] for digit in (*SET_A, *SET_B)]
    right = [_blurred("0" + digit + "1", blur, growth)[SAMPLES:-SAMPLES] for digit in SET_C]
    return np.array(left + right, np.float32)


@lru_cache(maxsize=128)
def guard_shape(layout: Layout, blur: float, growth: float) -> "Array":
    """Return the shape of the guard bars, zero elsewhere, shape (modules x SAMPLES,)."""
    import numpy as np

    values = np.zeros(layout.modules * SAMPLES, np.float32)
    for place, bars in layout.guards:
        outside = "10"[int(bars[0])], "10"[int(bars[-1])]
        shape = _blurred(outside[0] + bars + outside[1], blur, growth)[SAMPLES:-SAMPLES]
        values[place * SAMPLES : place * SAMPLES + len(shape)] = shape
    return values


@lru_cache(maxsize=8)
def guard_pattern(layout: Layout) -> tuple["Array", "Array"]:
    """Return positions in modules, and there light and dark of guard bars and quiet zones, less their mean."""
    import numpy as np

    where: list[float] = []
    values: list[float] = []
    for place, bars in (*layout.guards, (-QUIET, "0" * QUIET), (layout.modules, "0" * QUIET)):
        where += [place + number + 0.5 for number in range(len(bars))]
        values += [-1.0 if bar == "1" else 1.0 for bar in bars]
    pattern = np.array(values, np.float32)
    return np.array(where, np.float32), pattern - pattern.mean()


def _blurred(modules: str, blur: float, growth: float) -> Any:
    """Return `SAMPLES` values a module for bars (1) grown by ``growth`` modules on either side and blurred."""
    import cv2
    import numpy as np

    fine = _FINE * SAMPLES
    edged = modules[0] * 3 + modules + modules[-1] * 3
    ink: Any = np.repeat(np.array([float(module) for module in edged], np.float32), fine)
    kernel = np.ones((1, 2 * round(abs(growth) * fine) + 1), np.uint8)
    ink = (cv2.dilate if growth > 0 else cv2.erode)(ink[None, :], kernel)
    light = cv2.GaussianBlur(1 - 2 * ink, (0, 0), blur * fine, borderType=cv2.BORDER_REPLICATE)[0]
    return light[3 * fine : -3 * fine].reshape(-1, _FINE).mean(axis=1)
