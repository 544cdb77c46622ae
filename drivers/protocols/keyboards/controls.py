"""Control characters as scanners type them: Ctrl with the key of a character, or function keys."""

from collections.abc import Mapping
from types import MappingProxyType

_BESIDE = MappingProxyType({"-": "\x1f", "6": "\x1e"})
"""Ctrl-minus is US, Ctrl-6 (the key of ^) is RS."""

FUNCTION_KEYS: Mapping[int, str] = MappingProxyType(
    {58 + number: chr(0x15 + number) for number in range(1, 11)} | {87: "\x10", 88: "\x15"}
)
"""Key codes of F1 to F12 -> the control character that a Honeywell scanner means by it while its Control+X mode is off.

F8 is GS (ASCII conversion chart of its user guides, column KBDCAS0).
"""


def control_character(sign: str) -> str:
    """What Ctrl makes of the character of a key; "" for none.

    >>> control_character("]"), control_character("m"), control_character("-"), control_character("1")
    ('\\x1d', '\\r', '\\x1f', '')
    """
    if len(sign) == 1 and "@" <= sign.upper() <= "_":
        return chr(ord(sign.upper()) & 0x1F)
    return _BESIDE.get(sign, "")
