"""Read the frames of a stream within a time budget: fast passes on every frame, expensive ones where they may pay."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from drivers.camera.code39 import AS_DRAWN, Code39
from drivers.camera.engines import QUICK, zxing_read
from drivers.camera.found import Found, Plausible, Quad
from drivers.camera.images import to_gray
from drivers.camera.interest import MARGIN, Box, Memory, boxes_of_interest, merged
from drivers.camera.judge import Bench, overlap
from drivers.camera.rectify import equalised
from drivers.camera.sequences import Refused
from drivers.camera.work import FrameInWork
from drivers.camera.zbar import Zbar

if TYPE_CHECKING:
    from drivers.camera.images import Pixels
    from drivers.camera.read import Pass

WHOLE_EVERY = 15
"""Of so many frames one is read whole: a label too faint to stand out from the ground is found there."""

ANEW_EVERY = 10
"""Of so many frames one is searched although nothing changed in it: what noise hid once it may show now."""

BESIDE_EVERY = 5
"""Of so many frames one has its regions read with every effort although a label was read there: for one beside it."""


@dataclass(slots=True)
class Spent:
    """What a stream cost so far: frames, regions that looked like a code, and those given up for lack of time."""

    frames: int = 0
    regions: int = 0
    given_up: int = 0


@dataclass(slots=True)
class _Region:
    """A box of the frame in work; corners of what is found are moved to the frame."""

    box: Box
    frame: FrameInWork
    bench: Bench

    @property
    def verdict(self) -> list[Found]:
        """What is trusted here, in the corners of the region."""
        return self.bench.verdict()

    def placed(self) -> list[Found]:
        left, top, _right, _bottom = self.box
        return [one.moved(partial(_shifted, by=(left, top))) for one in self.verdict]


@dataclass(slots=True)
class LiveReader:
    """Reads successive frames of one stream; not to be shared between streams.

    ``budget`` is the time in seconds after which no further expensive pass begins; 0 leaves only the fast ones.
    """

    second: Zbar | None
    budget: float
    plausible: Plausible | None = None
    code39: Code39 = AS_DRAWN
    refused: list[Refused] = field(default_factory=list)
    """What the last frame showed and must not be delivered."""
    spent: Spent = field(default_factory=Spent)
    _known: list[Box] = field(default_factory=list)
    _memory: Memory = field(default_factory=Memory)

    def read(self, frame: Any) -> list[Found]:
        """Return the trusted symbols of ``frame`` (as `drivers.camera.read_frame` takes it)."""
        gray = to_gray(frame)
        until = time.monotonic() + self.budget
        height, width = gray.shape
        beside = self.spent.frames % BESIDE_EVERY == 0
        anew = self.spent.frames % ANEW_EVERY == 0
        fresh = boxes_of_interest(gray, self._memory, all_anew=anew)
        boxes = merged([*fresh, *self._known], width, height)
        regions = [self._looked_at(gray, box) for box in boxes]
        for region in regions:
            if beside or not region.verdict:
                self._try_hard(region, until)
        found = [one for region in regions for one in region.placed()]
        if self.spent.frames % WHOLE_EVERY == 0 and boxes != [(0, 0, width, height)]:
            faint = self._looked_at(gray, (0, 0, width, height)).verdict
            found += [one for one in faint if not any(overlap(one, other) for other in found)]
        self._known = [_box_around(one.quad) for one in found]
        self.refused = [one for region in regions for one in region.bench.refused]
        self.spent.frames += 1
        return [self.code39.read(one) for one in found]

    def _looked_at(self, gray: "Pixels", box: Box) -> _Region:
        left, top, right, bottom = box
        part = FrameInWork(gray[top:bottom, left:right].copy(), self.second, thorough=False)
        region = _Region(box, part, Bench(self.plausible, part.opinion, part.one_symbol, part.refusal))
        region.bench.hear(zxing_read(part.gray, QUICK))
        return region

    def _try_hard(self, region: _Region, until: float) -> None:
        """Go on with what looks like a linear code and was not read, while there is time."""
        self.spent.regions += 1
        for one_pass in _expensive(region.frame):
            if time.monotonic() >= until:
                self.spent.given_up += 1
                return
            if not region.frame.unread(region.verdict):
                return
            region.bench.hear(one_pass())


def _expensive(frame: FrameInWork) -> "Iterable[Pass]":
    """Yield the passes over located regions, from cheap to costly."""
    yield partial(frame.crops_by_zxing, _same, "crop")
    yield partial(frame.crops_by_zxing, equalised, "crop equalised")
    yield partial(frame.crops_by_zbar, _same, "crop")
    yield frame.crops_by_fit


def _same(gray: "Pixels") -> "Pixels":
    return gray


def _shifted(quad: Quad, by: tuple[float, float]) -> Quad:
    a, b, c, d = ((x + by[0], y + by[1]) for x, y in quad)
    return a, b, c, d


def _box_around(quad: Quad) -> Box:
    """Return the box of a label and as much around it as it may have moved until the next frame."""
    xs, ys = [x for x, _ in quad], [y for _, y in quad]
    return (
        int(min(xs)) - 2 * MARGIN,
        int(min(ys)) - 2 * MARGIN,
        int(max(xs)) + 2 * MARGIN,
        int(max(ys)) + 2 * MARGIN,
    )
