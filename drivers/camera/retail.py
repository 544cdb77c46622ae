"""How EAN-13/UPC-A, EAN-8 and UPC-E are laid out and coded (GS1 General Specifications, section 5.2).

A layout tells the fit where the digits are; its variants tell which combinations of digits are numbers.
"""

from dataclasses import dataclass

SET_A = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
SET_C = tuple("".join("10"[int(module)] for module in digit) for digit in SET_A)
SET_B = tuple(digit[::-1] for digit in SET_C)
LEADING = ("AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA")


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to choose the number sets of the slots, and the check sum that the digits must then reach.

    The weighted sum of the digits in the slots plus ``constant`` must be a multiple of 10.  ``last`` fixes the last
    digit where the weights depend on it (UPC-E).  ``prefix`` and ``suffix`` are the digits that the sets say.
    """

    sets: str
    weights: tuple[int, ...]
    constant: int = 0
    last: int | None = None
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, eq=False)
class Layout:
    """Where the parts of a symbol are, in modules from its first bar."""

    symbology: str
    aim: str
    modules: int
    guards: tuple[tuple[int, str], ...]
    slots: tuple[int, ...]
    variants: tuple[Variant, ...]

    def variant_of(self, text: str) -> tuple[Variant, str] | None:
        """Return the variant that codes ``text`` and the digits in its slots, None where the layout cannot."""
        for variant in self.variants:
            inner = text[len(variant.prefix) : len(text) - len(variant.suffix)]
            ends = text.startswith(variant.prefix) and text.endswith(variant.suffix)
            if ends and len(inner) == len(self.slots) and variant.last in (None, int(inner[-1])):
                return variant, inner
        return None


def _ean13_variants() -> tuple[Variant, ...]:
    weights = (3, 1) * 6
    return tuple(Variant(sets + "CCCCCC", weights, first, prefix=str(first)) for first, sets in enumerate(LEADING))


def _upc_e_variants() -> tuple[Variant, ...]:
    """The sets say the check digit; which weight a digit has depends on the last (section 5.2.2.4.2).

    Number system 0 alone: the standard knows no other, and the left half of an EAN-13 looks like number system 1.
    """
    codes = ("BBBAAA", "BBABAA", "BBAABA", "BBAAAB", "BABBAA", "BAABBA", "BAAABB", "BABABA", "BABAAB", "BAABAB")
    found = []
    for check, sets in enumerate(codes):
        for last in range(10):
            weights = {3: (1, 3, 1, 1, 3, 0), 4: (1, 3, 1, 3, 3, 0)}.get(last, (1, 3, 1, 3, 1, 3))
            if last < 3:
                weights = (1, 3, 3, 1, 3, 1)
            found.append(Variant(sets, weights, check, last, "0", str(check)))
    return tuple(found)


EAN13 = Layout(
    "EAN-13",
    "]E0",
    95,
    ((0, "101"), (45, "01010"), (92, "101")),
    (*range(3, 45, 7), *range(50, 92, 7)),
    _ean13_variants(),
)
EAN8 = Layout(
    "EAN-8",
    "]E4",
    67,
    ((0, "101"), (31, "01010"), (64, "101")),
    (*range(3, 31, 7), *range(36, 64, 7)),
    (Variant("AAAACCCC", (3, 1) * 4),),
)
UPC_E = Layout("UPC-E", "]E0", 51, ((0, "101"), (45, "010101")), tuple(range(3, 45, 7)), _upc_e_variants())


def expand_upc_e(digits: str) -> str:
    """Return the 13 digits that a UPC-E of 8 digits stands for (GS1 General Specifications 5.2.2.4.2)."""
    if len(digits) != 8:
        return digits.zfill(13)
    system, body, check = digits[0], digits[1:7], digits[7]
    last = body[5]
    if last in "012":
        number = body[:2] + last + "0000" + body[2:5]
    elif last == "3":
        number = body[:3] + "00000" + body[3:5]
    elif last == "4":
        number = body[:4] + "00000" + body[4]
    else:
        number = body[:5] + "0000" + last
    return "0" + system + number + check


def compress_upc_e(number: str) -> str | None:
    """Return the 8 digits of UPC-E for a UPC-A of 13 digits, None where it has no such form."""
    for last in range(10):
        for body in _bodies(number, last):
            short = number[1] + body + number[12]
            if expand_upc_e(short) == number:
                return short
    return None


def _bodies(number: str, last: int) -> tuple[str, ...]:
    n = number[2:12]
    if last < 3:
        return (n[:2] + n[7:] + str(last),)
    if last == 3:
        return (n[:3] + n[8:] + "3",)
    if last == 4:
        return (n[:4] + n[9:] + "4",)
    return (n[:5] + str(last),)
