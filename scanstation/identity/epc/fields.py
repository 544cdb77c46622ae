"""The fields of the classic EPC schemes: each reads its bits to URI components and writes them back.

A field is made from its line in `tables/epc.json`, for example ``partition:sgtin:padded`` or ``number:38``.
``read`` appends decoded URI components (nothing escaped); ``write`` takes them from the front of the list.
"""

from dataclasses import dataclass
from typing import Protocol

from scanstation.identity.epc.bits import BitReader, BitWriter, read_six, read_string, write_six, write_string
from scanstation.identity.errors import IdentityError, IdentityReason

_R = IdentityReason
_SPACE = 0x20
_LONGEST_KEY = 30
"""Characters of a GIAI or CPI, company prefix included."""
_END_OF_GIAI_202 = 202
_BEFORE_PREFIX = 14
"""Bits of header, filter and partition."""


class Field(Protocol):
    """One field of a scheme."""

    def read(self, reader: BitReader, out: list[str]) -> None:
        """Append what the next bits hold."""

    def write(self, writer: BitWriter, components: list[str], what: str) -> None:
        """Take components from the front and write their bits."""


def number_of(text: str, below: int, what: str, *, width: int | None = None) -> int:
    """Return ``text`` as a number below ``below``: ``width`` digits, or without leading zeros where it is None."""
    digits = text.isascii() and text.isdigit()
    shaped = len(text) == width if width is not None else text == "0" or not text.startswith("0")
    if width == 0 and not text:
        return 0
    if not digits or not shaped or len(text) > 20 or int(text) >= below:
        shape = f"{width} digits" if width is not None else "a number without leading zeros"
        raise IdentityError(_R.STRUCTURE, what, 0, f"{shape} below {below}", repr(text[:40]))
    return int(text)


def _prefix_digits(position: int) -> int:
    """Return the digits of the company prefix that ends at bit ``position`` (10 bits hold three digits)."""
    return (position - _BEFORE_PREFIX) * 3 // 10


@dataclass(frozen=True, slots=True)
class Partition:
    """Partition value, company prefix and reference (TDS 14.3.3).

    ``company`` and ``reference`` hold [bits, digits] by partition value.  ``style``: ``padded`` references keep
    their leading zeros, ``plain`` ones have none, ``none`` means that another field follows instead.
    """

    company: tuple[tuple[int, int], ...]
    reference: tuple[tuple[int, int], ...]
    style: str

    def read(self, reader: BitReader, out: list[str]) -> None:
        """Append company prefix and reference."""
        partition = reader.read(3)
        if partition > 6:
            raise reader.error(_R.STRUCTURE, "a partition value of 0 to 6", str(partition), 3)
        bits, digits = self.company[partition]
        prefix = reader.read(bits)
        if prefix >= 10**digits:
            raise reader.error(_R.STRUCTURE, f"a company prefix of {digits} digits", str(prefix), bits)
        out.append(f"{prefix:0{digits}d}")
        if self.style == "none":
            return
        bits, digits = self.reference[partition]
        reference = reader.read(bits)
        if reference >= 10**digits:
            raise reader.error(_R.STRUCTURE, f"a reference of {digits} digits", str(reference), bits)
        if self.style == "plain":
            out.append(str(reference))
        else:
            out.append(f"{reference:0{digits}d}" if digits else "")

    def write(self, writer: BitWriter, components: list[str], what: str) -> None:
        """Write partition value, company prefix and reference."""
        prefix = components.pop(0)
        partition = 12 - len(prefix)
        if not 0 <= partition <= 6:
            raise IdentityError(_R.LENGTH, what, 0, "a company prefix of 6 to 12 digits", repr(prefix[:40]))
        bits, digits = self.company[partition]
        writer.write(partition, 3)
        writer.write(number_of(prefix, 10**digits, what, width=digits), bits)
        if self.style != "none":
            bits, digits = self.reference[partition]
            width = digits if self.style == "padded" else None
            writer.write(number_of(components.pop(0), min(10**digits, 1 << bits), what, width=width), bits)


@dataclass(frozen=True, slots=True)
class Number:
    """A number without leading zeros, of at most ``longest`` digits where that is less than its bits hold."""

    bits: int
    longest: int

    def read(self, reader: BitReader, out: list[str]) -> None:
        """Append the number."""
        text = str(reader.read(self.bits))
        if len(text) > self.longest:
            raise reader.error(_R.LENGTH, f"at most {self.longest} digits", text, self.bits)
        out.append(text)

    def write(self, writer: BitWriter, components: list[str], what: str) -> None:
        """Write the number."""
        below = min(1 << self.bits, 10**self.longest)
        writer.write(number_of(components.pop(0), below, what), self.bits)


@dataclass(frozen=True, slots=True)
class Digits:
    """A number with a fixed count of digits (piece and total of an ITIP)."""

    bits: int
    width: int

    def read(self, reader: BitReader, out: list[str]) -> None:
        """Append the digits."""
        number = reader.read(self.bits)
        if number >= 10**self.width:
            raise reader.error(_R.STRUCTURE, f"{self.width} digits", str(number), self.bits)
        out.append(f"{number:0{self.width}d}")

    def write(self, writer: BitWriter, components: list[str], what: str) -> None:
        """Write the digits."""
        writer.write(number_of(components.pop(0), 10**self.width, what, width=self.width), self.bits)


