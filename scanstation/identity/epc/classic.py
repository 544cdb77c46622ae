"""The classic EPC schemes of the Tag Data Standard: binary and back, read from `tables/epc.json`.

`Epc` is what a tag of such a scheme says: its scheme, its filter value and the components of its URI.  Where it was
read from memory, ``size`` is how many bits belong to the scheme and ``used`` how many of them can be other than zero.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from scanstation.identity.epc.bits import BitReader, BitWriter
from scanstation.identity.epc.fields import (
    Cage,
    Digits,
    Field,
    Number,
    Partition,
    Prefixed,
    Six,
    String,
    Zeros,
    number_of,
)
from scanstation.identity.errors import IdentityError, IdentityReason


@dataclass(frozen=True, slots=True)
class Scheme:
    """One coding scheme: its header, the kind of its URI, the bits of its filter and its fields."""

    name: str
    header: int
    uri: str
    filter_bits: int
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Epc:
    """A decoded tag: ``components`` are those of its pure identity URI, unescaped, in order."""

    scheme: str
    uri_kind: str
    filter: int | None
    components: tuple[str, ...]
    size: int = 0
    used: int = 0


@cache
def epc_tables() -> Any:
    """Return `tables/epc.json`."""
    return json.loads((Path(__file__).parent.parent / "tables" / "epc.json").read_text("utf-8"))


@cache
def schemes_by_name() -> Mapping[str, Scheme]:
    """Return the classic schemes by name, such as ``sgtin-96``."""
    tables = epc_tables()
    found = {}
    for name, row in tables["classic"].items():
        fields = tuple(_field(text, tables) for text in row["fields"])
        found[name] = Scheme(name, int(row["header"], 16), row["uri"], row.get("filter", 3), fields)
    return MappingProxyType(found)


@cache
def schemes_by_header() -> Mapping[int, Scheme]:
    """Return the classic schemes by header byte."""
    return MappingProxyType({scheme.header: scheme for scheme in schemes_by_name().values()})


def decode_classic(scheme: Scheme, value: int, length: int) -> Epc:
    """Decode ``length`` bits whose header is that of ``scheme``; bits behind the scheme's own are not looked at.

    Raises IdentityError; its position counts bits from the header on.
    """
    reader = BitReader(value, length, scheme.name)
    reader.position = 8
    filter_value = reader.read(scheme.filter_bits) if scheme.filter_bits else None
    components: list[str] = []
    used = 0
    for field in scheme.fields:
        field.read(reader, components)
        used = used if isinstance(field, Zeros) else reader.position
    return Epc(scheme.name, scheme.uri, filter_value, tuple(components), reader.position, used)


def encode_classic(epc: Epc) -> bytes:
    """Return the EPC memory content, padded with zeros to whole words.  Raises IdentityError where it does not fit."""
    scheme = schemes_by_name().get(epc.scheme)
    if scheme is None:
        raise IdentityError(IdentityReason.UNSUPPORTED, "EPC scheme", 0, "a scheme of the table", repr(epc.scheme))
    writer = BitWriter()
    writer.write(scheme.header, 8)
    if scheme.filter_bits:
        what = f"{scheme.name} filter"
        writer.write(number_of(str(epc.filter or 0), 1 << scheme.filter_bits, what), scheme.filter_bits)
    components = list(epc.components)
    expected = len(decoded_components(scheme))
    if len(components) != expected:
        raise IdentityError(IdentityReason.STRUCTURE, scheme.name, 0, f"{expected} components", str(len(components)))
    for field in scheme.fields:
        field.write(writer, components, scheme.name)
    return writer.to_bytes()


def decoded_components(scheme: Scheme) -> tuple[str, ...]:
    """Return a name for each URI component that the scheme has."""
    names: list[str] = []
    for field in scheme.fields:
        if isinstance(field, Partition):
            names.append("company prefix")
            if field.style != "none":
                names.append("reference")
        elif not isinstance(field, Zeros):
            names.append(type(field).__name__.lower())
    return tuple(names)


def _field(text: str, tables: Any) -> Field:
    kind, _, rest = text.partition(":")
    if kind == "partition":
        table, _, style = rest.partition(":")
        return Partition(_pairs(tables["company_prefix"]), _pairs(tables["partitions"].get(table, [])), style)
    if kind == "digits":
        bits, _, width = rest.partition(":")
        return Digits(int(bits), int(width))
    if kind == "number":
        bits, _, longest = rest.partition(":")
        return Number(int(bits), int(longest or bits))
    if kind == "string":
        return String(int(rest.rstrip("-")), rest.endswith("-"))
    if kind == "six":
        shortest, longest, hashes = rest.split(":")
        return Six(int(shortest), int(longest.rstrip("-")), longest.endswith("-"), hashes)
    if kind in ("cage6", "cage8"):
        return Cage(int(kind[4:]))
    simple: dict[str, Callable[[int], Field]] = {"prefixed": Prefixed, "zeros": Zeros}
    return simple[kind](int(rest))


def _pairs(rows: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((bits, digits) for bits, digits in rows)
