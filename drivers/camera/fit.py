"""A maximum-likelihood fit of EAN-13/UPC-A and EAN-8 numbers to the grey profile across a symbol.

A decoder measures edges and loses them in blur; the fit compares the whole profile with every number that has a
right check digit.  Each digit is seven modules between neighbours that are known (a left digit starts light after
dark and ends dark before light, a right digit the other way round), so its blurred shape does not depend on the other
digits, and the best number is found exactly, digit by digit, with the check sum as the state.
Patterns: GS1 General Specifications, section 5.2.1.2 (number sets A, B and C, the leading digit).
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float64]]

SET_A = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
SET_C = tuple("".join("10"[int(m)] for m in digit) for digit in SET_A)
SET_B = tuple(digit[::-1] for digit in SET_C)
LEADING = ("AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA")

SAMPLES = 4
"""Samples a module."""

QUIET = 3
"""Modules of quiet zone on either side that take part in the alignment."""

SHAPES = tuple((blur, growth) for blur in (0.3, 0.55, 0.85, 1.2) for growth in (-0.15, 0.0, 0.15))
"""Blur (standard deviation) and ink spread (on either side of a bar), both in modules."""

Shapes = tuple[tuple[float, float], ...]

REACH = 0.15
"""Share of the width by which the detector may be off on either side."""

BENDS = (-0.05, 0.0, 0.05)
"""Uneven module width, as on a bottle or in perspective: ``u + bend * u * (1 - u)``."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the parts of a symbol are, in modules from its first bar, and how the digits of the number are coded."""

    modules: int
    guards: tuple[tuple[int, str], ...]
    slots: tuple[int, ...]
    sets: tuple[str, ...]  # for each leading digit, the number set of each slot
    leading: bool  # whether the choice of sets is itself the first digit


EAN13 = Layout(
    95,
    ((0, "101"), (45, "01010"), (92, "101")),
    (*range(3, 45, 7), *range(50, 92, 7)),
    tuple(left + "CCCCCC" for left in LEADING),
    True,
)
EAN8 = Layout(67, ((0, "101"), (31, "01010"), (64, "101")), (*range(3, 31, 7), *range(36, 64, 7)), ("AAAACCCC",), False)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number with a right check digit and its gain: by how much it explains the profile better than grey does."""

    text: str
    gain: float


@dataclass(frozen=True, slots=True)
class Fit:
    """How numbers fit one profile.  ``best`` holds different numbers, the best first; noise is one sample's variance."""

    layout: Layout
    best: tuple[Candidate, ...]
    explained: float  # share of the profile's variance that the best number explains
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
        if text == self.text:
            return 0.0
        sets = self.layout.sets[int(text[0])] if self.layout.leading else self.layout.sets[0]
        digits = text[1:] if self.layout.leading else text
        patterns = [10 * "ABC".index(kind) + int(digit) for kind, digit in zip(sets, digits, strict=True)]
        gain = float((self.gains[:, range(len(patterns)), patterns].sum(axis=1) + self.fixed).max())
        return self._ratio(self.best[0].gain - gain)

    def _ratio(self, difference: float) -> float:
        # Neighbouring samples of a blurred profile are not independent: a module counts as one.
        return difference / (2 * self.noise * SAMPLES)


def fit_profile(profile: "Array", layout: Layout, first: float, last: float) -> Fit | None:
    """Return how numbers of ``layout`` fit ``profile``, grey values along a line across the bars, in this direction.

    ``first`` and ``last`` say where the outer bars end, in samples, as well as the detector knows.
    """
    import numpy as np

    if last - first < layout.modules / 2:
        return None
    flat = _flatten(profile, (last - first) / 8)
    starts, ends, bends = _align(flat, layout, first, last)
    module = (last - first) / layout.modules
    coarse = _sample(flat, layout, starts, ends, bends)
    _gains, _fixed, quality, _energy = _gains_of(coarse, layout, SHAPES[1::3])
    top = np.argsort(-quality.max(axis=0))[:3]
    step = np.array([-0.3, 0.0, 0.3]) * module
    starts, ends, bends = _spread(starts[top], ends[top], bends[top], step, np.array([-0.015, 0.0, 0.015]))
    values = _sample(flat, layout, starts, ends, bends)
    gains, fixed, quality, energy = _gains_of(values, layout)
    order = np.argsort(-quality, axis=None)[:48]
    shapes, places = np.unravel_index(order, quality.shape)
    gains, fixed, energy = gains[shapes, places], fixed[shapes, places], energy[places]
    return _decide(layout, gains, fixed, energy)


