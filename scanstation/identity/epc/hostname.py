"""The hostname of a ``++`` scheme (TDS 14.5.16): encoding (1 bit), length (6 bits), then its codes.

Encoding 0 is URN Code 40, three characters in 16 bits, upper case only; encoding 1 has codes of seven bits, some of
which stand for a usual beginning or ending (`tables/hostnames.txt`).  The length counts characters, or codes.
"""

import re
from functools import cache
from pathlib import Path

from scanstation.identity.epc.bits import BitReader, BitWriter
from scanstation.identity.epc.text import read_code_40
from scanstation.identity.errors import IdentityError, IdentityReason

_R = IdentityReason
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")
_PAGES = 4
_MOST = 63


@cache
def _parts() -> tuple[dict[int, str], tuple[tuple[str, ...], ...]]:
    """Return code -> part, and the endings of each page."""
    single: dict[int, str] = {}
    pages: list[list[str]] = [[] for _ in range(_PAGES)]
    section = ""
    for line in (Path(__file__).parent.parent / "tables" / "hostnames.txt").read_text("ascii").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif section == "single":
            for entry in line.split():
                code, _, part = entry.partition("=")
                single[int(code, 16)] = part
        elif section:
            pages[int(section[-1])] += ["." + ending for ending in line.split()]
    return single, tuple(tuple(page) for page in pages)


@cache
def _codes() -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return part -> codes, the longest parts first."""
    single, pages = _parts()
    found: list[tuple[str, tuple[int, ...]]] = [(part, (code,)) for code, part in single.items()]
    found += [(ending, (number, place)) for number, page in enumerate(pages) for place, ending in enumerate(page)]
    return tuple(sorted(found, key=lambda entry: (-len(entry[0]), len(entry[1]))))


def read_hostname(reader: BitReader) -> str:
    """Read a hostname, in lower case.  Raises IdentityError."""
    encoding, length = reader.read(1), reader.read(6)
    if not encoding:
        return read_code_40(reader, length).lower() if length else ""
    single, pages = _parts()
    text = ""
    codes = iter([reader.read(7) for _ in range(length)])
    for code in codes:
        if code < _PAGES:
            place = next(codes, len(pages[code]))
            if place >= len(pages[code]):
                raise reader.error(_R.CODE, f"an ending of hostname page {code}", str(place))
            text += pages[code][place]
        elif code in single:
            text += single[code]
        elif code > 0x20:
            text += chr(code)
        else:
            raise reader.error(_R.CODE, "a character of hostnames", f"code {code}")
    return text


def write_hostname(writer: BitWriter, hostname: str) -> None:
    """Write a lower-case hostname in seven-bit codes.  Raises IdentityError."""
    if not _HOST.fullmatch(hostname):
        raise IdentityError(_R.CHARACTER, "hostname", 0, "lower-case letters, digits, dots and hyphens",
                            repr(hostname[:40]))  # fmt: skip
    codes: list[int] = []
    rest = hostname
    while rest:
        part, found = next(((part, found) for part, found in _codes() if rest.startswith(part)), (rest[0], None))
        codes += found or (ord(rest[0]),)
        rest = rest[len(part) :]
    if len(codes) > _MOST:
        raise IdentityError(_R.LENGTH, "hostname", 0, f"at most {_MOST} codes", str(len(codes)))
    writer.write(1, 1)
    writer.write(len(codes), 6)
    for code in codes:
        writer.write(code, 7)
