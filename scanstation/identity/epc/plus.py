"""The TDS 2.x schemes: ``sgtin+`` and its kin, which hold the GS1 key in full, and ``sgtin++``, which add a hostname.

Layout (TDS 14.5, 14.6): header 8 bits, "+data" toggle 1, filter 3, then fields.  Whole digits take four bits each;
text says its encoding (3 bits) and length (5 bits) first.  `read_plus` and `write_plus` know the fields only from
`tables/epc.json`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from scanstation.identity.aitable import ai_table
from scanstation.identity.epc.bits import BitReader, BitWriter
from scanstation.identity.epc.classic import epc_tables
from scanstation.identity.epc.hostname import read_hostname, write_hostname
from scanstation.identity.epc.more import read_more, write_more
from scanstation.identity.epc.text import digit_bits, read_text, write_text
from scanstation.identity.errors import IdentityError, IdentityReason

_R = IdentityReason
_END_OF_DIGITS, _TEXT_FOLLOWS = 0xF, 0xE


@dataclass(frozen=True, slots=True)
class PlusScheme:
    """One scheme: ``hosted`` schemes carry a hostname.  ``fields`` are (kind, AI, size)."""

    name: str
    header: int
    hosted: bool
    fields: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class PlusEpc:
    """A decoded tag: ``more`` tells whether data behind the EPC were left unread.

    ``hostname`` is that of a ``++`` scheme, None elsewhere.  ``size`` is how many bits belong to the EPC, together with
    the data that it announces.
    """

    scheme: str
    filter: int
    elements: Mapping[str, str]
    more: bool = False
    hostname: str | None = None
    size: int = 0


@cache
def plus_schemes() -> Mapping[int, PlusScheme]:
    """Return the schemes by header byte."""
    found = {}
    for name, row in epc_tables()["plus"].items():
        fields = tuple(_field(text) for text in row["fields"])
        for header, plus in zip(row["headers"], ("+", "++"), strict=True):
            number = int(header, 16)
            found[number] = PlusScheme(name + plus, number, plus == "++", fields)
    return MappingProxyType(found)


def _field(text: str) -> tuple[str, str, int]:
    kind, _, rest = text.partition(":")
    ai, _, size = rest.partition(":")
    return kind, ai, int(size or 0)


def read_plus(scheme: PlusScheme, value: int, length: int) -> PlusEpc:
    """Decode ``length`` bits with the header of ``scheme``.  Raises IdentityError; positions count bits.

    Data behind the EPC are added to its elements as far as `more` knows their forms.
    """
    reader = BitReader(value, length, scheme.name)
    reader.position = 8
    toggle, filter_value = reader.read(1), reader.read(3)
    elements: dict[str, str] = {}
    for kind, ai, size in scheme.fields:
        start = reader.position
        if kind == "date":
            ai, part = _read_date(reader)
        elif kind == "bcd":
            part = _read_digits(reader, size)
        elif kind == "mixed":
            part = _read_mixed(reader, size)
        elif kind == "count":
            part = _read_count(reader, size)
        else:
            part = read_text(reader, size)
        elements[ai] = elements.get(ai, "") + part
        ai_table()[ai].check(elements[ai], start)
    if elements.get("254") == "0":
        del elements["254"]
    hostname = read_hostname(reader) if scheme.hosted else None
    size = length if toggle else reader.position
    behind, whole = read_more(reader, elements) if toggle else ({}, True)
    return PlusEpc(scheme.name, filter_value, MappingProxyType(elements | behind), not whole, hostname, size)


def _read_digits(reader: BitReader, count: int) -> str:
    text = f"{reader.read(4 * count):0{count}x}"
    if not text.isdigit():
        raise reader.error(_R.CHARACTER, f"{count} decimal digits", repr(text.upper()), 4 * count)
    return text


def _read_mixed(reader: BitReader, longest: int) -> str:
    """Read digits up to a nibble that ends them (F) or says that text follows (E)."""
    digits = ""
    while (nibble := reader.read(4)) <= 9 and len(digits) < longest:
        digits += str(nibble)
    if nibble == _TEXT_FOLLOWS:
        return digits + read_text(reader, longest - len(digits))
    if nibble != _END_OF_DIGITS:
        raise reader.error(_R.CHARACTER, "a decimal digit, E or F", f"{nibble:X}", 4)
    return digits


def _read_count(reader: BitReader, longest: int) -> str:
    length = reader.read(4)
    if not 1 <= length <= longest:
        raise reader.error(_R.LENGTH, f"a length of 1 to {longest}", str(length), 4)
    number = reader.read(digit_bits(length))
    if number >= 10**length:
        raise reader.error(_R.STRUCTURE, f"{length} digits", str(number), digit_bits(length))
    return f"{number:0{length}d}"


def _read_date(reader: BitReader) -> tuple[str, str]:
    kind = reader.read(4)
    dates: list[str] = epc_tables()["plus_dates"]
    if kind >= len(dates):
        raise reader.error(_R.CODE, f"a date type of 0 to {len(dates) - 1}", str(kind), 4)
    year, month, day = reader.read(7), reader.read(4), reader.read(5)
    return dates[kind], f"{year:02d}{month:02d}{day:02d}"


def write_plus(epc: PlusEpc) -> bytes:
    """Return the memory of a ``+`` or ``++`` scheme, padded with zeros to whole words.

    Raises IdentityError where the elements are not those of the scheme, or the hostname of a ``++`` scheme is missing.
    """
    scheme = next((s for s in plus_schemes().values() if s.name == epc.scheme), None)
    if scheme is None:
        raise IdentityError(_R.UNSUPPORTED, "EPC scheme", 0, "a + scheme of the table", repr(epc.scheme))
    writer = BitWriter()
    writer.write(scheme.header, 8)
    own = {ai for kind, ai, _ in scheme.fields} | set(_date_of(scheme, epc.elements))
    behind = {ai: value for ai, value in epc.elements.items() if ai not in own}
    writer.write((8 if behind else 0) | epc.filter & 7, 4)
    elements = dict(epc.elements)
    for kind, ai, size in scheme.fields:
        if kind == "date":
            _write_date(writer, elements, scheme.name)
            continue
        if kind == "text" and ai == "254":
            elements.setdefault("254", "0")
        value = elements.get(ai)
        if value is None:
            raise IdentityError(_R.STRUCTURE, scheme.name, 0, f"an AI ({ai})", "none")
        if value == epc.elements.get(ai):
            ai_table()[ai].check(value, 0)
        elements[ai] = _write_field(writer, kind, size, value, scheme.name)
    if scheme.hosted:
        write_hostname(writer, epc.hostname or "")
    write_more(writer, behind)
    return writer.to_bytes()


def _date_of(scheme: PlusScheme, elements: Mapping[str, str]) -> list[str]:
    """Return the AI of the date that a scheme with a date field holds itself."""
    dates: list[str] = epc_tables()["plus_dates"]
    return [ai for ai in dates if ai in elements][:1] if any(kind == "date" for kind, _, _ in scheme.fields) else []


def _write_field(writer: BitWriter, kind: str, size: int, value: str, what: str) -> str:
    """Write one field of a value; return what is left of it for the next."""
    if kind == "bcd":
        writer.write(int(value[:size], 16), 4 * size)
        return value[size:]
    if kind == "mixed":
        digits = (re.match("[0-9]*", value) or [""])[0]
        for digit in digits:
            writer.write(int(digit), 4)
        rest = value[len(digits) :]
        writer.write(_TEXT_FOLLOWS if rest else _END_OF_DIGITS, 4)
        if rest:
            write_text(writer, rest, size - len(digits), what)
    elif kind == "count":
        if not 1 <= len(value) <= size:
            raise IdentityError(_R.LENGTH, what, 0, f"a serial of 1 to {size} digits", repr(value))
        writer.write(len(value), 4)
        writer.write(int(value), digit_bits(len(value)))
    else:
        write_text(writer, value, size, what)
    return ""


def _write_date(writer: BitWriter, elements: dict[str, str], what: str) -> None:
    dates: list[str] = epc_tables()["plus_dates"]
    ai = next((ai for ai in dates if ai in elements), None)
    if ai is None:
        raise IdentityError(_R.STRUCTURE, what, 0, "a date: AI (11), (13), (15), (16) or (17)", "none")
    ai_table()[ai].check(elements[ai], 0)
    writer.write(dates.index(ai), 4)
    for start, bits in ((0, 7), (2, 4), (4, 5)):
        writer.write(int(elements[ai][start : start + 2]), bits)
