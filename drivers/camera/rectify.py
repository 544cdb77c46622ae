"""Warp a region upright, so that its bars stand vertical and wide enough to read."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from drivers.camera.found import Quad
from drivers.camera.quads import sides

if TYPE_CHECKING:
    from drivers.camera.images import Pixels

SCALE = 2.0
WIDEST = 1600
MARGIN = 0.16
"""Share of the width taken in on either side: the quiet zone, and bars that the detector cut off."""


@dataclass(frozen=True, slots=True)
class Crop:
    """A region upright; ``first`` and ``last`` are the columns at which the region itself begins and ends."""

    pixels: "Pixels"
    first: float
    last: float
    warp: Any

    def back(self, quad: Quad) -> Quad:
        """Return corners in the crop as corners in the frame."""
        import cv2
        import numpy as np

        points = np.array([quad], np.float32)
        a, b, c, d = (
            (float(x), float(y)) for x, y in cv2.perspectiveTransform(points, np.linalg.inv(self.warp))[0].tolist()
        )
        return a, b, c, d

    def whole(self) -> Quad:
        """Return the corners of the region in the frame."""
        bottom = float(self.pixels.shape[0])
        return self.back(((self.first, 0.0), (self.last, 0.0), (self.last, bottom), (self.first, bottom)))


def rectify(gray: "Pixels", quad: Quad, margin: float = MARGIN) -> Crop:
    """Return ``quad`` as an upright picture about twice as large, with ``margin`` on either side."""
    import cv2
    import numpy as np

    across, along = sides(quad)
    across, along = max(across, 1.0), max(along, 1.0)  # an engine may give a single point
    scale = min(SCALE, WIDEST / across / (1 + 2 * margin))
    pad = margin * across * scale
    width, height = max(8, round(across * scale)), max(8, round(along * scale))
    target = np.array([(pad, 0), (pad + width, 0), (pad + width, height), (pad, height)], np.float32)
    warp = cv2.getPerspectiveTransform(np.array(quad, np.float32), target)
    size = (round(width + 2 * pad), height)
    pixels: Any = cv2.warpPerspective(gray, warp, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return Crop(pixels, pad, pad + width, warp)


def sharpened(gray: "Pixels") -> "Pixels":
    """Return ``gray`` with its edges steepened (unsharp mask)."""
    import cv2

    soft = cv2.GaussianBlur(gray, (0, 0), 2.0)
    return cv2.addWeighted(gray, 2.5, soft, -1.5, 0)  # type: ignore[return-value]


def smoothed(gray: "Pixels") -> "Pixels":
    """Return ``gray`` without its finest detail: the noise of a sensor, the pattern within printed modules."""
    import cv2

    return cv2.GaussianBlur(gray, (0, 0), 2.0)  # type: ignore[return-value]


def equalised(gray: "Pixels") -> "Pixels":
    """Return ``gray`` with its contrast equalised region by region (CLAHE): glare and shade lose their weight."""
    import cv2

    return cv2.createCLAHE(3.0, (8, 8)).apply(gray)  # type: ignore[return-value]


def doubled(gray: "Pixels") -> "Pixels":
    """Return ``gray`` at twice its size."""
    import cv2

    return cv2.resize(gray, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)  # type: ignore[return-value]


def halved(gray: "Pixels") -> "Pixels":
    """Return ``gray`` at half its size, at least one pixel."""
    import cv2

    size = (max(1, gray.shape[1] // 2), max(1, gray.shape[0] // 2))
    return cv2.resize(gray, size, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def inverted(gray: "Pixels") -> "Pixels":
    """Return the negative of ``gray``."""
    return 255 - gray
