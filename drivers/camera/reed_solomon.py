"""Reed-Solomon correction of a block of code words: QR (ISO/IEC 18004), DataMatrix (16022) and MaxiCode (16023)."""

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Field:
    """The field over ``modulus``; ``first`` is the exponent of the generator polynomial's first root."""

    modulus: int
    first: int

    @cached_property
    def order(self) -> int:
        """How many values there are but 0: the powers of 2 come round after so many."""
        return (1 << self.modulus.bit_length() - 1) - 1

    @cached_property
    def powers(self) -> tuple[int, ...]:
        """The powers of 2, twice over: a sum of two exponents needs no reduction."""
        found, value = [], 1
        for _ in range(self.order):
            found.append(value)
            value <<= 1
            value ^= self.modulus if value > self.order else 0
        return (*found, *found)

    @cached_property
    def logarithms(self) -> dict[int, int]:
        """The exponent of each value but 0."""
        return {value: exponent for exponent, value in enumerate(self.powers[: self.order])}

    def product(self, one: int, other: int) -> int:
        """Multiply."""
        return self.powers[self.logarithms[one] + self.logarithms[other]] if one and other else 0

    def quotient(self, one: int, other: int) -> int:
        """Divide by what is not 0."""
        return self.powers[self.logarithms[one] - self.logarithms[other] + self.order] if one else 0

    def value(self, polynomial: list[int], exponent: int) -> int:
        """The value of a polynomial, lowest coefficient first, at 2 to the power of ``exponent``."""
        x, total = self.powers[exponent % self.order], 0
        for coefficient in reversed(polynomial):
            total = self.product(total, x) ^ coefficient
        return total


QR = Field(0x11D, 0)
DATAMATRIX = Field(0x12D, 1)
MAXICODE = Field(0x43, 1)


def corrected(block: bytes, checks: int, field: Field) -> bytes | None:
    """Return ``block``, whose last ``checks`` bytes are check words, without its errors; None where there are too many.

    >>> corrected(bytes([64, 86]), 0, QR)
    b'@V'
    """
    received = list(reversed(block))
    syndromes = [field.value(received, field.first + n) for n in range(checks)]
    if not any(syndromes):
        return block
    locator = _locator(syndromes, field)
    places = [place for place in range(len(block)) if field.value(locator, -place) == 0]
    if len(places) != len(locator) - 1:
        return None
    for place in places:
        received[place] ^= _magnitude(place, locator, syndromes, field)
    if any(field.value(received, field.first + n) for n in range(checks)):
        return None
    return bytes(reversed(received))


def _locator(syndromes: list[int], field: Field) -> list[int]:
    """Return the shortest polynomial whose roots say where the errors are (Berlekamp and Massey)."""
    now, before, last, gap, length = [1], [1], 1, 1, 0
    for n, syndrome in enumerate(syndromes):
        off = syndrome
        for k in range(1, min(len(now), n + 1)):
            off ^= field.product(now[k], syndromes[n - k])
        if off == 0:
            gap += 1
            continue
        factor = field.quotient(off, last)
        grown = now + [0] * max(0, len(before) + gap - len(now))
        for k, coefficient in enumerate(before):
            grown[k + gap] ^= field.product(factor, coefficient)
        if 2 * length <= n:
            before, last, gap, length = now, off, 1, n + 1 - length
        else:
            gap += 1
        now = grown
    return now[: _degree(now) + 1]


def _degree(polynomial: list[int]) -> int:
    return max((n for n, coefficient in enumerate(polynomial) if coefficient), default=0)


def _magnitude(place: int, locator: list[int], syndromes: list[int], field: Field) -> int:
    """Return what is wrong at ``place``, counted from the end (Forney)."""
    evaluator = [0] * len(syndromes)
    for n, syndrome in enumerate(syndromes):
        for k, coefficient in enumerate(locator):
            if n + k < len(syndromes):
                evaluator[n + k] ^= field.product(syndrome, coefficient)
    slope = [coefficient if n % 2 else 0 for n, coefficient in enumerate(locator)][1:]
    found = field.quotient(field.value(evaluator, -place), field.value(slope, -place))
    return field.product(found, field.powers[(place * (1 - field.first)) % field.order])
