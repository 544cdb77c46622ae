"""A maximum-likelihood fit of EAN-13/UPC-A, EAN-8 and UPC-E numbers to the grey profile across a symbol.

A decoder measures edges and loses them in blur; the fit compares the whole profile with every number that has a
right check digit.  Each digit is seven modules between neighbours that are known (a left digit starts light after
dark and ends dark before light, a right digit the other way round), so its blurred shape does not depend on the other
digits, and the best number is found exactly, digit by digit, with the check sum as the state.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from drivers.camera.fit_shapes import SAMPLES, digit_shapes, guard_pattern, guard_shape
from drivers.camera.retail import Layout, Variant

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float32]]
    Places = tuple[Array, Array, Array]  # start and end in samples, bend

BLURS = (0.3, 0.55, 0.85, 1.2)
GROWTHS = (-0.15, 0.0, 0.15)
"""Blur (standard deviation) and ink spread (on either side of a bar), both in modules."""

COARSE = tuple((blur, 0.0) for blur in (0.45, 0.9))
FINE = tuple((blur, growth) for blur in BLURS for growth in GROWTHS)

REACH, SHORT_REACH = 0.15, 0.03
"""Share of the width by which the ends may be off on either side: those of a detector, and those of a reading."""

FIRST_LOOK = ((0.55, 0.0),)
SMALL_BENDS = (-0.03, 0.0, 0.03)
"""What is tried on a reading before the whole fit."""

BENDS = (-0.05, 0.0, 0.05)
"""Uneven module width, as on a bottle or in perspective: ``u + bend * u * (1 - u)``."""

EVEN_LIGHT, EVEN_LIGHT_FOR_GUARDS = 0.25, 0.125
"""Share of the width in which the lightest and the darkest are looked for: it must hold a wide bar and a wide space
even through blur; the guard bars, at the ends, are found better with less."""

HOPELESS = 0.55
"""Share of the profile that the best digits, whatever their sum, must explain for a closer look."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number with a right check digit and its gain: by how much it explains the profile better than grey does."""

    text: str
    gain: float


@dataclass(frozen=True, slots=True)
class Fit:
    """How numbers fit one profile.

    ``best`` holds different numbers, the best first, as printed (UPC-E with 8 digits); ``explained`` is the share of
    the profile's variance that the best explains, ``noise`` the variance of what is left.
    """

    layout: Layout
    best: tuple[Candidate, ...]
    explained: float
    noise: float
    gains: "Array" = field(repr=False, compare=False)  # (hypotheses, slots, 30 patterns)
    fixed: "Array" = field(repr=False, compare=False)  # (hypotheses,): the gain of the guard bars

    @property
    def text(self) -> str:
        """The best number."""
        return self.best[0].text

    @property
    def margin(self) -> float:
        """Log-likelihood ratio of the best number to the second best."""
        return self._ratio(self.best[0].gain - self.best[1].gain) if len(self.best) > 1 else 0.0

    def against(self, text: str) -> float:
        """Log-likelihood ratio of the best number to ``text``: 0 where it agrees, great where it contradicts."""
        coded = self.layout.variant_of(text)
        if text == self.text or coded is None:
            return 0.0
        patterns = _patterns(*coded)
        gain = float((self.gains[:, range(len(patterns)), patterns].sum(axis=1) + self.fixed).max())
        return self._ratio(self.best[0].gain - gain)

    def _ratio(self, difference: float) -> float:
        # Neighbouring samples of a blurred profile are not independent: a module counts as one.
        return difference / (2 * self.noise * SAMPLES)


