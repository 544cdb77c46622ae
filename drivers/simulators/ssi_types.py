"""How an SSI scanner says which symbology it read: by a code type, and by the AIM identifier where that says more."""

from drivers.protocols.aim import split_aim
from drivers.protocols.ssi_codes import CODE_TYPES, aim_and_payload

_CODE128, _EAN13 = 0x03, 0x0B
_ADDONS = {15: 0x4B, 18: 0x8B}
"""Digits of an EAN-13 with add-on -> its type, with two digits more or with five."""
_RETAIL = "]E0 (13 digits), ]E3 (15 or 18 digits) or ]E4 (8 digits)"

_EXACT = {aim: code for code, (aim, _) in reversed(CODE_TYPES.items()) if aim} | {"]E0": _EAN13, "": _CODE128}
_LETTERS = {aim[1]: code for code, (aim, _) in reversed(CODE_TYPES.items()) if aim and aim[1] != "E"}
"""Code character of the AIM identifier -> the first type of that symbology."""


def typed(aim: str, payload: bytes) -> bytes | None:
    """Code type and data of a symbol; None for one that SSI cannot say.  Without an identifier it is a Code 128.

    A modifier that no type stands for goes as the identifier before the data, as scanners do that are set so.

    >>> typed("]d2", b"01")
    b'\\xc101'
    >>> typed("]A1", b"ITEM")
    b'\\x01]A1ITEM'
    >>> typed("]E3", b"400638133393112")
    b'K400638133393112'
    """
    code = _ADDONS.get(len(payload)) if aim == "]E3" else _EXACT.get(aim, _LETTERS.get(aim[1:2]))
    if code is None:
        return None
    for data in (payload, aim.encode() + payload):
        if not aim or aim_and_payload(code, data) == (aim, payload):
            return bytes([code]) + data
    return None


def unsayable(aim: str, payload: bytes) -> str:
    """Why SSI cannot say this symbol, and what it can; empty where it can."""
    if split_aim(aim.encode())[1] or typed(aim, payload) is not None:
        return ""
    letters = " ".join(f"]{letter}" for letter in sorted(_LETTERS))
    if aim[1:2] == "E":
        return f"SSI has no code type for {aim} with {len(payload)} characters; EAN and UPC are {_RETAIL}"
    return f"SSI has no code type for {aim}; take a modifier of {letters}, or {_RETAIL}"