@dataclass(frozen=True, slots=True)
class Prefixed:
    """Digits whose leading zeros a 1 before them keeps (the serial of an SGCN, TDS 14.4.5)."""

    bits: int

    def read(self, reader: BitReader, out: list[str]) -> None:
        """Append the digits behind the 1."""
        text = str(reader.read(self.bits))
        if text[0] != "1" or not 2 <= len(text) <= 13:
            raise reader.error(_R.STRUCTURE, "a 1 and 1 to 12 digits", text, self.bits)
        out.append(text[1:])

    def write(self, writer: BitWriter, components: list[str], what: str) -> None:
        """Write a 1 and the digits."""
        text = components.pop(0)
        if not (text.isascii() and text.isdigit() and len(text) <= 12):
            raise IdentityError(_R.STRUCTURE, what, 0, "1 to 12 digits", repr(text[:40]))
        writer.write(int("1" + text), self.bits)


@dataclass(frozen=True, slots=True)
class Zeros:
    """Reserved bits."""

    bits: int

    def read(self, reader: BitReader, out: list[str]) -> None:
        """Check that the bits are zero; append nothing."""
        del out
        if reader.read(self.bits):
            raise reader.error(_R.STRUCTURE, f"{self.bits} reserved zero bits", "other bits", self.bits)

    def write(self, writer: BitWriter, components: list[str], what: str) -> None:
        """Write zeros."""
        del components, what
        writer.write(0, self.bits)


@dataclass(frozen=True, slots=True)
class String:
    """Seven-bit characters.  Where ``beside_prefix`` is set the company prefix shares their room (GIAI-202)."""

    longest: int
    beside_prefix: bool

    def _size(self, position: int) -> tuple[int, int]:
        """Return bits and most characters of a string that starts at ``position``."""
        if not self.beside_prefix:
            return 7 * self.longest, self.longest
        return _END_OF_GIAI_202 - position, _LONGEST_KEY - _prefix_digits(position)

    def read(self, reader: BitReader, out: list[str]) -> None:
        """Append the string."""
        out.append(read_string(reader, *self._size(reader.position)))

    def write(self, writer: BitWriter, components: list[str], what: str) -> None:
        """Write the string."""
        write_string(writer, components.pop(0), *self._size(writer.length), what)


@dataclass(frozen=True, slots=True)
class Six:
    """Six-bit characters up to a terminator.

    Where ``beside_prefix`` is set the company prefix counts too (CPI).  ``hashes`` says where # may stand: ``any``,
    ``none``, or ``first`` (an ADI serial that is unique by itself).
    """

    shortest: int
    longest: int
    beside_prefix: bool
    hashes: str

    def _most(self, position: int) -> int:
        return _LONGEST_KEY - _prefix_digits(position) if self.beside_prefix else self.longest

    def _hash_misplaced(self, text: str) -> bool:
        return self.hashes != "any" and "#" in text[1 if self.hashes == "first" else 0 :]

    def read(self, reader: BitReader, out: list[str]) -> None:
        """Append the string."""
        start = reader.position
        text = read_six(reader, self._most(start))
        if len(text) < self.shortest or self._hash_misplaced(text):
            raise reader.error(
                _R.STRUCTURE, f"{self.shortest} or more characters, # in its place", repr(text), reader.position - start
            )
        out.append(text)

    def write(self, writer: BitWriter, components: list[str], what: str) -> None:
        """Write the string and its terminator."""
        text = components.pop(0)
        if len(text) < self.shortest or self._hash_misplaced(text):
            raise IdentityError(
                _R.STRUCTURE, what, 0, f"{self.shortest} or more characters, # in its place", repr(text[:40])
            )
        write_six(writer, text, self._most(writer.length), what)


@dataclass(frozen=True, slots=True)
class Cage:
    """A CAGE code or DoDAAC: six characters of six or eight bits; a CAGE code has a space before its five."""

    bits: int

    def read(self, reader: BitReader, out: list[str]) -> None:
        """Append the code without its space."""
        text = ""
        for place in range(6):
            code = reader.read(self.bits)
            character = chr(code) if self.bits == 8 or code >= _SPACE else chr(code + 64)
            if not (character.isascii() and (character.isdigit() or character.isupper())) and not (
                place == 0 and code == _SPACE
            ):
                raise reader.error(_R.CHARACTER, "a letter A-Z or a digit", f"code {code}", self.bits)
            text += character
        out.append(text.lstrip(" "))

    def write(self, writer: BitWriter, components: list[str], what: str) -> None:
        """Write the code."""
        text = components.pop(0)
        fits = len(text) in (5, 6) and all(c.isascii() and (c.isdigit() or c.isupper()) for c in text)
        if not fits:
            raise IdentityError(_R.STRUCTURE, what, 0, "a CAGE code or DoDAAC (5 or 6 of A-Z, 0-9)", repr(text[:40]))
        for character in text.rjust(6):
            writer.write(ord(character) & ((1 << self.bits) - 1), self.bits)