def fit_profile(profile: Any, layout: Layout, first: float, last: float, *, certain: bool = False) -> Fit | None:
    """Return how numbers of ``layout`` fit ``profile``: grey values along a line across the bars.

    ``first`` and ``last`` say where the outer bars end, in samples.  ``certain``: a reading gave them, and the
    direction with them; else they are a detector's guess, and the profile may run backwards.  None where nothing fits.
    """
    import numpy as np

    if last - first < layout.modules / 2:
        return None
    places: list[tuple[Any, float, float]] = [(np.asarray(profile, np.float32), first, last)]
    if not certain:
        width = len(profile) - 1
        places.append((np.ascontiguousarray(places[0][0][::-1]), width - last, width - first))
    reach = SHORT_REACH if certain else REACH
    looks = [_Look.coarse(row, layout, start, end, reach) for row, start, end in places]
    best = max(looks, key=lambda look: float(look.quality.max()))
    if best.quality.max() < HOPELESS:
        return None
    module = (last - first) / layout.modules
    return best.closer(0.35 * module, 0.015).decide()


def agrees_at_once(profile: Any, layout: Layout, first: float, last: float, text: str) -> bool:
    """Whether a first look already finds in every slot the digit that ``text`` has there, check sum or not.

    Ten times as quick as a fit, it settles three of four readings; a no says nothing.  ``first`` and ``last`` as a
    reading gives them.
    """
    import numpy as np

    coded = layout.variant_of(text)
    if coded is None or last - first < layout.modules / 2:
        return False
    row, one = np.asarray(profile, np.float32), np.ones(1, np.float32)
    steps = np.array([-0.4, 0, 0.4], np.float32) * np.float32((last - first) / layout.modules)
    places = _spread(one * first, one * last, one * 0, steps, np.array(SMALL_BENDS, np.float32))
    look = _Look.at(_flatten(row, EVEN_LIGHT * (last - first)), layout, places, FIRST_LOOK)
    form, place = np.unravel_index(np.argmax(look.quality), look.quality.shape)
    if look.quality[form, place] < HOPELESS:
        return False
    return bool((look.gains[form, place].argmax(axis=1) == _patterns(*coded)).all())


def _patterns(variant: Variant, digits: str) -> list[int]:
    """Return the index of the shape in every slot."""
    return [10 * "ABC".index(kind) + int(digit) for kind, digit in zip(variant.sets, digits, strict=True)]


