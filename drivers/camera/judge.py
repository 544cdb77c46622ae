"""Which of the symbols found in one frame are trusted.

A misread corrupts a count, a miss does not: in doubt a code is dropped.
"""

from collections.abc import Iterable, Sequence

from drivers.camera.found import Found, Plausible

LOOK_ALIKE = 6
"""Retail numbers of one frame that agree in so many digit places are readings of one symbol (measured)."""

SHORT_ITF = 6
"""An ITF of so few digits is part of something longer: it has neither check digit nor a distinct start and stop."""


def trusted(found: Iterable[Found], plausible: Plausible | None = None) -> list[Found]:
    """Return what may be delivered of one frame, the stronger of two look-alikes first in ``found`` order."""
    kept: list[Found] = []
    for candidate in found:
        if not credible(candidate) or (plausible and not plausible(candidate.text, candidate.symbology)):
            continue
        if not any(_same_symbol(candidate, other) or look_alike(candidate, other) for other in kept):
            kept.append(candidate)
    return [one for one in kept if not _part_of_longer(one, kept)]


def credible(found: Found) -> bool:
    """Whether ``found`` satisfies its own symbology: check digits, and a length that is not a fragment's."""
    if found.retail or found.aim == "]I1":
        return has_gs1_check_digit(found.text)
    if found.symbology == "ITF":
        return len(found.text) >= SHORT_ITF
    return True


def has_gs1_check_digit(digits: str) -> bool:
    """Whether the last digit is the GS1 modulo-10 check digit of the others (GS1 General Specifications 7.9.1)."""
    if not digits.isascii() or not digits.isdigit():
        return False
    return sum(int(d) * (3 if n % 2 else 1) for n, d in enumerate(reversed(digits))) % 10 == 0


def look_alike(one: Found, other: Found) -> bool:
    """Whether two different retail numbers agree in `LOOK_ALIKE` or more digit places: one is a misread."""
    if not (one.retail and other.retail) or one.text == other.text or len(one.text) != len(other.text):
        return False
    return sum(a == b for a, b in zip(one.text, other.text, strict=True)) >= LOOK_ALIKE


def overlap(one: Found, other: Found) -> bool:
    """Whether the centre of either lies inside the upright box of the other."""
    return _inside(_centre(one), other) or _inside(_centre(other), one)


def _same_symbol(one: Found, other: Found) -> bool:
    return one.payload == other.payload and overlap(one, other)


def _part_of_longer(one: Found, kept: Sequence[Found]) -> bool:
    return one.symbology == "ITF" and any(len(o.text) > len(one.text) and one.text in o.text for o in kept)


def _centre(found: Found) -> tuple[float, float]:
    return sum(x for x, _ in found.quad) / 4, sum(y for _, y in found.quad) / 4


def _inside(point: tuple[float, float], found: Found) -> bool:
    xs, ys = [x for x, _ in found.quad], [y for _, y in found.quad]
    return min(xs) <= point[0] <= max(xs) and min(ys) <= point[1] <= max(ys)