def _decide(layout: Layout, gains: "Array", fixed: "Array", energy: "Array") -> Fit | None:
    """Find the best numbers of the most promising hypotheses."""
    found: dict[str, tuple[float, float]] = {}
    for gain, fix, whole in zip(gains[:6], fixed[:6], energy[:6], strict=True):
        for text, value in _best_numbers(layout, gain):
            if text not in found or value + fix > found[text][0]:
                found[text] = (value + fix, whole)
    ranked = sorted(found.items(), key=lambda item: -item[1][0])[:4]
    if not ranked:
        return None
    gain, whole = ranked[0][1]
    samples = layout.modules * SAMPLES
    noise = max((whole - gain) / samples, 1e-3)
    best = tuple(Candidate(text, value) for text, (value, _whole) in ranked)
    return Fit(layout, best, gain / whole, noise, gains, fixed)


def _flatten(profile: "Array", spread: float) -> "Array":
    """Take the lighting out: subtract the local mean and divide by the local contrast."""
    import cv2
    import numpy as np

    row = np.asarray(profile, np.float64)[None, :]
    centred = row - cv2.GaussianBlur(row, (0, 0), max(2.0, spread), borderType=cv2.BORDER_REPLICATE)
    power = cv2.GaussianBlur(centred**2, (0, 0), max(2.0, spread), borderType=cv2.BORDER_REPLICATE)
    contrast = np.sqrt(power)
    flat: Array = (centred / np.maximum(contrast, 0.2 * contrast.max() + 1e-9))[0]
    return flat


def _align(flat: "Array", layout: Layout, first: float, last: float) -> tuple["Array", "Array", "Array"]:
    """Return the starts, ends and bends under which the guard bars and quiet zones show best."""
    import numpy as np

    width = last - first
    steps = np.arange(-REACH, REACH, 0.8 / layout.modules) * width
    starts, ends, bends = _spread(np.array([first]), np.array([last]), np.array([0.0]), steps, np.array(BENDS))
    where, pattern = _guard_template(layout)
    seen = _at(flat, where, layout, starts, ends, bends)
    score = seen @ (pattern - pattern.mean())
    top = np.argsort(-score)[:100]
    return starts[top], ends[top], bends[top]


def _spread(
    starts: "Array", ends: "Array", bends: "Array", step: "Array", bend: "Array"
) -> tuple["Array", "Array", "Array"]:
    """Return every combination of the given places with the given steps."""
    import numpy as np

    shape = (len(starts), len(step), len(step), len(bend))
    a = np.broadcast_to(starts[:, None, None, None] + step[None, :, None, None], shape).ravel()
    b = np.broadcast_to(ends[:, None, None, None] + step[None, None, :, None], shape).ravel()
    c = np.broadcast_to(bends[:, None, None, None] + bend[None, None, None, :], shape).ravel()
    return a, b, c


def _at(flat: "Array", where: "Array", layout: Layout, starts: "Array", ends: "Array", bends: "Array") -> "Array":
    """Return the profile at the module positions ``where`` for each hypothesis, shape (hypotheses, positions)."""
    import numpy as np

    share = where / layout.modules
    position = share + bends[:, None] * (share * (1 - share))
    place = np.clip(starts[:, None] + position * (ends - starts)[:, None], 0, len(flat) - 1.001)
    index = place.astype(np.intp)
    part = place - index
    values: Array = flat[index] * (1 - part) + flat[index + 1] * part
    return values


def _sample(flat: "Array", layout: Layout, starts: "Array", ends: "Array", bends: "Array") -> "Array":
    """Return `SAMPLES` values a module, shape (hypotheses, modules x SAMPLES)."""
    import numpy as np

    where = (np.arange(layout.modules * SAMPLES) + 0.5) / SAMPLES
    return _at(flat, where, layout, starts, ends, bends)


def _gains_of(values: "Array", layout: Layout, shapes: Shapes = SHAPES) -> tuple["Array", "Array", "Array", "Array"]:
    """Return for each shape and hypothesis the gains of all patterns in all slots and that of the guard bars.

    Shapes: (shapes, hypotheses, slots, 30), (shapes, hypotheses), quality (shapes, hypotheses): the share of the
    energy that the best digits explain whatever their sum, and energy (hypotheses,).
    """
    import numpy as np

    energy = (values**2).sum(axis=1)
    windows = np.stack([values[:, s * SAMPLES : (s + 7) * SAMPLES] for s in layout.slots], axis=1)
    half = len(layout.slots) // 2
    allowed = np.zeros((len(layout.slots), 30), bool)
    allowed[:half, :20] = allowed[half:, 20:] = True
    all_gains, all_fixed = [], []
    for blur, growth in shapes:
        digits, guards = _templates(layout, blur, growth)
        level = np.sqrt(energy / values.shape[1] / (digits**2).mean())[:, None]
        gains = 2 * level[..., None] * (windows @ digits.T) - (level**2)[..., None] * (digits**2).sum(axis=1)
        used = guards != 0
        fixed = 2 * level[:, 0] * (values[:, used] @ guards[used]) - level[:, 0] ** 2 * (guards[used] ** 2).sum()
        all_gains.append(np.where(allowed, gains, -np.inf))
        all_fixed.append(fixed)
    gains_all, fixed_all = np.stack(all_gains), np.stack(all_fixed)
    quality = (gains_all.max(axis=3).sum(axis=2) + fixed_all) / energy
    return gains_all, fixed_all, quality, energy


