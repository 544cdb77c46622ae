"""What keyboard-wedge scanners and wrong settings do to a payload: told as an error, never undone by guessing.

Undoing is the business of a device setting; this room only says what the damage looks like, so that somebody can
correct the setting.
"""

from scanstation.identity.aitable import GS
from scanstation.identity.elements import parse_elements
from scanstation.identity.errors import IdentityError, IdentityReason
from scanstation.identity.labels import LabelPrefixes

_MAPPED_SEPARATORS = ("{GS}", "<GS>", "[GS]", "\\x1d", "~", "^", "|", "]", "#")
_KEYS = frozenset({"00", "01", "02", "414", "8003", "8004", "8006"})
"""AIs whose check digit or form makes it more than chance that a text is an element string."""
_LONGEST = 2000


def likely_damage(text: str, labels: LabelPrefixes) -> IdentityError | None:
    """Return the error for text that shows a known kind of damage, or None.

    A separator that was mapped to another character: the text is a right element string of two or more AIs once it is
    put back.  Caps lock: the text begins with the prefix of an internal label in the other case.
    """
    for prefix in (labels.location, labels.operator, labels.command):
        swapped = prefix.swapcase()
        if swapped != prefix and text.startswith(swapped):
            return IdentityError(
                IdentityReason.DAMAGED, "internal label", 0, repr(prefix), f"{swapped!r} (is caps lock on?)"
            )
    if not text[:2].isdigit() or len(text) > _LONGEST:
        return None
    for mapped in _MAPPED_SEPARATORS:
        place = text.find(mapped)
        if place > 0 and _is_element_string(text.replace(mapped, GS)):
            return IdentityError(
                IdentityReason.DAMAGED, "element string", place, "a separator (GS)",
                f"{mapped!r} (does the scanner map it to another character?)",
            )  # fmt: skip
    return None


def _is_element_string(text: str) -> bool:
    try:
        elements = parse_elements(text)
    except IdentityError:
        return False
    return len(elements) >= 2 and not _KEYS.isdisjoint(elements)
