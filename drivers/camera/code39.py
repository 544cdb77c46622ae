"""What a Code 39 may mean beside the characters that are drawn: a setting, for no symbol says so itself.

The engines are asked for the characters as drawn (ISO/IEC 16388).  zxing-cpp would take any of them whose six
characters happen to be a valid Code 32 for one, and any pair of ``$ % / +`` and a letter for full ASCII.
"""

from dataclasses import dataclass, replace

from drivers.camera.found import Found

CODE_32 = "0123456789BCDFGHJKLMNPQRSTUVWXYZ"
"""The digits of Italian pharmaceutical numbers, base 32."""

_PERCENT = "\x1b\x1c\x1d\x1e\x1f;<=>?[\\]^_{|}~\x7f\x00@`\x7f\x7f\x7f"


@dataclass(frozen=True, slots=True)
class Code39:
    """How a Code 39 is read: ``full`` takes pairs for full ASCII, ``code32`` six characters for a Code 32."""

    full: bool = False
    code32: bool = False

    def read(self, found: Found) -> Found:
        """Return ``found`` as it is meant here; what has no such meaning stays as drawn."""
        if found.symbology != "Code 39":
            return found
        if self.code32 and (number := code_32(found.text)) is not None:
            return replace(found, text=number, payload=number.encode("ascii"), symbology="Code 32")
        if self.full and (text := full_ascii(found.text)) not in (None, found.text):
            return replace(found, text=text, payload=text.encode("ascii"), aim="]A4")
        return found


AS_DRAWN = Code39()


def full_ascii(drawn: str) -> str | None:
    """Return the text that the characters mean in full ASCII mode (annex A.2), None where a pair is none.

    >>> full_ascii("+A/B%V"), full_ascii("A+1")
    ('a"@', None)
    """
    found, characters = "", iter(drawn)
    for character in characters:
        if character not in "$%/+":
            found += character
            continue
        letter = next(characters, "")
        if not "A" <= letter <= "Z" or (character == "/" and "P" <= letter < "Z"):
            return None
        offset = ord(letter)
        found += {"$": chr(offset - 64), "%": _PERCENT[offset - 65], "+": chr(offset + 32)}.get(
            character, ":" if letter == "Z" else chr(offset - 32)
        )
    return found


def code_32(drawn: str) -> str | None:
    """Return ``A`` and the nine digits of a Code 32, None where the six characters are none.

    >>> code_32("0DJTU6"), code_32("100011")
    ('A013133638', None)
    """
    if len(drawn) != 6 or not set(drawn) <= set(CODE_32):
        return None
    value = 0
    for character in drawn:
        value = value * 32 + CODE_32.index(character)
    digits = f"{value:09}"
    if len(digits) > 9:
        return None
    doubled = [2 * int(digit) for digit in digits[1:8:2]]
    check = sum(int(digit) for digit in digits[:8:2]) + sum(two // 10 + two % 10 for two in doubled)
    return f"A{digits}" if check % 10 == int(digits[8]) else None
