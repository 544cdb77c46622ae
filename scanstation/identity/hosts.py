"""What a host types where a scanner presses the keys of a US keyboard, and back; by tables/hosts.tsv.

The table is made from XKB by tools/make_keyboards.py.  A dead key of the host waits for the next key: ``^`` and ``a``
come as ``â``.  Where two ways to press come as the same text, the text does not say which it was, and it is refused.
One rule goes before this: a letter, a digit or a sign that labels are full of is believed against a sequence of two
keys that would come as the same, such as `{` and a space for the 3 of a French host.  `Host.lost` says what is lost.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from scanstation.identity.errors import IdentityError, IdentityReason

ALIASES: Mapping[str, str] = MappingProxyType({"uk": "gb"})
"""Other names of layouts."""

_DEAD = "dead_"
_COMMON = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-./ ")
"""Signs that labels are full of."""


@dataclass(frozen=True, slots=True)
class Host:
    """One layout of a host.

    ``keys`` holds what the keys of a US keyboard write there, by their signs: a character, a dead key ("dead_acute"),
    or "" for nothing.  ``meant`` holds by what a host types all that a scanner may have pressed for it; ``taken``
    sequences that begin with a dead key and are taken for the sign that alone comes as the same.
    """

    keys: Mapping[str, str]
    meant: Mapping[str, tuple[str, ...]]
    taken: Mapping[str, str]
    pattern: re.Pattern[str]

    def undo(self, text: str, layout: str) -> str:
        """What a scanner pressed for this text; `IdentityError` CHARACTER where that cannot be told.

        A character that no key of it types is left as it is.
        """

        def pressed(found: re.Match[str]) -> str:
            meant = self.meant[found[0]]
            if len(meant) > 1:
                raise IdentityError(
                    IdentityReason.CHARACTER,
                    f"text of a host with keyboard layout {layout}",
                    found.start(),
                    "a character of one key (set the scanner to this layout)",
                    f"{found[0]!r}, which may be {' or '.join(map(repr, meant))}",
                )
            return meant[0]

        return self.pattern.sub(pressed, text)

    def lost(self) -> Mapping[str, str]:
        """Signs of the US keyboard that do not always come back -> why."""
        found: dict[str, str] = {}
        for sign, written in self.keys.items():
            if not written:
                found[sign] = "nothing is typed"
            elif written.startswith(_DEAD):
                found[sign] = f"a dead key ({written.removeprefix(_DEAD)}): it joins the next character or is lost"
                if mistaken := self.mistaken(sign):
                    found[sign] += ", and comes as " + ", ".join(f"{meant!r} in {pair!r}" for pair, meant in mistaken)
            elif others := [repr(meant) for meant in self.meant[written] if meant != sign]:
                found[sign] = f"refused: comes as {written!r}, as does {' or '.join(others)}"
        return MappingProxyType(found)

    def mistaken(self, sign: str) -> tuple[tuple[str, str], ...]:
        """What begins with this dead key's sign and is taken for a common sign: the two signs, and the common one."""
        return tuple(sorted((pair, meant) for pair, meant in self.taken.items() if pair[0] == sign))


@cache
def _table() -> tuple[Mapping[str, Mapping[str, tuple[str, str]]], Mapping[str, Mapping[str, str]]]:
    """Layout -> US sign -> what it writes, without and with caps lock; dead keys -> what comes next -> the two."""
    keys: dict[str, dict[str, tuple[str, str]]] = {}
    dead: dict[str, dict[str, str]] = {}
    for line in (Path(__file__).parent / "tables" / "hosts.tsv").read_text("utf-8").splitlines():
        kind, *fields = line.split("\t")
        fields = [" " if field == "space" else field for field in fields]
        if kind == "key":
            layout, sign, plain, caps = fields
            keys.setdefault(layout, {})[sign] = (plain, caps)
        elif kind == "dead":
            chain, after, made = fields
            dead.setdefault(chain, {})[after] = made
    return MappingProxyType(keys), MappingProxyType(dead)


HOSTS = tuple("be ch cz de dk es fi fr gb hu it jp nl no pl pt se tr us".split())  # noqa: SIM905 - read as a line
"""Layouts of hosts that can be undone; `ALIASES` come on top."""


@cache
def host(layout: str, *, caps_lock: bool = False, whole_keys: bool = False) -> Host:
    """The host with this layout (of `HOSTS` or `ALIASES`), its caps lock off or on.

    With ``whole_keys`` what passed no dead key by: then a key that alone comes as a text is always believed.
    """
    keys, dead = _table()
    written = {sign: ways[caps_lock] for sign, ways in keys[ALIASES.get(layout, layout)].items()}
    alone: dict[str, list[str]] = {}
    for sign, made in written.items():
        alone.setdefault(made, []).append(sign)
    sequences = _sequences(dead, written, alone)
    meant: dict[str, tuple[str, ...]] = {}
    taken: dict[str, str] = {}
    for typed in sequences.keys() | {made for made in alone if made and not made.startswith(_DEAD)}:
        signs, pressed = alone.get(typed, []), sequences.get(typed, set())
        if len(signs) == 1 and (whole_keys or signs[0] in _COMMON):
            taken |= dict.fromkeys(pressed, signs[0])
            pressed = set()
        meant[typed] = tuple(sorted({*signs, *pressed}))
    longest = sorted(meant, key=lambda typed: (-len(typed), typed))
    return Host(
        keys=MappingProxyType(written),
        meant=MappingProxyType(meant),
        taken=MappingProxyType(taken),
        pattern=re.compile("|".join(map(re.escape, longest))),
    )


def _sequences(
    dead: Mapping[str, Mapping[str, str]], written: Mapping[str, str], alone: Mapping[str, list[str]]
) -> dict[str, set[str]]:
    """What dead keys make -> the signs that were pressed for it."""
    found: dict[str, set[str]] = {}
    for chain, entries in dead.items():
        before = [""]
        for name in chain.split():
            before = [pressed + sign for pressed in before for sign in alone.get(_DEAD + name, ())]
        for after, made in entries.items():
            for pressed in before:
                found.setdefault(made, set()).update(pressed + sign for sign in alone.get(after, ()))
    for sign, made in written.items():
        if made.startswith(_DEAD) and (accent := _accent(dead, made.removeprefix(_DEAD))):
            # as Windows does where the next character makes nothing with it
            found.setdefault(accent, set()).update((sign, sign + " "))
    return {made: pressed for made, pressed in found.items() if pressed}


def _accent(dead: Mapping[str, Mapping[str, str]], name: str) -> str:
    """The accent of a dead key: what it makes pressed twice, else before a space."""
    return dead[name].get(_DEAD + name) or dead[name].get(" ", "")
