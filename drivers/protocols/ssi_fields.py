"""What the data of SSI packets other than bar codes means: parameters, attributes, events (SSI Programmer's Guide)."""

from typing import Any

_PARAMETER_PAGES = {0xF0: 256, 0xF1: 512, 0xF2: 768}
_LONG_NUMBER, _WORD, _STRING = 0xF8, 0xF4, 0xF6
_FIXED = {0x42: 1, 0x43: 1, 0x46: 1, 0x57: 2, 0x49: 2, 0x44: 4}  # B C F W I D: bytes of a value
_TEXT, _ARRAY = 0x53, 0x41
_END = 0xFFFF


def parameters(data: bytes) -> dict[str, int | str] | None:
    """Number -> value of each parameter; None when the bytes do not fit.

    Numbers from 256 on have a page before them, F4 announces a word, F6 a text with its length.

    >>> parameters(bytes.fromhex("01009c07")), parameters(bytes.fromhex("f4f03e04ff"))
    ({'1': 0, '156': 7}, {'318': 1279})
    """
    found: dict[str, int | str] = {}
    at = 0
    try:
        while at < len(data):
            kind = data[at] if data[at] in (_WORD, _STRING) else 0
            at += kind != 0
            number, at = _number(data, at)
            size = 2 if kind == _WORD else 1
            if kind == _STRING:
                size, at = data[at], at + 1
            value = data[at : at + size]
            if len(value) < size:
                return None
            at += size
            found[str(number)] = value.decode("latin-1") if kind == _STRING else int.from_bytes(value, "big")
    except IndexError:
        return None
    return found


def _number(data: bytes, at: int) -> tuple[int, int]:
    if data[at] in _PARAMETER_PAGES:
        return _PARAMETER_PAGES[data[at]] + data[at + 1], at + 2
    if data[at] == _LONG_NUMBER:
        return data[at + 1] << 8 | data[at + 2], at + 3
    return data[at], at + 1


def attributes(data: bytes) -> dict[str, int | str] | None:
    """Number -> value of each attribute in a management answer; None when the bytes do not fit.

    ``length(2) command status``, then for each ``number(2) type property value``, up to FFFF.  Texts and arrays have
    ``length(2) offset(2)`` in front; arrays are given in hex.
    """
    found: dict[str, int | str] = {}
    at = 4
    try:
        while at + 2 <= len(data) and (number := int.from_bytes(data[at : at + 2], "big")) != _END:
            kind, at = data[at + 2], at + 4
            at += kind == _ARRAY  # the type of its elements
            if kind in (_TEXT, _ARRAY):
                size, at = int.from_bytes(data[at : at + 2], "big"), at + 4
            else:
                size = _FIXED[kind]
            value = data[at : at + size]
            if len(value) < size:
                return None
            at += size
            if kind == _TEXT:
                found[str(number)] = value.decode("latin-1").strip("\0 ")
            else:
                found[str(number)] = value.hex() if kind == _ARRAY else int.from_bytes(value, "big")
    except (IndexError, KeyError):
        return None
    return found


def fields_of(opcode: int, data: bytes) -> dict[str, Any]:
    """The fields of a packet that holds no code; unknown data is given in hex as ``body``."""
    if not data:
        return {}
    if opcode in (0xC6, 0xC7):  # parameters sent or asked for; the first byte is the beep
        if opcode == 0xC6 and (found := parameters(data[1:])) is not None:
            return {"beep": data[0], "params": found}
    elif opcode == 0x80:
        if (told := attributes(data)) is not None:
            return {"attributes": told}
    elif opcode == 0xA4:
        return {"revision": data.decode("latin-1")}
    elif opcode in _ONE_BYTE and len(data) == 1:
        return {_ONE_BYTE[opcode]: data[0]}
    return {"body": data.hex()}


_ONE_BYTE = {0xF6: "event", 0xD1: "cause", 0xE6: "beep", 0xE7: "led", 0xE8: "led", 0x74: "index"}
