"""Which of the symbols found in one frame are trusted.

A misread corrupts a count, a miss does not: in doubt a code is dropped.  Every pass over the frame is a witness.
What a symbology proves by itself (error correction, a check character of 103 values) needs one witness; a number with
a check of one in ten, read in a doubtful way, needs a second engine or the fit of the whole profile.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import Enum

from drivers.camera.found import ERROR_CORRECTED, Found, Plausible
from drivers.camera.locate import sides

LOOK_ALIKE = 6
"""Retail numbers at one place that agree in so many digit places are readings of one symbol (measured)."""

SHORT_ITF = 6
"""An ITF of fewer digits on few scan lines is part of something longer: a slanted line enters and leaves anywhere."""

THIN = 0.16
"""Height over width below which few scan lines agreed on a reading: most misreads are such (measured)."""

UNCHECKED = frozenset({"ITF", "Codabar", "Code 39"})
"""Symbologies without a check that the decoder can rely on."""


class Opinion(Enum):
    """What the fit of the whole profile makes of a claimed number."""

    AGREES = "agrees"
    CONTRADICTS = "contradicts"
    NONE = "none"  # the profile fits no number well, or the symbology has no fit


Fitter = Callable[[Found], Opinion]
OneSymbol = Callable[[Found, Found], bool]
"""Whether two readings of one text at places that do not meet are strips of a single symbol."""


class Bench:
    """Hears the witnesses of one frame, pass by pass."""

    def __init__(
        self,
        plausible: Plausible | None = None,
        fitter: Fitter | None = None,
        one_symbol: OneSymbol | None = None,
    ) -> None:
        self._plausible = plausible
        self._one_symbol = one_symbol
        self._fitter = fitter
        self._witnesses: dict[tuple[str, str], set[tuple[str, str]]] = {}
        self._refuted: set[tuple[str, str]] = set()
        self._trusted: list[Found] = []

    def hear(self, found: Iterable[Found]) -> None:
        """Take the symbols of one pass."""
        for one in found:
            if not credible(one) or (self._plausible and not self._plausible(one.text, one.symbology)):
                continue
            key = (one.symbology, one.text)
            self._witnesses.setdefault(key, set()).add((one.engine, one.stage))
            if key not in self._refuted and self._convinces(one, key):
                self._trusted.append(one)

    def verdict(self) -> list[Found]:
        """Return the trusted symbols: each place once, without look-alikes and fragments."""
        kept: list[Found] = []
        for candidate in self._trusted:
            if not any(self._same_symbol(candidate, other) or look_alike(candidate, other) for other in kept):
                kept.append(candidate)
        return [one for one in kept if not _part_of_longer(one, kept)]

    def _same_symbol(self, one: Found, other: Found) -> bool:
        if one.payload != other.payload:
            return False
        return overlap(one, other) or (self._one_symbol is not None and self._one_symbol(one, other))

    def _convinces(self, one: Found, key: tuple[str, str]) -> bool:
        if one.engine == "fit" or one.symbology in ERROR_CORRECTED:
            return True
        first_pass = one.engine == "zxing" and one.stage == "frame"
        if one.retail:
            return (first_pass and not thin(one)) or self._number_convinces(one, key)
        if one.symbology in UNCHECKED:
            return (first_pass and not thin(one)) or len(self._witnesses[key]) > 1
        return first_pass or one.aim != "]C0" or one.text.isprintable() or len(self._witnesses[key]) > 1

    def _number_convinces(self, one: Found, key: tuple[str, str]) -> bool:
        opinion = self._fitter(one) if self._fitter else Opinion.NONE
        if opinion is Opinion.CONTRADICTS:
            self._refuted.add(key)
            return False
        return opinion is Opinion.AGREES or len({engine for engine, _stage in self._witnesses[key]}) > 1


def trusted(found: Iterable[Found], plausible: Plausible | None = None) -> list[Found]:
    """Return what may be delivered of a single pass, the first of two look-alikes."""
    bench = Bench(plausible)
    bench.hear(found)
    return bench.verdict()


def credible(found: Found) -> bool:
    """Whether ``found`` satisfies its own symbology: check digits, and a length that is not a fragment's."""
    if found.retail or found.aim == "]I1":
        return has_gs1_check_digit(found.text)
    if found.symbology == "ITF":
        return len(found.text) >= SHORT_ITF or not thin(found)
    return True


def thin(found: Found) -> bool:
    """Whether only few scan lines across the bars agreed on ``found``."""
    across, along = sides(found.quad)
    return along < THIN * across


def has_gs1_check_digit(digits: str) -> bool:
    """Whether the last digit is the GS1 modulo-10 check digit of the others (GS1 General Specifications 7.9.1)."""
    if not digits.isascii() or not digits.isdigit():
        return False
    return sum(int(d) * (3 if n % 2 else 1) for n, d in enumerate(reversed(digits))) % 10 == 0


def look_alike(one: Found, other: Found) -> bool:
    """Whether two different retail numbers at one place agree in `LOOK_ALIKE` or more digit places.

    Numbers at different places are left alone: products of one company share their first digits.
    """
    if not (one.retail and other.retail) or one.text == other.text or len(one.text) != len(other.text):
        return False
    alike = sum(a == b for a, b in zip(one.text, other.text, strict=True)) >= LOOK_ALIKE
    return alike and overlap(one, other)


def overlap(one: Found, other: Found) -> bool:
    """Whether the boxes of two symbols, grown by half their height, meet: both may be the same symbol."""
    left, top, right, bottom = _box(one)
    other_left, other_top, other_right, other_bottom = _box(other)
    return left <= other_right and other_left <= right and top <= other_bottom and other_top <= bottom


def _part_of_longer(one: Found, kept: Sequence[Found]) -> bool:
    return one.symbology == "ITF" and any(len(o.text) > len(one.text) and one.text in o.text for o in kept)


def _box(found: Found) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in found.quad], [y for _, y in found.quad]
    return min(xs), min(ys), max(xs), max(ys)
