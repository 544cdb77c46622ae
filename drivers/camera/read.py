"""Read the symbols of a picture or frame: passes from cheap to costly that end with the first trusted answer.

Locate what looks like a code, rectify it, read it again, judge.  The order and the passes were chosen by what each
found beyond the ones before it and what it cost on 500 photographs (bench/camera.py measures the whole).
"""

import time
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drivers.camera.engines import zxing_read
from drivers.camera.fit import EAN8, EAN13, Fit, Layout, fit_profile
from drivers.camera.found import Found, Plausible, Quad
from drivers.camera.images import load_gray, to_gray
from drivers.camera.judge import Bench
from drivers.camera.locate import locate, sides
from drivers.camera.profiles import profile_of
from drivers.camera.rectify import Crop, doubled, equalised, rectify, sharpened
from drivers.camera.zbar import Zbar

if TYPE_CHECKING:
    from drivers.camera.images import Pixels

STILL_BUDGET = 5.0
"""Seconds after which no further pass over a still picture begins."""

LIVE_BUDGET = 0.08
"""The same for a frame of a stream: there is another one soon."""

LARGEST = 16_000_000
"""Pixels above which a picture is halved before it is read."""

SMALL = 1_000_000
"""Pixels up to which a picture is also read at twice its size."""

FITTED = 3
"""Regions of a frame that the fit is tried on, the largest first."""

FIT_DECIDES, FIT_EXPLAINS = 8.0, 0.7
"""Margin and explained share from which the fit is an answer: wrong ones stay below 6.5, right ones reach 10 to 100."""


class Reader:
    """Reads frames with every engine at hand; ``second`` is zbar, None leaves it out."""

    def __init__(self, second: Zbar | None = None) -> None:
        self._second = second

    def read(self, gray: "Pixels", *, thorough: bool, plausible: Plausible | None = None) -> list[Found]:
        """Return the trusted symbols of ``gray``."""
        until = time.monotonic() + (STILL_BUDGET if thorough else LIVE_BUDGET)
        scale = 1.0
        while gray.size > LARGEST:
            gray, scale = _halved(gray), scale * 2
        frame = _FrameInWork(gray, self._second)
        bench = Bench(plausible, frame.against)
        for one_pass in _passes(frame, thorough):
            bench.hear(one_pass())
            if (verdict := bench.verdict()) or time.monotonic() > until:
                return [found.moved(lambda quad: _scaled(quad, scale)) for found in verdict] if scale > 1 else verdict
        return []


class _FrameInWork:
    """A frame and what was made of it so far; nothing is made before a pass asks for it."""

    def __init__(self, gray: "Pixels", second: Zbar | None) -> None:
        self.gray = gray
        self._second = second
        self._crops: list[Crop] | None = None

    @property
    def crops(self) -> list[Crop]:
        if self._crops is None:
            self._crops = [rectify(self.gray, quad) for quad in locate(self.gray)]
        return self._crops

    def zxing(self, change: Callable[["Pixels"], "Pixels"], stage: str, scale: float = 1.0) -> list[Found]:
        found = zxing_read(change(self.gray), stage=stage)
        return [one.moved(lambda quad: _scaled(quad, 1 / scale)) for one in found]

    def zbar(self, change: Callable[["Pixels"], "Pixels"], stage: str) -> list[Found]:
        return self._second.read(change(self.gray), stage) if self._second else []

    def crops_by_zxing(self, change: Callable[["Pixels"], "Pixels"], stage: str) -> Iterator[Found]:
        for crop in self.crops:
            for one in zxing_read(change(crop.pixels), stage=stage):
                yield one.moved(crop.back)

    def crops_by_zbar(self, change: Callable[["Pixels"], "Pixels"], stage: str) -> Iterator[Found]:
        for crop in self.crops if self._second else ():
            assert self._second is not None
            for one in self._second.read(change(crop.pixels), stage):
                yield one.moved(crop.back)

    def crops_by_fit(self) -> Iterator[Found]:
        """Decode EAN numbers by the fit alone where its answer stands far above the second best."""
        for crop in self.crops[:FITTED]:
            profile = profile_of(crop.pixels)
            for layout, symbology, aim in ((EAN13, "EAN-13", "]E0"), (EAN8, "EAN-8", "]E4")):
                fit = _better(profile, layout, crop.first, crop.last)
                if fit and fit.margin >= FIT_DECIDES and fit.explained >= FIT_EXPLAINS:
                    yield Found(fit.text, fit.text.encode(), aim, symbology, crop.whole(), "fit", "crop")
                    break

    def against(self, found: Found) -> float | None:
        """By how much the profile at ``found`` prefers another number; None where no number fits it well."""
        layout = {"EAN-13": EAN13, "EAN-8": EAN8}.get(found.symbology)
        if layout is None:
            return None
        crop = rectify(self.gray, _with_height(found.quad))
        fit = _better(profile_of(crop.pixels), layout, crop.first, crop.last)
        return fit.against(found.text) if fit and fit.explained >= FIT_EXPLAINS else None


