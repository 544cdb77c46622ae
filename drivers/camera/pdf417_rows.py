"""Whether a PDF417 says by its code words that its text does not stand alone (ISO/IEC 15438 annex H, ISO/IEC 24723).

zxing-cpp reads the control block of a macro symbol and the linkage to a GS1 composite, and does not tell Python of
either.  It keeps no modules of a PDF417, so they are sampled here; two of the 929 code words are looked for, each with
a pattern of its own in every third row.
"""

from itertools import groupby
from typing import TYPE_CHECKING, Any

from drivers.camera.found import Quad
from drivers.camera.rectify import Crop, rectify

if TYPE_CHECKING:
    from drivers.camera.images import Pixels

WORD = 17
"""Modules of a code word, of the start pattern, and of the stop pattern but for its last bar."""

FIRST_BAR = 8
ROOM = 0.03
"""Share of the width taken in on either side."""

SOLID = 0.8
"""Share of dark modules in a column of an outer bar."""

STOP = "71131112"
MACRO = frozenset({"21514112", "12621221", "33611111"})
LINKED = frozenset({"31513112", "13511231", "16321121"})
"""Widths of the bars and spaces of code word 928, which begins the control block of a macro, and of 920."""

_Words = list[list[str]]


def says(gray: "Pixels", quad: Quad, share_of_checks: int) -> str:
    """Return ``macro`` or ``linked`` for the PDF417 at ``quad``, nothing for one that stands alone.

    ``share_of_checks``: check words in per cent of all, rounded down.
    """
    rows = _words(gray, quad)
    words = [word for row in rows for word in row]
    checks = [2 << level for level in range(9) if (2 << level) * 100 // max(len(words), 1) == share_of_checks]
    data = words[: len(words) - (checks[0] if checks else len(words) // 4)]
    if len(data) > 1 and data[1] in LINKED:
        return "linked"
    return "macro" if any(word in MACRO for word in data) else ""


def _words(gray: "Pixels", quad: Quad) -> _Words:
    """Return the widths of each code word of each row, without the row indicators."""
    import cv2

    crop = rectify(gray, quad, ROOM)
    _, light = cv2.threshold(crop.pixels, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    dark: Any = _between_outer_bars(light == 0, crop)
    blocks = _blocks(dark)
    if blocks < 4:
        return []
    lines = _sampled(dark, blocks)
    last = blocks - 2 if _widths(lines[:, -1].mean(axis=0) > 0.5) == STOP else blocks  # else a compact one
    return [
        [_widths(lines[row, block].mean(axis=0) > 0.5) for block in range(2, last)] for row in _rows(lines[:, 1])
    ]  # fmt: skip


def _between_outer_bars(dark: Any, crop: Crop) -> Any:
    """Cut off what is beside the bars with which all rows begin and end: corners are some pixels off."""
    import numpy as np

    solid = np.flatnonzero(dark.mean(axis=0) > SOLID)
    near = 2 * ROOM * (crop.last - crop.first)
    begin = [column for column in solid if column < crop.first + near]
    end = [column for column in solid if column > crop.last - near]
    first = begin[0] if begin else round(crop.first)
    return dark[:, first : (end[-1] + 1 if end else round(crop.last))]


def _sampled(dark: Any, blocks: int) -> Any:
    """Return each module of each block of each scan line."""
    import numpy as np

    centres = ((np.arange(WORD * blocks) + 0.5) * dark.shape[1] / (WORD * blocks + 1)).astype(int)
    return dark[:, np.minimum(centres, dark.shape[1] - 1)].reshape(len(dark), blocks, WORD)


def _blocks(dark: Any) -> int:
    """How many patterns stand side by side, by the width of the bar that all rows begin with."""
    import numpy as np

    bars = [int(np.argmin(line)) for line in dark if line[0]]
    bar = float(np.median(bars)) if bars else 0.0
    return round((dark.shape[1] / (bar / FIRST_BAR) - 1) / WORD) if bar > 0 else 0


def _rows(indicators: Any) -> list[list[int]]:
    """Return the scan lines of each row: the clusters of its patterns follow each other in a circle."""
    rows: list[list[int]] = []
    now = None
    for number, modules in enumerate(indicators):
        cluster = _cluster(_widths(modules))
        if cluster is None or (now is not None and cluster not in (now, (now + 3) % 9)):
            continue
        if cluster != now:
            rows.append([])
        now = cluster
        rows[-1].append(number)
    return rows


def _widths(modules: Any) -> str:
    return "".join(str(min(len(list(run)), 9)) for _, run in groupby(modules.tolist()))


def _cluster(widths: str) -> int | None:
    if len(widths) != 8:
        return None
    first, _, third, _, fifth, _, seventh, _ = map(int, widths)
    cluster = (first - third + fifth - seventh) % 9
    return cluster if cluster % 3 == 0 else None
