"""Make the keyboard layouts from XKB: what each key writes, what dead keys make, what a host types for a US scanner.

    python tools/make_keyboards.py [FOLDER]

It needs the package xkbcommon and Debian's libxkbcommon-dev, xkb-data and libx11-data (all of them under licences like
MIT's; what is taken from them is which character stands on which key).  It writes, in the checkout or below FOLDER,

- ``drivers/protocols/keyboards/NAME.toml``, one a layout, and ``composed.toml`` beside them: what the driver of a
  keyboard scanner reads;
- ``scanstation/identity/tables/hosts.tsv``: what `repair` undoes.  It is a file of its own because the two packages
  import nothing of each other.

Every layout is its default variant on a 105-key keyboard, with Num Lock on.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from xkbcommon import xkb

ROOT = Path(__file__).resolve().parent.parent
LAYOUTS = "us gb de fr it es pt ch be nl cz pl hu tr se no dk fi jp".split()  # noqa: SIM905 - read as a line
LOCALE = "en_US.UTF-8"
"""Whose compose table says what dead keys make; those of the UTF-8 locales of Europe are the same file."""

ROWS = {
    "digits": range(2, 14),
    "upper": range(16, 28),
    "home": range(30, 42),
    "lower": range(43, 54),
    "extra": (86, 89, 124),
    "space": (57,),
    "point": (83,),
}
"""Name of a row -> its key codes, as `drivers.protocols.keyboards` has them."""

LAYERS = ("plain", "shift", "altgr", "altgr_shift", "caps", "caps_shift", "caps_altgr", "caps_altgr_shift")
OFFSET = 8
"""XKB counts keys from 8 on where Linux counts from 0."""

CAPS_LOCK, ALTGR = 58, 100
HEADER = "# {what}\n# Made from XKB by tools/make_keyboards.py; do not edit by hand.\n"


class Keyboard:
    """One layout as XKB has it."""

    def __init__(self, context: xkb.Context, name: str) -> None:
        self.name = name
        self.keymap = context.keymap_new_from_names(rules="evdev", model="pc105", layout=name)
        self._bit = {mod: 1 << self.keymap.mod_get_index(mod) for mod in ("Shift", "Lock", "Mod2", "Mod5")}
        state = self.keymap.state_new()
        self.has_altgr = xkb.keysym_get_name(state.key_get_one_sym(ALTGR + OFFSET)) == "ISO_Level3_Shift"
        self.caps_by_shift = xkb.keysym_get_name(state.key_get_one_sym(CAPS_LOCK + OFFSET)) != "Caps_Lock"

    def layers(self) -> list[str]:
        """The layers that there are; a layout without a third level has no AltGr."""
        return [layer for layer in LAYERS if self.has_altgr or "altgr" not in layer]

    def key(self, code: int, layer: str) -> tuple[str, str]:
        """The character of a key and the name of its dead key; one of the two or both are empty."""
        held = self._bit["Mod2"]
        for word, mod in (("shift", "Shift"), ("altgr", "Mod5"), ("caps", "Lock")):
            held |= self._bit[mod] if word in layer.split("_") else 0
        state = self.keymap.state_new()
        state.update_mask(held, 0, 0, 0, 0, 0)
        name = xkb.keysym_get_name(state.key_get_one_sym(code + OFFSET))
        if name.startswith("dead_"):
            return "", name.removeprefix("dead_")
        return state.key_get_string(code + OFFSET), ""

    def row(self, row: str, layer: str) -> list[tuple[str, str]]:
        """The keys of a row."""
        return [self.key(code, layer) for code in ROWS[row]]


class Composer:
    """The compose table: what a sequence of dead keys and a character becomes."""

    def __init__(self, context: xkb.Context) -> None:
        self._table = context.compose_table_new_from_locale(LOCALE)

    def feed(self, chain: tuple[str, ...], last: int = 0) -> str | None:
        """The text of a sequence; None while it goes on, "" where the table has none."""
        state = self._table.compose_state_new()
        for symbol in [*(xkb.keysym_from_name(f"dead_{name}") for name in chain), *([last] if last else [])]:
            state.feed(symbol)
        status = xkb.ComposeStatus(state.get_status())
        if status is xkb.ComposeStatus.XKB_COMPOSE_COMPOSING:
            return None
        return state.get_utf8() if status is xkb.ComposeStatus.XKB_COMPOSE_COMPOSED else ""


def keysym(sign: str) -> int:
    """The symbol of a character."""
    return int(xkb.keysym_from_name(f"U{ord(sign):04X}"))


def quoted(text: str) -> str:
    """A text of TOML in which every character can be seen."""
    shown = (
        f"\\{sign}" if sign in '"\\' else sign if sign.isprintable() or sign == " " else f"\\u{ord(sign):04x}"
        for sign in text
    )  # fmt: skip
    return f'"{"".join(shown)}"'


def layout_file(keyboard: Keyboard) -> str:
    """The TOML file of a layout: its rows by layer, and the dead keys by layer and key code."""
    text = HEADER.format(what=f"Layout {keyboard.name}, {keyboard.keymap.layout_get_name(0)}.")
    text += "caps_lock_by_shift = true\n" if keyboard.caps_by_shift else ""
    for layer in keyboard.layers():
        rows, dead = [], []
        for row, codes in ROWS.items():
            keys = keyboard.row(row, layer)
            if layer.startswith("caps") and keys == keyboard.row(
                row, layer.removeprefix("caps_").replace("caps", "plain")
            ):
                continue
            signs = "".join(sign or " " for sign, _ in keys)
            if signs.strip(" ") or layer.startswith("caps"):
                rows.append(f"{row} = {quoted(signs)}")
            dead += [f'{code} = "{name}"' for code, (_, name) in zip(codes, keys, strict=True) if name]
        text += f"\n[{layer}]\n" + "".join(f"{line}\n" for line in rows)
        text += (f"\n[{layer}.dead]\n" + "".join(f"{line}\n" for line in dead)) if dead else ""
    return text


def chains(composer: Composer, names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """The sequences of dead keys that wait for more."""
    names = sorted(names)
    waiting: list[tuple[str, ...]] = [(name,) for name in names]
    while waiting:
        yield from waiting
        longer = [(*chain, name) for chain in waiting for name in names]
        waiting = [chain for chain in longer if composer.feed(chain) is None]


def composed_file(keyboards: list[Keyboard], composer: Composer) -> str:
    """The TOML file of what dead keys make of the characters of the layouts and of each other."""
    cells = [cell for board in keyboards for layer in board.layers() for row in ROWS for cell in board.row(row, layer)]
    names = sorted({name for _, name in cells if name})
    signs = sorted({sign for sign, _ in cells if sign and sign != " "})
    text = HEADER.format(what="What dead keys make: alone before a space, before a character, before another dead key.")
    for chain in chains(composer, names):
        text += f'\n["{" ".join(chain)}"]\n'
        if alone := composer.feed(chain, keysym(" ")):
            text += f"space = {quoted(alone)}\n"
        for name in names:
            if made := composer.feed((*chain, name)):
                text += f"dead_{name} = {quoted(made)}\n"
        pairs = [sign + made for sign in signs if (made := composer.feed(chain, keysym(sign)))]
        text += f"signs = {quoted(' '.join(pairs))}\n" if pairs else ""
    return text


def hosts_file(keyboards: list[Keyboard], composer: Composer) -> str:
    """The table of what a host types where a scanner presses the keys of a US keyboard."""
    us = keyboards[0]
    where: dict[str, tuple[int, str]] = {}
    for layer in ("plain", "shift"):
        for row in ROWS:
            for code in ROWS[row]:
                where.setdefault(us.key(code, layer)[0], (code, layer))
    presses = [(sign, *where[sign]) for sign in map(chr, range(0x20, 0x7F))]
    text = HEADER.format(what="What a host types where a scanner presses the keys of a US keyboard.")
    text += "# key <tab> layout <tab> sign of the US key <tab> text of the host <tab> the same with its caps lock on\n"
    text += "# dead <tab> sequence of dead keys <tab> what comes next <tab> what is made of them\n"
    text += "# Dead keys have their names; a space is written as space; a key that writes nothing has nothing.\n"
    next_signs: set[str] = set()
    names: set[str] = set()
    for board in keyboards:
        for sign, code, layer in presses:
            cells = [board.key(code, layer), board.key(code, "caps" if layer == "plain" else f"caps_{layer}")]
            next_signs |= {made for made, _ in cells if made}
            names |= {name for _, name in cells if name}
            written = [f"dead_{name}" if name else made.replace(" ", "space") for made, name in cells]
            text += "\t".join(["key", board.name, sign.replace(" ", "space"), *written]) + "\n"
    for chain in chains(composer, names):
        for sign in sorted(next_signs):
            if made := composer.feed(chain, keysym(sign)):
                text += "\t".join(["dead", " ".join(chain), sign.replace(" ", "space"), made]) + "\n"
        for name in sorted(names):
            if made := composer.feed((*chain, name)):
                text += "\t".join(["dead", " ".join(chain), f"dead_{name}", made]) + "\n"
    return text


def files() -> dict[str, str]:
    """Path below the checkout -> text of every file that is made."""
    context = xkb.Context()
    composer = Composer(context)
    keyboards = [Keyboard(context, name) for name in LAYOUTS]
    folder = "drivers/protocols/keyboards"
    made = {f"{folder}/{board.name}.toml": layout_file(board) for board in keyboards}
    made[f"{folder}/composed.toml"] = composed_file(keyboards, composer)
    made["scanstation/identity/tables/hosts.tsv"] = hosts_file(keyboards, composer)
    return made


def main(arguments: list[str]) -> None:
    """Write every file."""
    root = Path(arguments[0]) if arguments else ROOT
    for name, text in files().items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    print(f"{len(LAYOUTS)} layouts: {', '.join(LAYOUTS)}")


if __name__ == "__main__":
    main(sys.argv[1:])