def read_image(path: str | Path, plausible: Plausible | None = None) -> list[tuple[str, str]]:
    """Return (text, symbology name) of every trusted symbol in the picture file ``path``.

    Raises `DriverError`: NOT_FOUND, PERMISSION, PROTOCOL (no picture, truncated, too large), MISSING_LIBRARY.
    """
    return [(found.text, found.symbology) for found in read_frame(load_gray(path), plausible=plausible)]


def read_frame(frame: Any, *, thorough: bool = True, plausible: Plausible | None = None) -> list[Found]:
    """Return the trusted symbols of one frame: a grey, BGR or BGRA array, shape (rows, columns[, channels]).

    ``thorough`` takes up to `STILL_BUDGET` for what is hard to read; without it `LIVE_BUDGET`, for live streams.
    """
    return _shared_reader().read(to_gray(frame), thorough=thorough, plausible=plausible)


@lru_cache(maxsize=1)
def _shared_reader() -> Reader:
    """One reader for the process: it holds nothing but the process of the second engine."""
    return Reader(Zbar())


def _passes(frame: _FrameInWork, thorough: bool) -> Iterator[Callable[[], Iterable[Found]]]:
    """Yield the passes from cheap to costly."""
    yield lambda: zxing_read(frame.gray, thorough=thorough)
    yield lambda: frame.crops_by_zxing(_same, "crop")
    yield lambda: frame.crops_by_zxing(equalised, "crop equalised")
    yield lambda: frame.crops_by_fit()
    yield lambda: frame.crops_by_zbar(_same, "crop")
    if not thorough:
        return
    yield lambda: frame.crops_by_zxing(sharpened, "crop sharpened")
    yield lambda: frame.zbar(_same, "frame")
    yield lambda: frame.zxing(equalised, "equalised")
    if frame.gray.size <= SMALL:
        yield lambda: frame.zxing(doubled, "doubled", 2.0)
    yield lambda: frame.zbar(_inverted, "inverted")
    if frame.gray.size <= SMALL:
        yield lambda: frame.zxing(_doubled_equalised, "doubled equalised", 2.0)
    yield lambda: frame.zbar(equalised, "equalised")


def _better(profile: Any, layout: Layout, first: float, last: float) -> Fit | None:
    """Fit in both directions and return the one that explains more."""
    width = len(profile) - 1
    fits = (
        fit_profile(profile, layout, first, last),
        fit_profile(profile[::-1], layout, width - last, width - first),
    )
    return max((fit for fit in fits if fit), key=lambda fit: fit.margin, default=None)


def _with_height(quad: Quad) -> Quad:
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


def _same(gray: "Pixels") -> "Pixels":
    return gray


def _inverted(gray: "Pixels") -> "Pixels":
    return 255 - gray


def _doubled_equalised(gray: "Pixels") -> "Pixels":
    return equalised(doubled(gray))


def _halved(gray: "Pixels") -> "Pixels":
    import cv2

    return cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def _scaled(quad: Quad, by: float) -> Quad:
    a, b, c, d = ((x * by, y * by) for x, y in quad)
    return a, b, c, d
