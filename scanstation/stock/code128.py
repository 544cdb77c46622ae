"""Code 128 from its table (ISO/IEC 15417): the fewest symbol characters for printable ASCII, with FNC1 for GS1-128.

Set A is left out: it differs from set B only by control characters, which no label of ours holds.
"""

from functools import lru_cache

START_B, START_C, STOP = 104, 105, 106
CODE_C, CODE_B, FNC1 = 99, 100, 102
"""Values that are no data: the switch to set C from B, to set B from C, and function 1 in both."""

_WIDTHS = """
212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 123122
123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 232121 111323
131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131
213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122
141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 124112
124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141
411131 211412 211214 211232 2331112
"""

WIDTHS = tuple(_WIDTHS.split())
"""Bar and space widths in modules of the values 0 to 106, bar first."""


def code128_values(text: str, *, gs1: bool = False) -> tuple[int, ...]:
    """Return the values of the symbol from start to stop, check character included; ``gs1`` puts FNC1 first.

    ``text`` is printable ASCII and not empty.

    >>> code128_values("9901")
    (105, 99, 1, 0, 106)
    """
    cost = _costs(text)
    at = 0
    in_c = cost[0][1] < cost[0][0]
    values = [START_C if in_c else START_B, *((FNC1,) if gs1 else ())]
    while at < len(text):
        stay = _step(cost, text, at, in_c)
        if stay > cost[at][not in_c] + 1:
            values.append(CODE_B if in_c else CODE_C)
            in_c = not in_c
        values.append(int(text[at : at + 2]) if in_c else ord(text[at]) - 32)
        at += 2 if in_c else 1
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    return (*values, check, STOP)


@lru_cache(4096)
def code128_modules(values: tuple[int, ...]) -> str:
    """The modules of a symbol, ``1`` black and ``0`` white."""
    return "".join(("1", "0")[place % 2] * int(width) for value in values for place, width in enumerate(WIDTHS[value]))


def _costs(text: str) -> list[tuple[float, float]]:
    """The fewest values for the rest of ``text`` from each place on, in set B and in set C, switches included."""
    cost: list[tuple[float, float]] = [(0, 0)] * (len(text) + 1)
    for at in range(len(text) - 1, -1, -1):
        b, c = _step(cost, text, at, False), _step(cost, text, at, True)
        cost[at] = (min(b, c + 1), min(c, b + 1))
    return cost


def _step(cost: list[tuple[float, float]], text: str, at: int, in_c: bool) -> float:
    """The fewest values where the next one is data of the set."""
    if not in_c:
        return 1 + cost[at + 1][0]
    pair = text[at : at + 2]
    return 1 + cost[at + 2][1] if len(pair) == 2 and pair.isdigit() else float("inf")
