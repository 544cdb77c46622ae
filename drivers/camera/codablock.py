"""Rows of Codablock F: each is a sound Code 128 by its bars and by its check character, and only a piece of a text.

What tells a row apart is how it begins: with START A and, at once, the character that chooses the code set of the row
(AIM USS Codablock F).  A Code 128 that is to begin in another code set begins with the start of that set.
"""

from typing import TYPE_CHECKING, Any

from drivers.camera.found import Quad
from drivers.camera.profiles import upright_profile_of
from drivers.camera.quads import with_height
from drivers.camera.rectify import rectify

if TYPE_CHECKING:
    from drivers.camera.images import Pixels

START_A = (2, 1, 1, 4, 1, 2)
CHOICES = ((4, 1, 1, 3, 1, 1), (1, 1, 3, 1, 4, 1), (1, 1, 4, 1, 3, 1))
"""Widths of bars and spaces in modules: START A; SHIFT, CODE C and CODE B."""

CHARACTER, BARS = 11, 6
ROOM = 0.05
"""Share of the width taken in on either side: both outer bars are then whole."""

WHY = "a row of a Codablock F: this station does not read the whole symbol"


def is_row(gray: "Pixels", quad: Quad) -> bool:
    """Whether the Code 128 at ``quad`` (corners in the order of reading) is a row of a Codablock F."""
    crop = rectify(gray, with_height(quad), ROOM)
    profile = upright_profile_of(crop.pixels)
    return _begins_as_row(profile) or _begins_as_row(profile[::-1])


def _begins_as_row(profile: Any) -> bool:
    edges = _edges(profile)
    if len(edges) < 2 * BARS + 1:
        return False
    begin, choice = edges[: BARS + 1], edges[BARS : 2 * BARS + 1]
    return _says(begin, START_A) and any(_says(choice, widths) for widths in CHOICES)


def _edges(profile: Any) -> list[float]:
    """Return where the first characters change between light and dark, to fractions of a column, from the first bar."""
    import numpy as np

    level = profile - (float(profile.min()) + float(profile.max())) / 2
    changes = np.flatnonzero((level[:-1] < 0) != (level[1:] < 0))
    places = changes + level[changes] / (level[changes] - level[changes + 1])
    if level[0] < 0:
        places = places[1:]  # the picture begins in the dark: its first change ends something else
    found: list[float] = places[: 2 * BARS + 1].tolist()
    return found


def _says(edges: list[float], widths: tuple[int, ...]) -> bool:
    """Compare by the distances of like edges, which ink that spreads does not change (ISO/IEC 15417 annex B)."""
    module = (edges[-1] - edges[0]) / CHARACTER
    if module <= 0:
        return False
    seen = [round((edges[n + 2] - edges[n]) / module) for n in range(BARS - 2)]
    return seen == [widths[n] + widths[n + 1] for n in range(BARS - 2)]
