"""How the code words of a MaxiCode lie in its modules and blocks (ISO/IEC 16023 figure 5 and 4.9)."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.camera.reed_solomon import MAXICODE, corrected

if TYPE_CHECKING:
    from drivers.camera.images import Pixels

WORD_BITS, PRIMARY, PRIMARY_CHECKS, SECONDARY_CHECKS = 6, 20, 10, 20
CARRIER_MODES = (2, 3)
"""Modes of the carriers: the primary message is the address, and the text begins with the secondary one."""


@cache
def places() -> dict[int, tuple[int, int]]:
    """Return row and column of each bit."""
    table = Path(__file__).with_name("maxicode_modules.tsv").read_text("ascii").splitlines()
    rows = [line.split("\t") for line in table if not line.startswith("#")]
    return {
        int(bit): (row, column)
        for row, bits in enumerate(rows)
        for column, bit in enumerate(bits)
        if bit != "."
    }  # fmt: skip


def first_word(modules: "Pixels") -> int | None:
    """Return the code word with which the text begins; None for what cannot be corrected.

    ``modules`` has one element a module, dark where it is true, row 0 on top.
    """
    words = bytes(
        sum(int(modules[places()[WORD_BITS * word + n]]) << 5 - n for n in range(WORD_BITS)) for word in range(144)
    )
    primary = corrected(words[:PRIMARY], PRIMARY_CHECKS, MAXICODE)
    if primary is None:
        return None
    if primary[0] & 15 not in CARRIER_MODES:
        return primary[1]
    # The secondary message is in two blocks, of the words at even and at odd places.
    secondary = corrected(words[PRIMARY::2], SECONDARY_CHECKS, MAXICODE)
    return None if secondary is None else secondary[0]
