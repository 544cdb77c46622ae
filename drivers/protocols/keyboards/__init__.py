"""Keyboard layouts: from Linux key codes and modifiers to characters.  The layouts are the TOML files beside this."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from drivers.toml_file import Problems, Table, load_toml

FOLDER = Path(__file__).parent
LAYOUTS = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
"""The layouts that there are."""

ROWS: Mapping[str, range] = MappingProxyType(
    {
        "digits": range(2, 14),
        "upper": range(16, 28),
        "home": range(30, 42),
        "lower": range(43, 54),
        "extra": range(86, 87),
    }
)
"""Name of a row -> its key codes."""

SPACE, KEYPAD_COMMA = 57, 121
KEYPAD: Mapping[int, str] = MappingProxyType(
    {71: "7", 72: "8", 73: "9", 75: "4", 76: "5", 77: "6", 79: "1", 80: "2", 81: "3", 82: "0"}
    | {74: "-", 78: "+", 83: ".", 98: "/", 55: "*", KEYPAD_COMMA: ","}
)
"""Keys of the number block; they are the same in every layout."""

_COMBINING = {"´": "\u0301", "`": "\u0300", "^": "\u0302", "¨": "\u0308"}


@dataclass(frozen=True, slots=True)
class Layout:
    """Characters by key code, without modifier, with shift, with AltGr; ``dead`` keys change the next character."""

    name: str
    plain: Mapping[int, str]
    shift: Mapping[int, str]
    altgr: Mapping[int, str]
    dead: frozenset[str]

    def character(self, code: int, *, shift: bool, altgr: bool, caps: bool) -> str:
        """The character of a key; "" for a key that has none.  Caps lock turns letters only."""
        if code in KEYPAD:
            return KEYPAD[code]
        if code == SPACE:
            return " "
        if altgr:
            return self.altgr.get(code, "")
        plain, shifted = self.plain.get(code, ""), self.shift.get(code, "")
        if caps and plain.isalpha() and len(plain.upper()) == 1:
            if shift:
                return plain if shifted.isalpha() else shifted
            return plain.upper()
        return shifted if shift else plain


def compose(dead: str, character: str) -> str:
    """What a dead key and the next character make: one letter, the bare accent before a space, or both.

    >>> compose("^", "e"), compose("^", " "), compose("´", "x")
    ('ê', '^', '´x')
    """
    if character == " ":
        return dead
    one = unicodedata.normalize("NFC", character + _COMBINING.get(dead, ""))
    return one if len(one) == 1 and one != character else dead + character


@lru_cache
def load_layout(name: str) -> Layout:
    """The layout of this name; KeyError for one that is not in `LAYOUTS`."""
    if name not in LAYOUTS:
        raise KeyError(name)
    problems = Problems(FOLDER / f"{name}.toml")
    top = Table("", load_toml(problems.path), problems)
    layers = [_layer(top.table(layer)) for layer in ("plain", "shift", "altgr")]
    layout = Layout(name, layers[0], layers[1], layers[2], frozenset(top.text("dead", "")))
    top.finish()
    problems.finish("each row has one character for each of its keys")
    return layout


def _layer(table: Table) -> Mapping[int, str]:
    keys: dict[int, str] = {}
    for row, codes in ROWS.items():
        signs = table.text(row, "")
        if signs and len(signs) != len(codes):
            table.wrong(row, f"has {len(signs)} characters for {len(codes)} keys")
        keys |= {code: sign for code, sign in zip(codes, signs, strict=False) if sign != " "}
    table.finish()
    return MappingProxyType(keys)
