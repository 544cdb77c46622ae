"""How the code words of a QR code lie in its modules and blocks (ISO/IEC 18004:2015, 7.7 and table 9)."""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivers.camera.images import Pixels

LEVELS = "LMQH"

_CHECKS = {
    "L": (7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28),
    "M": (10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26),
    "Q": (13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30, 30, 30, 28),
    "H": (17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24),
}
_LAST_CHECKS = {"L": 30, "M": 28, "Q": 30, "H": 30}
"""Check words a block of version 1 and up, and of every version behind those."""

_BLOCKS = {
    "L": (1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18,
          19, 19, 20, 21, 22, 24, 25),
    "M": (1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31,
          33, 35, 37, 38, 40, 43, 45, 47, 49),
    "Q": (1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29, 34, 34, 35, 38, 40,
          43, 45, 48, 51, 53, 56, 59, 62, 65, 68),
    "H": (1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35, 37, 40, 42, 45, 48,
          51, 54, 57, 60, 63, 66, 70, 74, 77, 81),
}  # fmt: skip

_MASKS = (
    lambda row, column: (row + column) % 2 == 0,
    lambda row, column: row % 2 == 0,
    lambda row, column: column % 3 == 0,
    lambda row, column: (row + column) % 3 == 0,
    lambda row, column: (row // 2 + column // 3) % 2 == 0,
    lambda row, column: row * column % 2 + row * column % 3 == 0,
    lambda row, column: (row * column % 2 + row * column % 3) % 2 == 0,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2 == 0,
)


def first_block(modules: "Pixels", level: str, mask: int) -> tuple[bytes, int]:
    """Return the first block of a symbol as it was sampled, and how many of its bytes are check words.

    ``modules`` has one element a module, dark where it is true, row 0 on top.
    """
    version = (len(modules) - 17) // 4
    blocks, checks = _BLOCKS[level][version - 1], _checks(level, version)
    dark = (bool(modules[row, column]) != _MASKS[mask](row, column) for row, column in data_modules(version))
    bits = list(dark)
    words = [sum(bit << 7 - n for n, bit in enumerate(bits[k : k + 8])) for k in range(0, len(bits) - 7, 8)]
    size = len(words) // blocks  # the first blocks are the shortest
    data = size - checks
    behind = len(words) - blocks * checks  # the check words lie behind all data
    return bytes([*words[: data * blocks : blocks], *words[behind::blocks]]), checks


def stands_upright(modules: "Pixels", level: str, mask: int) -> bool:
    """Whether ``modules`` is not mirrored: the information on the format stands where it belongs (7.9)."""
    wanted = _format_bits(level, mask)
    here = [bool(modules[row, column]) for row, column in _format_modules()]
    there = [bool(modules[column, row]) for row, column in _format_modules()]
    return _differ(here, wanted) <= _differ(there, wanted)


@cache
def data_modules(version: int) -> tuple[tuple[int, int], ...]:
    """Return row and column of every module that holds data, in the order of the bits."""
    return tuple(_sweep(version))


def _sweep(version: int) -> Iterator[tuple[int, int]]:
    size = 17 + 4 * version
    taken = _function_modules(version)
    column, upwards = size - 1, True
    while column > 0:
        column -= column == 6  # the column of the timing pattern is passed over
        for row in range(size - 1, -1, -1) if upwards else range(size):
            for here in (column, column - 1):
                if (row, here) not in taken:
                    yield row, here
        column, upwards = column - 2, not upwards


def _checks(level: str, version: int) -> int:
    known = _CHECKS[level]
    return known[version - 1] if version <= len(known) else _LAST_CHECKS[level]


def _function_modules(version: int) -> set[tuple[int, int]]:
    """Every module that holds no data: finders, timing, alignment, format and version."""
    size = 17 + 4 * version
    taken = {(6, n) for n in range(size)} | {(n, 6) for n in range(size)}
    for top, left in ((0, 0), (0, size - 8), (size - 8, 0)):
        taken |= {(top + y, left + x) for y in range(8) for x in range(8)}
    for n in (*range(9), *range(size - 8, size)):
        taken |= {(8, n), (n, 8)}
    at = _alignment(version)
    for y in at:
        for x in at:
            if (y, x) not in ((6, 6), (6, size - 7), (size - 7, 6)):
                taken |= {(y + a, x + b) for a in range(-2, 3) for b in range(-2, 3)}
    if version >= 7:
        taken |= {(y, x) for y in range(6) for x in range(size - 11, size - 8)}
        taken |= {(x, y) for y in range(6) for x in range(size - 11, size - 8)}
    return taken


def _alignment(version: int) -> list[int]:
    """Rows and columns of the centres of the alignment patterns (annex E)."""
    if version == 1:
        return []
    count, last = version // 7 + 2, 10 + 4 * version
    step = 26 if version == 32 else (4 * version + 2 * count + 1) // (2 * count - 2) * 2
    return [6, *sorted(last - n * step for n in range(count - 1))]


def _format_bits(level: str, mask: int) -> list[bool]:
    data = {"L": 1, "M": 0, "Q": 3, "H": 2}[level] << 3 | mask
    rest = data << 10
    for bit in range(14, 9, -1):
        rest ^= 0x537 << bit - 10 if rest >> bit & 1 else 0
    value = (data << 10 | rest) ^ 0x5412
    return [bool(value >> n & 1) for n in range(15)]


def _format_modules() -> list[tuple[int, int]]:
    """Rows and columns of the format's bits beside the first finder, the lowest bit first."""
    down = [(row, 8) for row in (0, 1, 2, 3, 4, 5, 7, 8)]
    return [*down, *((8, column) for column in (7, 5, 4, 3, 2, 1, 0))]


def _differ(one: list[bool], other: list[bool]) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))
