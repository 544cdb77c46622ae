"""Read the symbols of a picture or frame: passes from cheap to costly that end with the first trusted answer.

Locate what looks like a code, rectify it, read it again, judge.  The order and the passes were chosen by what each
found beyond the ones before it and what it cost on 500 photographs (bench/camera.py measures the whole).
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drivers.camera.code39 import AS_DRAWN, Code39
from drivers.camera.engines import QUICK, REMAINDER, zxing_read
from drivers.camera.found import Found, Plausible
from drivers.camera.images import load_gray, to_gray
from drivers.camera.judge import Bench
from drivers.camera.live import LiveReader
from drivers.camera.quads import scaled
from drivers.camera.rectify import doubled, equalised, halved, inverted, sharpened, smoothed
from drivers.camera.sequences import Refused, Sequences
from drivers.camera.work import INVERTED, FrameInWork
from drivers.camera.zbar import Zbar

if TYPE_CHECKING:
    from drivers.camera.images import Pixels

    Pass = Callable[[], Iterable[Found]]

STILL_BUDGET = 5.0
"""Seconds after which no further pass over a still picture begins."""

LIVE_BUDGET = 0.08
"""The same for a frame of a stream: there is another one soon."""

LARGEST = 16_000_000
"""Pixels above which a picture is halved before it is read."""

SMALL = 400_000
"""Pixels up to which a whole picture is also read with its contrast equalised, and above which halved."""

NARROW = 320
"""Pixels of the short side up to which a picture is also read at twice its size and sharpened: in such a one a module
may be narrower than two pixels.  In a larger one the regions of bars are doubled already, and the rest is texture."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one picture holds: the trusted symbols, and those that were read and must not be delivered."""

    found: list[Found]
    refused: list[Refused]


class Reader:
    """Reads frames with every engine at hand; ``second`` is zbar, None leaves it out."""

    def __init__(self, second: Zbar | None = None) -> None:
        self._second = second

    def read(
        self, gray: "Pixels", *, thorough: bool, every: bool = False, plausible: Plausible | None = None
    ) -> list[Found]:
        """Return the trusted symbols of ``gray``; see `read_frame`."""
        return self.look(gray, thorough=thorough, every=every, plausible=plausible).found

    def look(
        self,
        gray: "Pixels",
        *,
        thorough: bool,
        every: bool = False,
        plausible: Plausible | None = None,
        code39: Code39 = AS_DRAWN,
    ) -> Sight:
        """Return what `read` returns, and beside it what was read and must not be delivered."""
        until = time.monotonic() + (STILL_BUDGET if thorough else LIVE_BUDGET)
        scale = 1.0
        while gray.size > LARGEST:
            gray, scale = halved(gray), scale * 2
        frame = FrameInWork(gray, self._second, thorough=thorough, shelf=every)
        bench = Bench(plausible, frame.opinion, frame.one_symbol, frame.refusal, doubting=True)
        verdict: list[Found] = []
        for of_regions, one_pass in _passes(frame, thorough):
            if verdict and not of_regions:
                continue
            bench.hear(one_pass())
            verdict = bench.verdict()
            if time.monotonic() > until or (verdict and not (every and frame.unread(verdict))):
                break
        if scale > 1:
            verdict = [found.moved(lambda quad: scaled(quad, scale)) for found in verdict]
        sequences = Sequences()
        found, refused = sequences.take(verdict)
        refused += [*sequences.rest(), *bench.refused]
        return Sight([code39.read(one) for one in found], refused)


def read_image(path: str | Path, plausible: Plausible | None = None) -> list[tuple[str, str]]:
    """Return (text, symbology name) of every trusted symbol in the picture file ``path``.

    Raises `DriverError`: NOT_FOUND, PERMISSION, PROTOCOL (no picture, truncated, too large), MISSING_LIBRARY.
    """
    return [(found.text, found.symbology) for found in read_frame(load_gray(path), plausible=plausible)]


