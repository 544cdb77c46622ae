"""From the bytes of a symbol to its text: the one rule for pictures, wires and commands.

What the symbol says of its characters (Extended Channel Interpretation, AIM ITS/04-023) is followed.  Where it says
nothing, bytes are UTF-8; where they cannot be that but hold one of 80 to 9F, which ISO 8859-1 has no letter for, and
are sound Shift-JIS, they are this, as QR has its Kanji mode; else ISO 8859-1.  The same bytes are the same text,
whoever read them; `scanstation.identity` reads them by the same rule.
"""

import re
from types import MappingProxyType

WITHOUT = MappingProxyType({
    "]Q2": "]Q1", "]Q4": "]Q3", "]Q6": "]Q5",
    "]d4": "]d1", "]d5": "]d2", "]d6": "]d3", "]dA": "]d7", "]dB": "]d8", "]dC": "]d9",
    "]z3": "]z0", "]z4": "]z1", "]z5": "]z2", "]z9": "]z6", "]zA": "]z7", "]zB": "]z8",
    "]L1": "]L2", "]U2": "]U0", "]U3": "]U1", "]J3": "]J0", "]J4": "]J1", "]J5": "]J2", "]h1": "]h0",
})  # fmt: skip
"""Identifiers that say "the data follow the ECI protocol", each with the one that says the same without it."""

_NAMED = {
    0: "cp437", 1: "latin-1", 2: "cp437", 3: "latin-1", 20: "cp932", 21: "cp1250", 22: "cp1251", 23: "cp1252",
    24: "cp1256", 25: "utf-16-be", 26: "utf-8", 27: "ascii", 28: "big5", 29: "gb18030", 30: "cp949", 31: "gbk",
    32: "gb18030", 33: "utf-16-le", 34: "utf-32-be", 35: "utf-32-le", 170: "ascii", 899: "latin-1",
}  # fmt: skip
_ISO_8859 = {number: f"iso8859-{number - 2}" for number in (*range(4, 14), *range(15, 19))}
CODECS = MappingProxyType(_NAMED | _ISO_8859)
"""Number of a character set -> Python's codec."""

_ESCAPE = re.compile(rb"\\(?:(\\)|([0-9]{6}))")


def text_of(data: bytes, aim: str = "") -> str:
    """The text of a symbol whose AIM identifier is ``aim``.

    >>> text_of(b"K\\xc3\\xb6ln"), text_of(b"K\\xf6ln"), text_of(b"\\\\000021\\xb3\\xf3d\\x9f", "]Q2")
    ('Köln', 'Köln', 'łódź')
    """
    if aim in WITHOUT:
        return "".join(_decoded(part, codec) for codec, part in _parts(data))
    return _decoded(data, None)


def without_eci(data: bytes, aim: str) -> tuple[bytes, str]:
    """The text of a symbol as UTF-8, and its identifier without the ECI protocol.

    Of a symbol that does not say what its characters are the raw bytes are kept.

    >>> without_eci(b"\\\\000021\\xb3\\xf3d\\x9f", "]Q2") == ("łódź".encode(), "]Q1")
    True
    >>> without_eci(b"K\\xf6ln", "]Q1")
    (b'K\\xf6ln', ']Q1')
    """
    if aim in WITHOUT:
        return text_of(data, aim).encode(), WITHOUT[aim]
    return data, aim


def _parts(data: bytes) -> list[tuple[str | None, bytes]]:
    r"""Split at ``\nnnnnn``, take ``\\`` for a backslash; each part with its codec, None where nothing was said."""
    found: list[tuple[str | None, bytes]] = []
    codec, part, end = None, b"", 0
    for match in _ESCAPE.finditer(data):
        part += data[end : match.start()]
        end = match.end()
        if match[1]:
            part += b"\\"
            continue
        found.append((codec, part))
        codec, part = CODECS.get(int(match[2]), codec), b""
    found.append((codec, part + data[end:]))
    return [(codec, part) for codec, part in found if part]


def _decoded(data: bytes, codec: str | None) -> str:
    for name in (codec, "utf-8", "shift_jis"):
        if name is None or (name == "shift_jis" and not any(0x80 <= byte < 0xA0 for byte in data)):
            continue
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")
