"""Control characters as scanners type them: Ctrl with the key of a character, or function keys."""

from collections.abc import Mapping
from types import MappingProxyType

_BESIDE = MappingProxyType({"-": "\x1f", "/": "\x1f"} | {str(digit): chr(0x18 + digit) for digit in range(3, 8)})
"""Ctrl with 3 to 7 is ESC to US, so that GS is Ctrl-5 (the key beside that of ^, Ctrl-6, is RS); Ctrl-minus is US."""

_OWN = frozenset("@[\\]^_")
"""Signs that mean a control character wherever they have a key of their own."""

FUNCTION_KEYS: Mapping[int, str] = MappingProxyType(
    {58 + number: chr(0x15 + number) for number in range(1, 11)} | {87: "\x10", 88: "\x15"}
)
"""Key codes of F1 to F12 -> the control character that a Honeywell scanner means by it while its Control+X mode is off.

F8 is GS (ASCII conversion chart of its user guides, column KBDCAS0).
"""


def control_character(sign: str, us: str = "", *, own: bool = True) -> str:
    """What Ctrl makes of the key of ``sign``, which has ``us`` on the US keyboard; "" for none.

    A letter is that of the layout, and so is a sign that is a control character's, if it has a key of its ``own`` (not
    a dead one): `]` is GS wherever it stands.  Every other key is what the US keyboard has at its place, as scanners
    that know no layout mean it, and only where that gives nothing its own sign.

    >>> control_character("]"), control_character("5"), control_character("m"), control_character("1")
    ('\\x1d', '\\x1d', '\\r', '')
    >>> control_character("m", us=";"), control_character("-", us="6"), control_character("ß", us="-")
    ('\\r', '\\x1e', '\\x1f')
    >>> control_character("]", us="\\\\"), control_character("^", us="[", own=False)
    ('\\x1d', '\\x1b')
    """
    if (sign.isascii() and sign.isalpha()) or (own and sign in _OWN):
        return _with_control(sign)
    return _with_control(us) or _with_control(sign)


def _with_control(sign: str) -> str:
    if sign.isascii() and "@" <= sign.upper() <= "_":
        return chr(ord(sign.upper()) & 0x1F)
    return _BESIDE.get(sign, "")
