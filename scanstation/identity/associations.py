"""Which application identifiers must, and must not, stand together on one label (General Specifications 4.13, 4.14).

A label may be more than one symbol, so a missing companion speaks of the label, not of the symbol: `missing` tells it
apart from what is plainly forbidden.
"""

from collections.abc import Mapping

from scanstation.identity.aitable import ai_table
from scanstation.identity.errors import IdentityError, IdentityReason

_SERIAL_STARTS = {"253": 13, "255": 13, "8003": 14}
"""Keys whose serial component is optional, but must be there beside a digital signature (8030)."""


def check_associations(elements: Mapping[str, str]) -> None:
    """Check the AIs of one label against each other.

    Raises IdentityError (ASSOCIATION); the position is that of the AI among the elements, from 0.
    """
    for place, ai in enumerate(elements):
        entry = ai_table()[ai]
        if entry.excludes and not entry.excludes.isdisjoint(elements):
            forbidden = ", ".join(f"({other})" for other in elements if other in entry.excludes)
            raise IdentityError(IdentityReason.ASSOCIATION, f"AI ({ai})", place, f"no {forbidden} beside it", forbidden)
        for alternatives in entry.requires:
            if not any(group <= elements.keys() for group in alternatives):
                raise _missing(ai, place, alternatives, elements)
    _check_signature(elements)


def missing(elements: Mapping[str, str]) -> str | None:
    """Return what the label still lacks in words, or None.  Raises IdentityError for what is forbidden."""
    try:
        check_associations(elements)
    except IdentityError as error:
        if not error.expected.startswith("also "):
            raise
        return str(error)
    return None


def _missing(
    ai: str, place: int, alternatives: tuple[frozenset[str], ...], elements: Mapping[str, str]
) -> IdentityError:
    shown = [" + ".join(f"({other})" for other in sorted(group)) for group in alternatives[:6]]
    more = " or another" if len(alternatives) > 6 else ""
    got = "".join(f"({other})" for other in list(elements)[:12])
    return IdentityError(
        IdentityReason.ASSOCIATION, f"AI ({ai})", place, f"also {' or '.join(shown)}{more} on the label", got
    )


def _check_signature(elements: Mapping[str, str]) -> None:
    if "8030" not in elements:
        return
    for place, (ai, value) in enumerate(elements.items()):
        if len(value) == _SERIAL_STARTS.get(ai):
            raise IdentityError(
                IdentityReason.ASSOCIATION, f"AI ({ai})", place, "also a serial component beside (8030)", repr(value)
            )