def read_frame(
    frame: Any, *, thorough: bool = True, every: bool = False, plausible: Plausible | None = None
) -> list[Found]:
    """Return the trusted symbols of one frame: a grey, BGR or BGRA array, shape (rows, columns[, channels]).

    ``thorough`` takes up to `STILL_BUDGET` for what is hard to read; without it `LIVE_BUDGET`, for live streams.
    What is easy to read is always read in full; ``every`` also looks again at each region that looks like a linear
    code and was not read, where another was: for a picture of a shelf that is taken once.
    """
    return _shared_reader().read(to_gray(frame), thorough=thorough, every=every, plausible=plausible)


def look_at(frame: Any, *, every: bool = False, plausible: Plausible | None = None, code39: Code39 = AS_DRAWN) -> Sight:
    """Return what `read_frame` returns, and beside it what was read and must not be delivered, with the reasons.

    ``code39`` says what a Code 39 means beside the characters that are drawn.
    """
    return _shared_reader().look(to_gray(frame), thorough=True, every=every, plausible=plausible, code39=code39)


def live_reader(
    budget: float = LIVE_BUDGET, plausible: Plausible | None = None, code39: Code39 = AS_DRAWN
) -> LiveReader:
    """Return a reader for the frames of one stream; ``budget`` seconds a frame."""
    return LiveReader(_shared_zbar(), budget, plausible, code39)


def pictures_lost() -> int:
    """Return the pictures on which the second engine of this process died or took too long; only rises."""
    return _shared_zbar().lost


@lru_cache(maxsize=1)
def _shared_reader() -> Reader:
    return Reader(_shared_zbar())


@lru_cache(maxsize=1)
def _shared_zbar() -> Zbar:
    """One process of the second engine for all cameras of this process."""
    return Zbar()


def _passes(frame: FrameInWork, thorough: bool) -> "Iterator[tuple[bool, Pass]]":
    """Yield the passes from cheap to costly, each with whether it looks at located regions only."""
    yield False, partial(zxing_read, frame.gray, QUICK)
    yield True, partial(frame.crops_by_zxing, _same, "crop")
    yield True, partial(frame.crops_by_zxing, equalised, "crop equalised")
    yield True, partial(frame.crops_by_zbar, _same, "crop")
    if not thorough:
        yield True, frame.crops_by_fit
        return
    small = frame.gray.size <= SMALL
    yield False, partial(zxing_read, frame.gray, REMAINDER)
    yield True, partial(frame.crops_by_zxing, sharpened, "crop sharpened")
    yield True, partial(frame.crops_by_zxing, smoothed, "crop smoothed")
    yield True, partial(frame.crops_by_zxing, inverted, INVERTED)
    yield True, partial(frame.crops_by_zbar, equalised, "crop equalised")
    yield False, partial(frame.zbar, _same, "frame")
    yield True, frame.crops_by_fit
    yield True, frame.search_again
    yield True, partial(frame.crops_by_zxing, _same, "crop")
    yield True, partial(frame.crops_by_zxing, equalised, "crop equalised")
    yield True, partial(frame.crops_by_zbar, _same, "crop")
    yield True, frame.crops_by_fit
    if small:
        yield False, partial(frame.zxing, equalised, "equalised")
        yield False, partial(frame.zxing, smoothed, "smoothed")
    if small and min(frame.gray.shape) <= NARROW:
        yield False, partial(frame.zxing, doubled, "doubled", 2.0)
        yield False, partial(frame.zxing, _doubled_equalised, "doubled equalised", 2.0)
        yield False, partial(frame.zxing, sharpened, "sharpened")
        yield False, partial(frame.zbar, inverted, INVERTED)
    if not small:
        yield False, partial(frame.zxing, _halved_equalised, "halved equalised", 0.5)
        yield False, partial(frame.zbar, _halved_equalised, "halved equalised", 0.5)


def _same(gray: "Pixels") -> "Pixels":
    return gray


def _halved_equalised(gray: "Pixels") -> "Pixels":
    return equalised(halved(gray))


def _doubled_equalised(gray: "Pixels") -> "Pixels":
    return equalised(doubled(gray))
