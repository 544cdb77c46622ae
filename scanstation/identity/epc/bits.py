"""Bits of an EPC memory bank, most significant first: a reader, a writer, and the character sets of the tables."""

import re

from scanstation.identity.errors import IdentityError, IdentityReason

SET_82 = frozenset("!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
"""GS1 character set 82: what a 7-bit string of an EPC may hold (TDS table A-1)."""

SIX_BIT = {**{code: chr(code + 64) for code in range(1, 27)}, **{code: chr(code) for code in range(0x30, 0x3A)},
           0x23: "#", 0x2D: "-", 0x2F: "/"}  # fmt: skip
"""Six-bit code -> character (TDS table G-1); 0 ends a string, 0x20 is the space of a short CAGE code."""
SIX_BIT_CODE = {character: code for code, character in SIX_BIT.items()}


class BitReader:
    """Reads unsigned numbers from the front of ``length`` bits.  Positions in errors count bits from 0."""

    __slots__ = ("length", "position", "value", "what")

    def __init__(self, value: int, length: int, what: str) -> None:
        self.value = value
        self.length = length
        self.position = 0
        self.what = what

    def read(self, count: int) -> int:
        """Return the next ``count`` bits; raises IdentityError (LENGTH) where fewer are left."""
        end = self.position + count
        if end > self.length:
            raise IdentityError(
                IdentityReason.LENGTH, self.what, self.position, f"{count} bits", f"{self.length - self.position}"
            )
        number = (self.value >> (self.length - end)) & ((1 << count) - 1)
        self.position = end
        return number

    @property
    def left(self) -> int:
        """How many bits have not been read."""
        return self.length - self.position

    def rest(self) -> int:
        """Return all bits that have not been read as one number, without reading them."""
        return self.value & ((1 << self.left) - 1)

    def error(self, reason: IdentityReason, expected: str, got: str, back: int = 0) -> IdentityError:
        """Return an error at the current position, or ``back`` bits before it."""
        return IdentityError(reason, self.what, self.position - back, expected, got)


class BitWriter:
    """Collects unsigned numbers to bits."""

    __slots__ = ("length", "value")

    def __init__(self) -> None:
        self.value = 0
        self.length = 0

    def write(self, number: int, count: int) -> None:
        """Append ``number`` in ``count`` bits (it must fit)."""
        self.value = (self.value << count) | number
        self.length += count

    def to_bytes(self) -> bytes:
        """Return the bits, padded with zeros to whole 16-bit words (as the memory bank holds them)."""
        words = -(-self.length // 16)
        return (self.value << (words * 16 - self.length)).to_bytes(words * 2, "big")


def read_string(reader: BitReader, size: int, longest: int) -> str:
    """Read a zero-terminated string of 7-bit characters in ``size`` bits (TDS 14.4.2): 1 to ``longest`` characters."""
    start = reader.position
    raw = reader.read(size)
    characters: list[str] = []
    shift = size - 7
    while shift >= 0:
        code = (raw >> shift) & 0x7F
        if code == 0:
            break
        if chr(code) not in SET_82:
            raise IdentityError(IdentityReason.CHARACTER, reader.what, start + len(characters) * 7,
                                "a character of GS1 set 82", f"code {code}")  # fmt: skip
        characters.append(chr(code))
        shift -= 7
    if raw & ((1 << max(shift + 7, 0)) - 1):
        raise IdentityError(IdentityReason.CHARACTER, reader.what, start + len(characters) * 7,
                            "only zero bits behind the end of the string", "other bits")  # fmt: skip
    if not 1 <= len(characters) <= longest:
        raise IdentityError(IdentityReason.LENGTH, reader.what, start, f"1 to {longest} characters",
                            f"{len(characters)}")  # fmt: skip
    return "".join(characters)


def write_string(writer: BitWriter, text: str, size: int, longest: int, what: str) -> None:
    """Write ``text`` as 7-bit characters, filled with zeros to ``size`` bits."""
    if not 1 <= len(text) <= longest:
        raise IdentityError(IdentityReason.LENGTH, what, 0, f"1 to {longest} characters", repr(text[:40]))
    for place, character in enumerate(text):
        if character not in SET_82:
            raise IdentityError(IdentityReason.CHARACTER, what, place, "a character of GS1 set 82", repr(character))
        writer.write(ord(character), 7)
    writer.write(0, size - 7 * len(text))


def read_six(reader: BitReader, longest: int) -> str:
    """Read six-bit characters up to the terminator of six zero bits (TDS 14.4.6): 0 to ``longest`` characters."""
    characters: list[str] = []
    while True:
        code = reader.read(6)
        if code == 0:
            return "".join(characters)
        if code not in SIX_BIT or len(characters) == longest:
            expected = "the terminator (0)" if len(characters) == longest else "a character of the six-bit table"
            raise reader.error(IdentityReason.CHARACTER, expected, f"code {code}", 6)
        characters.append(SIX_BIT[code])


def write_six(writer: BitWriter, text: str, longest: int, what: str) -> None:
    """Write ``text`` as six-bit characters and the terminator."""
    if len(text) > longest:
        raise IdentityError(IdentityReason.LENGTH, what, 0, f"at most {longest} characters", repr(text[:40]))
    for place, character in enumerate(text):
        if character not in SIX_BIT_CODE:
            raise IdentityError(IdentityReason.CHARACTER, what, place, "A-Z, 0-9, #, - or /", repr(character))
        writer.write(SIX_BIT_CODE[character], 6)
    writer.write(0, 6)


def parse_hex(text: str) -> bytes:
    """Return the bytes of hexadecimal text; raises IdentityError (EMPTY, CHARACTER, LENGTH)."""
    try:
        memory = bytes.fromhex(text)
    except ValueError:
        memory = b""
    if memory and 2 * len(memory) == len(text):
        return memory
    wrong = re.search("[^0-9A-Fa-f]", text)
    if wrong is not None:
        raise IdentityError(IdentityReason.CHARACTER, "hex", wrong.start(), "a hexadecimal digit", repr(wrong[0]))
    if not text:
        raise IdentityError(IdentityReason.EMPTY, "hex", 0, "hexadecimal digits", "nothing")
    raise IdentityError(IdentityReason.LENGTH, "hex", len(text), "whole bytes", f"{len(text)} digits")
