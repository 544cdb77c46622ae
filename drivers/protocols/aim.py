"""AIM symbology identifiers (ISO/IEC 15424): ``]`` + code character + modifier in front of the data."""

import re

_IDENTIFIER = re.compile(rb"\](?:[A-Za-z][0-9]|[dz][A-C]|X[A-F])")

_NAMES = {
    "A": "CODE39", "B": "TELEPEN", "C": "CODE128", "E": "EAN13", "F": "CODABAR", "G": "CODE93", "H": "CODE11",
    "I": "ITF", "J": "DOTCODE", "K": "CODE16K", "L": "PDF417", "M": "MSI", "O": "CODABLOCK", "P": "PLESSEY", "Q": "QR",
    "R": "CODE25", "S": "CODE25", "T": "CODE49", "U": "MAXICODE", "d": "DATAMATRIX", "e": "GS1-DATABAR",
    "h": "HANXIN", "o": "OCR", "p": "POSICODE", "z": "AZTEC", "j": "JABCODE",
}  # fmt: skip
_EXACT = {
    "]C1": "GS1-128", "]d2": "GS1-DATAMATRIX", "]d8": "GS1-DATAMATRIX", "]Q3": "GS1-QR", "]J1": "GS1-DOTCODE",
    "]E4": "EAN8", "]E1": "EAN-2", "]E2": "EAN-5", "]E3": "EAN13+ADDON",
}  # fmt: skip


def split_aim(data: bytes) -> tuple[str, bytes]:
    """Take a well-formed identifier off ``data``: (identifier or "", the rest).

    Modifiers are digits; DataMatrix and Aztec use up to ``C`` and "other barcode" up to ``F`` as well.

    >>> split_aim(b"]E04006381333931")
    (']E0', b'4006381333931')
    >>> split_aim(b"]-not one")
    ('', b']-not one')
    """
    match = _IDENTIFIER.match(data)
    if match is None:
        return "", data
    return match[0].decode("ascii"), data[match.end() :]


def symbology(aim: str) -> str | None:
    """The name that people use for an identifier; None for "" and for one that this table does not know.

    >>> symbology("]d2")
    'GS1-DATAMATRIX'
    """
    if len(aim) != 3:
        return None
    return _EXACT.get(aim) or _NAMES.get(aim[1])


def named(aim: str) -> dict[str, str]:
    """The field ``symbology`` of what has this identifier; none where `symbology` knows no name.

    >>> named("]C1"), named("")
    ({'symbology': 'GS1-128'}, {})
    """
    name = symbology(aim)
    return {"symbology": name} if name else {}
