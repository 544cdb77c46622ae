"""Which of the symbols found in one frame are trusted.

A misread corrupts a count, a miss does not: in doubt a code is dropped.  Every pass over the frame is a witness.
What a symbology proves by itself (error correction, a check character of 103 values) needs one witness; a number with
a check of one in ten, read in a doubtful way, needs a second engine or the fit of the whole profile; what has no check
needs many scan lines of an unsharpened picture or a second engine, and a short text must be clear at first sight.
One place holds one linear symbol: of two that differ the stronger stays.
"""

from collections.abc import Callable, Iterable
from enum import Enum

from drivers.camera.found import ERROR_CORRECTED, Found, Plausible
from drivers.camera.quads import alike, meet, sides, stacked
from drivers.camera.sequences import Refused

SHORT_UNCHECKED = 4
"""A text of fewer characters without a check is found in almost any bars, given enough passes and lines: it must be
clear at first sight."""

SHORT_ITF = 6
"""An ITF of fewer digits on few scan lines is part of something longer: a slanted line enters and leaves anywhere."""

THIN = 0.16
"""Height over width below which few scan lines agreed on a reading: most misreads are such (measured)."""

LONG, MANY_LINES = 10, 40
"""Characters and pixels from which a thin Code 39 is believed."""

UNCHECKED = frozenset({"ITF", "Codabar", "Code 39"})
"""Symbologies without a check that the decoder can rely on."""


EDGES_MOVED = ("sharpened", "smoothed")
"""Ends of the names of stages that change the widths of narrow bars, on every scan line in the same way: a Code 128 can
then be wrong in many characters and right in its check character."""


class Opinion(Enum):
    """What the fit of the whole profile makes of a claimed number."""

    AGREES = "agrees"
    CONTRADICTS = "contradicts"
    NONE = "none"  # the profile fits no number well, or the symbology has no fit


Fitter = Callable[[Found], Opinion]
Refusal = Callable[[Found], str]
"""Why a sound reading must not be delivered; empty where nothing speaks against it."""

OneSymbol = Callable[[Found, Found], bool]
"""Whether two readings of one text at places that do not meet are strips of a single symbol."""


