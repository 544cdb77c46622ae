"""ISO/IEC 15434 envelopes: format 06 with ANSI MH10.8.2 data identifiers, format 05 with GS1 application identifiers.

``[)>`` RS ``06`` GS ``P...`` GS ``Q...`` RS EOT.  Labels in the field lack the trailer or the first RS, or print the
start twice; such defects cost no data, so they are read and told in the notes.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scanstation.identity.aitable import GS
from scanstation.identity.elements import parse_elements
from scanstation.identity.errors import IdentityError, IdentityReason

RS, EOT = "\x1e", "\x04"
START = "[)>"
_R = IdentityReason
_WHAT = "ISO 15434 envelope"
_IDENTIFIER = re.compile("([0-9]{0,3}[A-Z])(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class DataIdentifier:
    """One row of `tables/di.tsv`."""

    identifier: str
    meaning: str
    role: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """What an envelope holds: data identifiers and their values, or application identifiers, and what was mended."""

    format: str
    elements: dict[str, str]
    notes: tuple[str, ...]


@cache
def di_table() -> dict[str, DataIdentifier]:
    """Return the data identifiers by name, in the order of the table."""
    found = {}
    for line in (Path(__file__).parent / "tables" / "di.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            identifier, meaning, role = line.split("\t")
            found[identifier] = DataIdentifier(identifier, meaning, role)
    return found


def parse_envelope(text: str) -> Envelope:
    """Return what an envelope holds.  Raises IdentityError; positions count characters of ``text``."""
    body, offset, notes = _unwrap(text)
    form = body[:2]
    if form not in ("05", "06"):
        raise IdentityError(_R.UNSUPPORTED, _WHAT, offset, "format 05 or 06", repr(form))
    if body[2:3] != GS:
        raise IdentityError(_R.SEPARATOR, _WHAT, offset + 2, "a separator (GS)", repr(body[2:3]))
    data, offset = body[3:], offset + 3
    if RS in data:
        raise IdentityError(_R.UNSUPPORTED, _WHAT, offset + data.index(RS), "one format in the envelope", "another RS")
    if form == "05":
        return Envelope(form, parse_elements(data, offset), notes)
    elements, more = _data_identifiers(data, offset)
    return Envelope(form, elements, notes + more)


def _unwrap(text: str) -> tuple[str, int, tuple[str, ...]]:
    """Return what stands between start and trailer, where it starts, and the defects that were mended."""
    notes = []
    lead = text.startswith(">" + START)
    if not text.startswith(START, lead):
        raise IdentityError(_R.STRUCTURE, _WHAT, 0, repr(START), repr(text[:3]))
    position = lead + len(START)
    if text.startswith((START, RS + START), position):
        position = text.index(START, position) + len(START)
        notes.append("the start of the envelope stood twice")
    if lead:
        notes.append("a > stood before the envelope")
    if text[position : position + 1] == RS:
        position += 1
    else:
        notes.append("the separator (RS) behind the start was missing")
    end = len(text)
    if text.endswith(EOT):
        end -= 1
    else:
        notes.append("the end of transmission (EOT) was missing")
    if end > position and text[end - 1] == RS:
        end -= 1
    else:
        notes.append("the last separator (RS) was missing")
    return text[position:end], position, tuple(notes)


def _data_identifiers(data: str, offset: int) -> tuple[dict[str, str], tuple[str, ...]]:
    elements: dict[str, str] = {}
    empty = 0
    for field in data.split(GS):
        match = _IDENTIFIER.fullmatch(field)
        if not field:
            empty += 1
        elif match is None:
            raise IdentityError(
                _R.STRUCTURE, _WHAT, offset, "a data identifier: up to three digits and a capital letter",
                repr(field[:12]),
            )  # fmt: skip
        elif elements.setdefault(match[1], match[2]) != match[2]:
            raise IdentityError(
                _R.REPEATED, f"DI {match[1]}", offset, f"{elements[match[1]][:40]!r} again", repr(match[2][:40])
            )
        offset += len(field) + 1
    if not elements:
        raise IdentityError(_R.EMPTY, _WHAT, offset, "at least one data identifier", "nothing")
    return elements, ("an empty field was skipped",) if empty else ()


def format_envelope(elements: dict[str, str]) -> str:
    """Return the format 06 envelope of data identifiers and values.  Raises IdentityError for one that is none."""
    for identifier, value in elements.items():
        if not re.fullmatch("[0-9]{0,3}[A-Z]", identifier) or {GS, RS, EOT} & set(value):
            raise IdentityError(_R.STRUCTURE, _WHAT, 0, "a data identifier and a value without separators",
                                repr(identifier + value)[:40])  # fmt: skip
    fields = GS.join(identifier + value for identifier, value in elements.items())
    return f"{START}{RS}06{GS}{fields}{RS}{EOT}"
