"""Undoing what a device does to its payloads, where the setting of that device says so and nowhere else.

Without a setting nothing is repaired: `identify` then raises an error that names the likely damage.
"""

from dataclasses import dataclass

from scanstation.identity.aim import symbologies
from scanstation.identity.checkdigits import check_digit, has_check_digit
from scanstation.identity.hosts import ALIASES, HOSTS, host
from scanstation.identity.separators import put_back
from scanstation.identity.text import text_of

LAYOUTS = tuple(sorted((*HOSTS, *ALIASES)))
"""Keyboard layouts of hosts that can be undone."""

_LENGTHS = {"": (8, 12, 13, 14), "]E0": (13,), "]E4": (8,), "]I0": (14,), "]I1": (14,), "]I3": (14,)}
"""Digits of the retail symbols by symbology identifier, check digit included."""

_SWAPPED = {ord(letter): letter.swapcase() for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What one device does to payloads.

    ``strip_prefix`` and ``strip_suffix`` are texts that it adds; ``layout`` is the layout of a host whose keyboard
    wedge presses US keys (a name of `LAYOUTS`); ``caps_lock`` swaps the case of letters; ``gs``, ``rs`` and ``eot``
    are what it sends for the separators GS, RS and EOT; ``missing_check_digit`` and ``missing_leading_zero`` say what
    it strips from EAN, UPC and ITF.
    """

    gs: str = ""
    rs: str = ""
    eot: str = ""
    caps_lock: bool = False
    layout: str = ""
    strip_prefix: str = ""
    strip_suffix: str = ""
    missing_leading_zero: bool = False
    missing_check_digit: bool = False


NO_REPAIR = Repair()
"""A device that delivers what the symbol holds."""


def repair(
    payload: bytes, rules: Repair, aim: str = "", *, whole_keys: bool = False
) -> tuple[bytes | str, tuple[str, ...]]:
    """Return what the symbol held, and what was undone, in words (nothing: the payload is handed back as it is).

    ``aim`` is the symbology identifier where the device sends one; ``whole_keys`` tells that a scan with a dead key in
    it never comes so far.  Bytes become text as `identify` makes it.  `IdentityError` CHARACTER where a
    keyboard layout does not let it be told what the symbol held.
    """
    if rules == NO_REPAIR:
        return payload, ()
    before = text = text_of(payload)
    notes: list[str] = []

    def done(now: str, what: str) -> str:
        if now != text:
            notes.append(what)
        return now

    text = done(text.removeprefix(rules.strip_prefix), f"took off the prefix {rules.strip_prefix!r}")
    text = done(text.removesuffix(rules.strip_suffix), f"took off the suffix {rules.strip_suffix!r}")
    if rules.layout:
        typed = host(rules.layout, caps_lock=rules.caps_lock, whole_keys=whole_keys).undo(text, rules.layout)
        text = done(typed, f"undid the keyboard layout {rules.layout}" + " with caps lock" * rules.caps_lock)
    elif rules.caps_lock:
        text = done(text.translate(_SWAPPED), "undid caps lock")
    front = "" if aim else _identifier(text)
    for now, what in put_back(text.removeprefix(front), rules.gs, rules.rs, rules.eot):
        text = done(front + now, what)
    if aim in _LENGTHS and text.isascii() and text.isdigit():
        text = done(_complete(text, rules, _LENGTHS[aim]), "put stripped digits back")
    return (payload, ()) if text == before else (text, tuple(notes))


def _identifier(text: str) -> str:
    """The symbology identifier that stands in front: its ] is no separator."""
    return text[:3] if text[:3] in symbologies() else ""


def _complete(digits: str, rules: Repair, lengths: tuple[int, ...]) -> str:
    """Put back what was stripped.  A leading zero changes no check digit, so their order does not matter."""
    size = len(digits) + 1
    if rules.missing_check_digit and (size in lengths or (rules.missing_leading_zero and size + 1 in lengths)):
        digits += check_digit(digits)
    size = len(digits) + 1
    if rules.missing_leading_zero and size in lengths and size - 1 not in lengths and has_check_digit(digits):
        digits = "0" + digits
    return digits