@dataclass(frozen=True, slots=True)
class _Look:
    """A set of hypotheses on place, blur and ink, and how well digits can explain the profile under each.

    Shapes: gains (forms, places, slots, 30), fixed and quality (forms, places), energy (places,).
    """

    flat: "Array"
    layout: Layout
    places: "Places"
    gains: "Array"
    fixed: "Array"
    quality: "Array"
    energy: "Array"

    @classmethod
    def coarse(cls, row: "Array", layout: Layout, first: float, last: float, reach: float) -> "_Look":
        """Look under the places at which the guard bars show best."""
        guards = _flatten(row, EVEN_LIGHT_FOR_GUARDS * (last - first))
        flat = _flatten(row, EVEN_LIGHT * (last - first))
        return cls.at(flat, layout, _align(guards, layout, first, last, reach), COARSE)

    @classmethod
    def at(cls, flat: "Array", layout: Layout, places: "Places", forms: tuple[tuple[float, float], ...]) -> "_Look":
        """Look under the given places and forms."""
        import numpy as np

        where = ((np.arange(layout.modules * SAMPLES) + 0.5) / SAMPLES).astype(np.float32)
        values = _at(flat, where, layout, places)
        energy = np.maximum((values**2).sum(axis=1), 1e-6)
        windows = np.stack([values[:, s * SAMPLES : (s + 7) * SAMPLES] for s in layout.slots], axis=1)
        gains, fixed = [], []
        for blur, growth in forms:
            digits, guards = digit_shapes(blur, growth), guard_shape(layout, blur, growth)
            level = np.sqrt(energy / values.shape[1] / (digits**2).mean())
            gain = 2 * level[:, None, None] * (windows @ digits.T)
            gain -= (level**2)[:, None, None] * (digits**2).sum(axis=1)
            gains.append(np.where(_allowed(layout), gain, -np.inf))
            fixed.append(2 * level * (values @ guards) - level**2 * (guards**2).sum())
        all_gains, all_fixed = np.stack(gains), np.stack(fixed)
        quality = (all_gains.max(axis=3).sum(axis=2) + all_fixed) / energy
        return cls(flat, layout, places, all_gains, all_fixed, quality, energy)

    def closer(self, step: float, bend: float) -> "_Look":
        """Look closely around the three best places, under the forms that suit the best one best."""
        import numpy as np

        top = np.argsort(-self.quality.max(axis=0))[:3]
        best = (self.places[0][top[:1]], self.places[1][top[:1]], self.places[2][top[:1]])
        suits = _Look.at(self.flat, self.layout, best, FINE).quality[:, 0]
        forms = tuple(FINE[n] for n in np.argsort(-suits)[:4])
        starts, ends, bends = (values[top] for values in self.places)
        steps = np.array([-1, 0, 1], np.float32)
        around = _spread(starts, ends, bends, steps * step, steps * bend)
        return _Look.at(self.flat, self.layout, around, forms)

    def decide(self) -> Fit | None:
        """Find the best numbers of the most promising hypotheses."""
        import numpy as np

        forms, places = np.unravel_index(np.argsort(-self.quality, axis=None)[:48], self.quality.shape)
        gains, fixed, energy = self.gains[forms, places], self.fixed[forms, places], self.energy[places]
        found: dict[str, tuple[float, float]] = {}
        for gain, fix, whole in zip(gains[:2], fixed[:2], energy[:2], strict=True):
            for text, value in _best_numbers(self.layout, gain):
                if text not in found or value + fix > found[text][0]:
                    found[text] = (value + float(fix), float(whole))
        ranked = sorted(found.items(), key=lambda item: -item[1][0])[:3]
        if not ranked:
            return None
        gain, whole = ranked[0][1]
        noise = max((whole - gain) / (self.layout.modules * SAMPLES), 1e-3)
        best = tuple(Candidate(text, value) for text, (value, _whole) in ranked)
        return Fit(self.layout, best, gain / whole, noise, gains, fixed)


def _flatten(profile: Any, window: float) -> "Array":
    """Take the lighting out: put the lightest and the darkest within ``window`` samples at 1 and -1."""
    import cv2
    import numpy as np

    row = np.asarray(profile, np.float32)[None, :]
    kernel = np.ones((1, 2 * max(2, round(window / 2)) + 1), np.uint8)
    smooth = max(2.0, window / 2)
    light = cv2.GaussianBlur(cv2.dilate(row, kernel), (0, 0), smooth, borderType=cv2.BORDER_REPLICATE)
    dark = cv2.GaussianBlur(cv2.erode(row, kernel), (0, 0), smooth, borderType=cv2.BORDER_REPLICATE)
    half = (light - dark) / 2
    flat: Array = ((row - (light + dark) / 2) / np.maximum(half, 0.2 * half.max() + 1e-6))[0]
    return flat


def _align(flat: "Array", layout: Layout, first: float, last: float, reach: float) -> "Places":
    """Return the places under which the guard bars and quiet zones show best."""
    import numpy as np

    steps = (np.arange(-reach, reach, 0.8 / layout.modules) * (last - first)).astype(np.float32)
    one = np.ones(1, np.float32)
    places = _spread(one * first, one * last, one * 0, steps, np.array(BENDS, np.float32))
    where, pattern = guard_pattern(layout)
    score = _at(flat, where, layout, places) @ pattern
    top = np.argpartition(-score, 80)[:80] if len(score) > 80 else np.arange(len(score))
    starts, ends, bends = (values[top] for values in places)
    return starts, ends, bends


