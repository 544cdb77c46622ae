"""Keyboard layouts: from Linux key codes and modifiers to characters.

The layouts are the TOML files beside this, made from XKB by tools/make_keyboards.py: rows of keys by layer, in the
order of their key codes, where a space means that the key writes nothing; the dead keys of a layer by key code; and of
the layers with caps lock only the rows that it changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from drivers.protocols.keyboards.composing import accent
from drivers.toml_file import Problems, Table, load_toml

FOLDER = Path(__file__).parent
LAYOUTS = tuple(sorted(path.stem for path in FOLDER.glob("??.toml")))
"""The layouts that there are."""

ALIASES: Mapping[str, str] = MappingProxyType({"uk": "gb"})
"""Other names of layouts."""

SPACE, KEYPAD_POINT = 57, 83
ROWS: Mapping[str, range] = MappingProxyType(
    {
        "digits": range(2, 14),
        "upper": range(16, 28),
        "home": range(30, 42),
        "lower": range(43, 54),
        "space": range(SPACE, SPACE + 1),
        "point": range(KEYPAD_POINT, KEYPAD_POINT + 1),
    }
)
"""Name of a row -> its key codes; the keys that not every keyboard has are `EXTRA`."""

EXTRA = (86, 89, 124)
"""Row "extra": the key beside the left shift, and two keys of Japanese keyboards, beside the right one and for yen."""

KEYPAD: Mapping[int, str] = MappingProxyType(
    {71: "7", 72: "8", 73: "9", 75: "4", 76: "5", 77: "6", 79: "1", 80: "2", 81: "3", 82: "0"}
    | {74: "-", 78: "+", 98: "/", 55: "*", 121: "."}
)
"""Keys of the number block that are the same in every layout; the point is not."""

LAYERS = ("plain", "shift", "altgr", "altgr_shift")
CAPS: Mapping[str, str] = MappingProxyType(
    {"plain": "caps", "shift": "caps_shift", "altgr": "caps_altgr", "altgr_shift": "caps_altgr_shift"}
)
"""Layer -> the same with caps lock."""


@dataclass(frozen=True, slots=True)
class Dead:
    """A dead key: it waits for the next key.  ``name`` is XKB's, such as "circumflex"."""

    name: str


Keys = Mapping[int, str | Dead]
"""What keys write, by key code; one that writes nothing is not in it."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What keys write, by layer (a name of `LAYERS` or of the values of `CAPS`).

    ``caps_by_shift`` tells that caps lock is Shift with its key, as on Japanese keyboards.
    """

    name: str
    layers: Mapping[str, Keys]
    caps_by_shift: bool

    def key(self, code: int, *, shift: bool, altgr: bool, caps: bool) -> str | Dead:
        """The character of a key or its dead key; "" for a key that writes nothing."""
        if code in KEYPAD:
            return KEYPAD[code]
        if code == KEYPAD_POINT:
            return self.layers["plain"].get(code, "")
        layer = LAYERS[2 * altgr + shift]
        return self.layers[CAPS[layer] if caps else layer].get(code, "")

    def character(self, code: int, *, shift: bool, altgr: bool, caps: bool) -> str:
        """The character of a key, and of a dead key its accent; "" for a key that writes nothing."""
        sign = self.key(code, shift=shift, altgr=altgr, caps=caps)
        return accent(sign.name) if isinstance(sign, Dead) else sign


@lru_cache
def load_layout(name: str) -> Layout:
    """The layout of this name; KeyError for one that is not in `LAYOUTS` or `ALIASES`."""
    name = ALIASES.get(name, name)
    if name not in LAYOUTS:
        raise KeyError(name)
    problems = Problems(FOLDER / f"{name}.toml")
    top = Table("", load_toml(problems.path), problems)
    caps_by_shift = top.flag("caps_lock_by_shift", False)
    named = set(top.keys())
    layers: dict[str, Keys] = {}
    for layer in LAYERS:
        layers[layer] = _layer(top.table(layer), {SPACE: " "}) if layer in named else {SPACE: " "}
    for layer, caps in CAPS.items():
        layers[caps] = _layer(top.table(caps), layers[layer]) if caps in named else layers[layer]
    top.finish()
    problems.finish("make the file anew: python tools/make_keyboards.py")
    return Layout(name, MappingProxyType(layers), caps_by_shift)


def _layer(table: Table, before: Keys) -> Keys:
    """The keys of a layer: its rows and dead keys, laid over what holds ``before`` them."""
    keys = dict(before)
    for row, codes in {**ROWS, "extra": EXTRA}.items():
        signs = table.text(row, "")
        if signs and len(signs) != len(codes):
            table.wrong(row, f"has {len(signs)} characters for {len(codes)} keys")
        for code, sign in zip(codes, signs, strict=False):
            keys.pop(code, None)
            if sign != " " or code == SPACE:
                keys[code] = sign
    dead = table.table("dead")
    codes_of_dead = [code for code in dead.keys() if code.isdigit()]  # noqa: SIM118 - a table of ours, no dict
    keys |= {int(code): Dead(dead.text(code)) for code in codes_of_dead}
    dead.finish()
    table.finish()
    return MappingProxyType(keys)
