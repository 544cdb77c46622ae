"""A frame and what was made of it so far: its regions, their rectified crops, and the passes over them."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from drivers.camera import codablock
from drivers.camera.engines import QUICK, UPRIGHT_BARS, Effort, zxing_read
from drivers.camera.fit import Fit, agrees_at_once, fit_profile
from drivers.camera.found import ERROR_CORRECTED, Found, Quad
from drivers.camera.judge import Opinion
from drivers.camera.locate import locate, locate_all
from drivers.camera.profiles import profile_of, same_bars, upright_profile_of
from drivers.camera.quads import centre, holds, midline, parallel, scaled, sides, taller, with_height
from drivers.camera.rectify import Crop, equalised, halved, inverted, rectify
from drivers.camera.retail import EAN8, EAN13, UPC_E, Layout, compress_upc_e
from drivers.camera.stripes import stripes
from drivers.camera.zbar import Zbar

if TYPE_CHECKING:
    from drivers.camera.images import Pixels

    Change = Callable[[Pixels], Pixels]

INVERTED = "inverted"
"""Stage of the passes over the negative of the frame."""

FITTED = 2
"""Regions of a frame that the fit is tried on, the largest first."""

LAYOUTS = {"EAN-13": EAN13, "EAN-8": EAN8, "UPC-E": UPC_E}

FIT_DECIDES = {"EAN-13": 9.0, "EAN-8": 10.0, "UPC-E": 10.0}
"""Margins from which the fit is an answer.  On 500 photographs a wrong number reached 3.3 (once 7.2); nearly all right
ones are between 8 and 100."""

FIT_EXPLAINS = 0.7
"""Share of the profile that a number must explain for the fit to say anything."""


class FrameInWork:
    """Nothing is made before a pass asks for it; corners are always those in the frame.

    ``shelf``: a picture of many labels, each of which counts.
    """

    def __init__(self, gray: "Pixels", second: Zbar | None, *, thorough: bool = True, shelf: bool = False) -> None:
        self.gray = gray
        self._shelf = shelf
        self._thorough = thorough
        self._second = second
        self._crops: list[Crop] | None = None

    @property
    def crops(self) -> list[Crop]:
        """The regions that look like a linear code, upright, the largest first."""
        if self._crops is None:
            self._crops = [rectify(self.gray, quad) for quad in self._regions()]
        return self._crops

    def unread(self, found: Iterable[Found]) -> bool:
        """Leave the regions of ``found`` out of the passes to come; return whether any region is left."""
        places = [centre(one.quad) for one in found]
        self._crops = [crop for crop in self.crops if not any(holds(taller(crop.whole()), at) for at in places)]
        return bool(self._crops)

    def search_again(self) -> Iterable[Found]:
        """Search by the other detector; what it finds beside the regions known is what the passes to come look at."""
        known = [crop.whole() for crop in self.crops]
        fresh = [quad for quad in stripes(self.gray) if not any(_covers(other, quad) for other in known)]
        self._crops = [rectify(self.gray, quad) for quad in fresh]
        return ()

    def _regions(self) -> list[Quad]:
        """Locate on the frame itself; where it shows nothing and time allows, on a coarser and a clearer one."""
        regions = locate_all(self.gray) if self._shelf else locate(self.gray)
        if not regions and self._thorough:
            regions = [scaled(quad, 2.0) for quad in locate(halved(self.gray))] or locate(equalised(self.gray))
        return regions

    def zxing(self, change: "Change", stage: str, scale: float = 1.0, effort: Effort = QUICK) -> Iterator[Found]:
        """Read the changed frame, which is ``scale`` times as large, with zxing-cpp."""
        for one in zxing_read(change(self.gray), effort, stage):
            yield one.moved(lambda quad: scaled(quad, 1 / scale))

    def zbar(self, change: "Change", stage: str, scale: float = 1.0) -> Iterator[Found]:
        """Read the changed frame, which is ``scale`` times as large, with zbar."""
        for one in self._second.read(change(self.gray), stage) if self._second else ():
            yield one.moved(lambda quad: scaled(quad, 1 / scale))

    def crops_by_zxing(self, change: "Change", stage: str) -> Iterator[Found]:
        """Read the changed crops with zxing-cpp."""
        for crop in self.crops:
            for one in zxing_read(change(crop.pixels), UPRIGHT_BARS, stage):
                yield one.moved(crop.back)

    def crops_by_zbar(self, change: "Change", stage: str) -> Iterator[Found]:
        """Read the changed crops with zbar."""
        for crop in self.crops if self._second else ():
            assert self._second is not None
            found = self._second.read(change(crop.pixels), stage)
            for one in found:
                # zbar says where its scan lines were, which may be a point; what a crop holds is its region.
                yield one.moved(crop.back) if len(found) > 1 else replace(one, quad=crop.whole())

    def crops_by_fit(self) -> Iterator[Found]:
        """Decode EAN-13 by the fit alone where its answer stands far above the second best."""
        for crop in self.crops[:FITTED]:
            if not self._cut_off(crop):
                yield from _fitted(crop)

    def _cut_off(self, crop: Crop) -> bool:
        """Whether the region reaches the border of the frame: half a symbol may fit another number well."""
        height, width = self.gray.shape
        room = 0.04 * width
        return any(x < room or x > width - room or y < 0 or y > height for x, y in crop.whole())

    def one_symbol(self, one: Found, other: Found) -> bool:
        """Whether two readings, at places that do not meet, are strips of a single linear symbol."""
        if one.symbology in ERROR_CORRECTED or one.symbology.startswith("GS1 DataBar"):
            return False
        if one.payload == other.payload and _reflected(one, other):
            return True
        return same_bars(self.gray, *parallel(midline(one.quad), midline(other.quad)))

    def refusal(self, found: Found) -> str:
        """Say why ``found`` must not be delivered although it was read well; nothing in nearly all cases."""
        if found.symbology not in ("Code 128", "GS1-128"):
            return ""
        gray = inverted(self.gray) if found.stage == INVERTED else self.gray
        return codablock.WHY if codablock.is_row(gray, found.quad) else ""

    def opinion(self, found: Found) -> Opinion:
        """Say what the profile at ``found`` makes of its number."""
        layout = LAYOUTS.get(found.symbology)
        text = compress_upc_e(found.text) if layout is UPC_E else found.text
        if layout is None or text is None:
            return Opinion.NONE
        # zxing-cpp's corners are where the outer bars end, in the direction of reading; zbar's are a guess.
        certain = found.engine == "zxing"
        quads = [with_height(found.quad)]
        if not certain:
            quads += [crop.whole() for crop in self.crops if holds(crop.whole(), centre(found.quad))][:1]
        gray = inverted(self.gray) if found.stage == INVERTED else self.gray
        for crop in (rectify(gray, quad) for quad in quads):
            upright = upright_profile_of(crop.pixels)
            if certain and agrees_at_once(upright, layout, crop.first, crop.last, text):
                return Opinion.AGREES
            fit = fit_profile(profile_of(crop.pixels), layout, crop.first, crop.last, certain=certain)
            if (opinion := _opinion_of(fit, layout, text)) is not Opinion.NONE:
                return opinion
        return Opinion.NONE


def _covers(known: Quad, quad: Quad) -> bool:
    """Whether a region is known already, about as large; a part of it, or a wider one, is another."""
    return holds(known, centre(quad)) and holds(quad, centre(known)) and 0.8 < sides(quad)[0] / sides(known)[0] < 1.25


def _reflected(one: Found, other: Found) -> bool:
    """Whether one of two strips is read light on dark within a symbol's width of the other.

    Metal mirrors a lamp: part of one symbol then looks inverted, while its bars between the strips fade away.
    """
    if (one.stage == INVERTED) == (other.stage == INVERTED):
        return False
    (ax, ay), (bx, by) = midline(one.quad)
    return math.dist(centre(one.quad), centre(other.quad)) < math.hypot(bx - ax, by - ay)


def _fitted(crop: Crop) -> Iterator[Found]:
    """Decode EAN-13 alone: twelve digits leave no room for chance, while six or eight fit a piece of something else."""
    fit = fit_profile(profile_of(crop.pixels), EAN13, crop.first, crop.last)
    if fit and fit.margin >= FIT_DECIDES[EAN13.symbology] and fit.explained >= FIT_EXPLAINS:
        yield Found(fit.text, fit.text.encode(), EAN13.aim, EAN13.symbology, crop.whole(), "fit", "crop")


def _opinion_of(fit: Fit | None, layout: Layout, text: str) -> Opinion:
    if fit is None or fit.explained < FIT_EXPLAINS:
        return Opinion.NONE
    if fit.text == text:
        return Opinion.AGREES
    decides = FIT_DECIDES[layout.symbology]
    if fit.against(text) < decides / 3:
        return Opinion.AGREES
    return Opinion.CONTRADICTS if fit.margin >= decides and fit.against(text) >= 1.2 * decides else Opinion.NONE