@lru_cache(maxsize=64)
def _templates(layout: Layout, blur: float, growth: float) -> tuple["Array", "Array"]:
    """Return the blurred shapes of the 30 digits (30, 7 x SAMPLES) and of the guard bars (modules x SAMPLES)."""
    import numpy as np

    left = [_blurred("1" + digit + "0", blur, growth)[SAMPLES:-SAMPLES] for digit in (*SET_A, *SET_B)]
    right = [_blurred("0" + digit + "1", blur, growth)[SAMPLES:-SAMPLES] for digit in SET_C]
    guards = np.zeros(layout.modules * SAMPLES)
    for (place, bars), before, after in zip(layout.guards, "010", "010", strict=True):
        shape = _blurred(before + bars + after, blur, growth)[SAMPLES:-SAMPLES]
        guards[place * SAMPLES : place * SAMPLES + len(shape)] = shape
    return np.array(left + right), guards


def _blurred(modules: str, blur: float, growth: float) -> "Array":
    """Return `SAMPLES` values a module for bars (1, dark, negative) grown by ``growth`` and blurred."""
    import cv2
    import numpy as np

    fine = 10 * SAMPLES
    edged = modules[0] * 3 + modules + modules[-1] * 3
    ink = np.repeat([float(m) for m in edged], fine)
    grow = round(abs(growth) * fine)
    kernel = np.ones((1, 2 * grow + 1), np.uint8)
    if grow:
        ink = (cv2.dilate if growth > 0 else cv2.erode)(ink[None, :], kernel)[0]
    light = cv2.GaussianBlur(1 - 2 * ink[None, :], (0, 0), blur * fine, borderType=cv2.BORDER_REPLICATE)[0]
    values: Array = light[3 * fine : -3 * fine].reshape(-1, 10).mean(axis=1)
    return values


@lru_cache(maxsize=4)
def _guard_template(layout: Layout) -> tuple["Array", "Array"]:
    """Return positions in modules and the values (light 1, dark -1) of guard bars and quiet zones."""
    import numpy as np

    where: list[float] = []
    values: list[float] = []
    zones = (*layout.guards, (-QUIET, "0" * QUIET), (layout.modules, "0" * QUIET))
    for place, bars in zones:
        for number, bar in enumerate(bars):
            for part in (0.25, 0.75):
                where.append(place + number + part)
                values.append(-1.0 if bar == "1" else 1.0)
    return np.array(where), np.array(values)


def _best_numbers(layout: Layout, gains: "Array") -> list[tuple[str, float]]:
    """Return the two best numbers with a right check digit of each choice of number sets, and their gains."""
    import numpy as np

    count, slots = len(layout.sets), len(layout.slots)
    leads = np.arange(count) if layout.leading else np.zeros(count, int)
    digits = slots + layout.leading
    weight = [3 if (digits - n) % 2 == 0 else 1 for n in range(digits)]
    score = np.full((count, 10, 2), -np.inf)
    score[np.arange(count), (leads * weight[0] if layout.leading else leads) % 10, 0] = 0.0
    kinds = np.array([["ABC".index(kind) * 10 for kind in sets] for sets in layout.sets])
    digit = np.arange(10)
    back = []
    for slot in range(slots):
        step = weight[slot + layout.leading]
        source = (np.arange(10)[:, None] - step * digit[None, :]) % 10  # (sum after, digit) -> sum before
        gain = gains[slot][kinds[:, slot][:, None] + digit[None, :]]  # (choice, digit)
        options = (score[:, source, :] + gain[:, None, :, None]).reshape(count, 10, 20)
        order = np.argsort(-options, axis=2)[:, :, :2]
        score = np.take_along_axis(options, order, axis=2)
        back.append(order)
    found = []
    for choice in range(count):
        for rank in range(2):
            if np.isfinite(score[choice, 0, rank]):
                text = _trace(back, choice, rank, [weight[n + layout.leading] for n in range(slots)])
                found.append(((str(choice) if layout.leading else "") + text, float(score[choice, 0, rank])))
    return found


def _trace(back: list[Any], choice: int, rank: int, weights: list[int]) -> str:
    """Follow the way back from check sum 0."""
    total, digits = 0, []
    for slot in range(len(back) - 1, -1, -1):
        digit, rank = divmod(int(back[slot][choice, total, rank]), 2)
        digits.append(str(digit))
        total = (total - weights[slot] * digit) % 10
    return "".join(reversed(digits))
