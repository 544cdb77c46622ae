"""How the code words of a DataMatrix lie in its modules and blocks (ISO/IEC 16022 annex F, ISO/IEC 21471)."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.camera.reed_solomon import DATAMATRIX, corrected

if TYPE_CHECKING:
    from drivers.camera.images import Pixels


@cache
def sizes() -> dict[tuple[int, int], tuple[int, int, int, int]]:
    """Return the table: (rows, columns) -> regions down and across, blocks, check words a block."""
    table = Path(__file__).with_name("datamatrix_sizes.tsv").read_text("ascii")
    found = [[int(value) for value in line.split("\t")] for line in table.splitlines() if line[:1] != "#"]
    return {(rows, columns): (down, across, blocks, checks) for rows, columns, down, across, blocks, checks in found}


def first_words(modules: "Pixels", count: int) -> bytes | None:
    """Return the first ``count`` code words of a symbol, corrected.

    ``modules`` has one element a module, dark where it is true, row 0 on top, with the finder pattern.  None for a
    size that the standards do not know, and for what cannot be corrected.
    """
    import numpy as np

    size = (modules.shape[0], modules.shape[1])
    if size not in sizes():
        return None
    down, across, blocks, checks = sizes()[size]
    # Each region has a border of its own, one module wide.
    rows = [row for part in np.split(np.arange(size[0]), down) for row in part[1:-1]]
    columns = [column for part in np.split(np.arange(size[1]), across) for column in part[1:-1]]
    inner = modules[np.ix_(rows, columns)]
    words = bytes(
        sum(int(inner[row, column]) << 7 - n for n, (row, column) in enumerate(word))
        for word in words_in(len(rows), len(columns))
    )
    good = [corrected(words[first::blocks], checks, DATAMATRIX) for first in range(min(blocks, count))]
    if any(block is None for block in good):
        return None
    return bytes(block[n // blocks] for n in range(count) if (block := good[n % blocks]))


def words_in(rows: int, columns: int) -> Iterator[list[tuple[int, int]]]:
    """Yield the modules of each code word, the highest bit first, by the sweep of annex F.3."""
    taken: set[tuple[int, int]] = set()

    def word(*places: tuple[int, int]) -> list[tuple[int, int]]:
        found = []
        for row, column in places:
            if row < 0:
                row, column = row + rows, column + 4 - (rows + 4) % 8
            if column < 0:
                row, column = row + 4 - (columns + 4) % 8, column + columns
            if row >= rows:
                row -= rows
            found.append((row, column))
        taken.update(found)
        return found

    def usual(row: int, column: int) -> list[tuple[int, int]]:
        above, top = row - 1, row - 2
        return word(
            (top, column - 2), (top, column - 1), (above, column - 2), (above, column - 1), (above, column),
            (row, column - 2), (row, column - 1), (row, column),
        )  # fmt: skip

    row, column = 4, 0
    while row < rows or column < columns:
        corner = _corner(row, column, rows, columns)
        if corner:
            yield word(*corner)
        while row >= 0 and column < columns:
            if row < rows and column >= 0 and (row, column) not in taken:
                yield usual(row, column)
            row, column = row - 2, column + 2
        row, column = row + 1, column + 3
        while row < rows and column >= 0:
            if row >= 0 and column < columns and (row, column) not in taken:
                yield usual(row, column)
            row, column = row + 2, column - 2
        row, column = row + 3, column + 1


def _corner(row: int, column: int, rows: int, columns: int) -> list[tuple[int, int]]:
    """Return the modules of a word that is spread over the corners; none where the sweep goes on as usual."""
    low, right = rows - 1, columns - 1
    if (row, column) == (rows, 0):
        return [(low, 0), (low, 1), (low, 2), (0, right - 1), (0, right), (1, right), (2, right), (3, right)]
    if (row, column) == (rows - 2, 0) and columns % 4:
        return [(low - 2, 0), (low - 1, 0), (low, 0), (0, right - 3), (0, right - 2), (0, right - 1), (0, right),
                (1, right)]  # fmt: skip
    if (row, column) == (rows - 2, 0) and columns % 8 == 4:
        return [(low - 2, 0), (low - 1, 0), (low, 0), (0, right - 1), (0, right), (1, right), (2, right), (3, right)]
    if (row, column) == (rows + 4, 2) and columns % 8 == 0:
        return [(low, 0), (low, right), (0, right - 2), (0, right - 1), (0, right), (1, right - 2), (1, right - 1),
                (1, right)]  # fmt: skip
    return []