def _spread(starts: "Array", ends: "Array", bends: "Array", step: "Array", bend: "Array") -> "Places":
    """Return every combination of the given places with the given steps."""
    import numpy as np

    shape = (len(starts), len(step), len(step), len(bend))
    a = np.broadcast_to(starts[:, None, None, None] + step[None, :, None, None], shape).ravel()
    b = np.broadcast_to(ends[:, None, None, None] + step[None, None, :, None], shape).ravel()
    c = np.broadcast_to(bends[:, None, None, None] + bend[None, None, None, :], shape).ravel()
    return a, b, c


def _at(flat: "Array", where: "Array", layout: Layout, places: "Places") -> "Array":
    """Return the profile at the module positions ``where`` for each place, shape (places, positions)."""
    import numpy as np

    starts, ends, bends = places
    share = where / layout.modules
    place = bends[:, None] * (share * (1 - share))
    place += share
    place *= (ends - starts)[:, None]
    place += starts[:, None]
    np.clip(place, 0, len(flat) - 1.01, out=place)
    index = place.astype(np.int32)
    place -= index
    values: Array = flat[index]
    values += place * (flat[index + 1] - values)
    return values


@lru_cache(maxsize=8)
def _allowed(layout: Layout) -> Any:
    """Return which patterns may stand in which slot, shape (slots, 30)."""
    import numpy as np

    allowed = np.zeros((len(layout.slots), 30), bool)
    for variant in layout.variants:
        for slot, kind in enumerate(variant.sets):
            start = 10 * "ABC".index(kind)
            allowed[slot, start : start + 10] = True
    return allowed


def _best_numbers(layout: Layout, gains: "Array") -> list[tuple[str, float]]:
    """Return the two best numbers with a right check digit of each variant, and their gains.

    The state after each slot is the check sum so far; the two best ways to each state are kept.
    """
    import numpy as np

    variants, digit, count = layout.variants, np.arange(10), len(layout.variants)
    kinds = np.array([["ABC".index(kind) * 10 for kind in variant.sets] for variant in variants])
    weights = np.array([variant.weights for variant in variants])
    score = np.full((count, 10, 2), -np.inf, np.float32)
    score[np.arange(count), [variant.constant % 10 for variant in variants], 0] = 0
    rows = np.arange(count)[:, None, None]
    back = []
    for slot in range(len(layout.slots)):
        # (variant, sum after, digit) -> sum before
        source = (digit[None, :, None] - weights[:, slot, None, None] * digit[None, None, :]) % 10
        gain = gains[slot][kinds[:, slot][:, None] + digit]
        if slot == len(layout.slots) - 1:
            gain = _only_last(variants, gain)
        options = (score[rows, source] + gain[:, None, :, None]).reshape(count, 10, 20)
        order = np.argpartition(-options, 1, axis=2)[:, :, :2]
        score = np.take_along_axis(options, order, axis=2)
        back.append(order)
    ends = [(float(score[v, 0, r]), v, r) for v in range(count) for r in range(2) if np.isfinite(score[v, 0, r])]
    found = []
    for value, v, rank in sorted(ends, reverse=True)[:3]:
        variant = variants[v]
        found.append((variant.prefix + _trace(back, v, rank, variant.weights) + variant.suffix, value))
    return found


def _only_last(variants: Any, gain: "Array") -> "Array":
    """Allow only the last digit that a variant fixes."""
    import numpy as np

    for number, variant in enumerate(variants):
        if variant.last is not None:
            keep = gain[number, variant.last]
            gain[number] = -np.inf
            gain[number, variant.last] = keep
    return gain


def _trace(back: list[Any], variant: int, rank: int, weights: tuple[int, ...]) -> str:
    """Follow the way back from check sum 0."""
    total, digits = 0, []
    for slot in range(len(back) - 1, -1, -1):
        digit, rank = divmod(int(back[slot][variant, total, rank]), 2)
        digits.append(str(digit))
        total = (total - weights[slot] * digit) % 10
    return "".join(reversed(digits))