class Bench:
    """Hears the witnesses of one frame, pass by pass."""

    def __init__(
        self,
        plausible: Plausible | None = None,
        fitter: Fitter | None = None,
        one_symbol: OneSymbol | None = None,
        refusal: Refusal | None = None,
        *,
        doubting: bool = False,
    ) -> None:
        """``doubting``: let the fit refute even a number read on many scan lines, where no next frame can do so."""
        self._doubting = doubting
        self._plausible = plausible
        self._one_symbol = one_symbol
        self._fitter = fitter
        self._refusal = refusal
        self._refused: dict[tuple[str, str], Refused] = {}
        self._witnesses: dict[tuple[str, str], set[tuple[str, str]]] = {}
        self._refuted: set[tuple[str, str]] = set()
        self._trusted: list[Found] = []

    def hear(self, found: Iterable[Found]) -> None:
        """Take the symbols of one pass."""
        for one in found:
            if not credible(one) or (self._plausible and not self._plausible(one.text, one.symbology)):
                continue
            key = (one.symbology, one.text)
            if why := self._refusal(one) if self._refusal else "":
                self._refused.setdefault(key, Refused(one, why))
                continue
            self._witnesses.setdefault(key, set()).add((one.engine, one.stage))
            if key not in self._refuted and self._convinces(one, key):
                self._trusted.append(one)

    def verdict(self) -> list[Found]:
        """Return the trusted symbols, in the order heard: each once, and one linear symbol at one place."""
        kept: list[Found] = []
        for candidate in sorted(self._trusted, key=self._strength, reverse=True):
            if not any(self._same_symbol(candidate, other) or self._rivals(candidate, other) for other in kept):
                kept.append(candidate)
        kept = [one for one in kept if not _fragment(one, kept) and not self._beside_refused(one)]
        return [one for one in self._trusted if any(one is other for other in kept)]

    @property
    def refused(self) -> list[Refused]:
        """What was read and must not be delivered."""
        return list(self._refused.values())

    def _beside_refused(self, one: Found) -> bool:
        """Whether ``one`` is refused elsewhere in the frame, or a strip of what is."""
        if (one.symbology, one.text) in self._refused:
            return True
        strips = [other.found for other in self._refused.values() if other.found.symbology == one.symbology]
        return any(stacked(one.quad, other.quad) and alike(one.quad, other.quad) for other in strips)

    def _strength(self, one: Found) -> tuple[bool, int, int, int, float]:
        """How well a reading stands against another at its place: proof, symbology, engines, digits, scan lines."""
        engines = self._engines(one)
        solid = engines > 1 or one.engine == "fit" or (one.engine == "zxing" and not thin(one))
        across, along = sides(one.quad)
        rank = 0 if one.symbology in UNCHECKED else 1 if one.retail else 2
        return solid, rank, engines, len(one.text), along / max(across, 1.0)

    def _same_symbol(self, one: Found, other: Found) -> bool:
        return one.payload == other.payload and (overlap(one, other) or self._strips(one, other))

    def _rivals(self, one: Found, other: Found) -> bool:
        """Whether two readings that differ claim the bars of one linear symbol.

        Products of one company share their first digits; that numbers look alike therefore says nothing, their place
        does.  Two-dimensional symbols may stand within bars' reach.
        """
        if one.payload == other.payload or {one.symbology, other.symbology} & ERROR_CORRECTED:
            return False
        return overlap(one, other) or (stacked(one.quad, other.quad) and self._strips(one, other))

    def _strips(self, one: Found, other: Found) -> bool:
        return self._one_symbol is not None and self._one_symbol(one, other)

    def _engines(self, one: Found) -> int:
        return len({engine for engine, _stage in self._witnesses[one.symbology, one.text]})

    def _convinces(self, one: Found, key: tuple[str, str]) -> bool:
        first_pass, again = one.engine == "zxing" and one.stage == "frame", len(self._witnesses[key]) > 1
        if one.engine == "fit":
            return True
        if one.engine == "zbar" and one.symbology == "Code 128":
            # It passes over FNC4 and FNC1 without a word: the letter ü comes as |, an element string as plain text.
            return self._engines(one) > 1
        if one.retail:
            return self._number_convinces(one, key, clear=first_pass and not thin(one))
        if one.symbology in UNCHECKED:
            if len(one.text) < SHORT_UNCHECKED:
                return first_pass and not thin(one)
            many_lines = one.engine == "zxing" and (not thin(one) or _long(one)) and not one.stage.endswith(EDGES_MOVED)
            return many_lines or self._engines(one) > 1
        if one.symbology == "PDF417":
            # Code words that could not be read use up the redundancy that would prove the others (ISO/IEC 15438).
            return first_pass or again
        if one.symbology not in ERROR_CORRECTED and thin(one) and one.stage.endswith(EDGES_MOVED):
            return self._engines(one) > 1
        return first_pass or one.aim != "]C0" or one.text.isprintable() or again

    def _number_convinces(self, one: Found, key: tuple[str, str], *, clear: bool) -> bool:
        if clear and not self._doubting:
            return True
        opinion = self._fitter(one) if self._fitter else Opinion.NONE
        if opinion is Opinion.CONTRADICTS:
            self._refuted.add(key)
            return False
        return clear or opinion is Opinion.AGREES or self._engines(one) > 1


def trusted(found: Iterable[Found], plausible: Plausible | None = None) -> list[Found]:
    """Return what may be delivered of a single pass."""
    bench = Bench(plausible)
    bench.hear(found)
    return bench.verdict()


def credible(found: Found) -> bool:
    """Whether ``found`` satisfies its own symbology: check digits, and a length that is not a fragment's."""
    if found.symbology == "UPC-E" and not found.text.startswith("00"):
        # UPC-E is for numbers of U.P.C. prefix 0 alone (GS1 General Specifications 5.2.2.4); as number system 1 the
        # left half of any EAN-13 up to its centre bars may be read.
        return False
    if found.retail or found.aim == "]I1":
        return has_gs1_check_digit(found.text)
    if found.symbology == "ITF":
        return len(found.text) >= SHORT_ITF or not thin(found)
    return True


def thin(found: Found) -> bool:
    """Whether only few scan lines across the bars agreed on ``found``."""
    across, along = sides(found.quad)
    return along < THIN * across


def _long(found: Found) -> bool:
    """Whether ``found`` is a Code 39 so long that its bars are thin at any height a label has, on enough scan lines.

    Each of its characters has three wide elements of nine: that many do not come about by chance.
    """
    return found.symbology == "Code 39" and len(found.text) >= LONG and sides(found.quad)[1] >= MANY_LINES


def has_gs1_check_digit(digits: str) -> bool:
    """Whether the last digit is the GS1 modulo-10 check digit of the others (GS1 General Specifications 7.9.1)."""
    if not digits.isascii() or not digits.isdigit():
        return False
    return sum(int(d) * (3 if n % 2 else 1) for n, d in enumerate(reversed(digits))) % 10 == 0


def _fragment(one: Found, kept: Iterable[Found]) -> bool:
    """Whether an ITF is part of a longer one of the frame: its start and stop patterns occur within the digits."""
    return one.symbology == "ITF" and any(len(other.text) > len(one.text) and one.text in other.text for other in kept)


def overlap(one: Found, other: Found) -> bool:
    """Whether the places of two symbols meet: both may be the same symbol."""
    return meet(one.quad, other.quad)
