"""What dead keys make of the next key, by the table composed.toml beside this (made by tools/make_keyboards.py)."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

Chain = tuple[str, ...]
"""Names of dead keys in their order."""


@lru_cache(1)
def _table() -> Mapping[Chain, Mapping[str, str]]:
    """Dead keys -> what comes next (a character, or "dead_" and a name) -> what they make of it."""
    made: dict[Chain, Mapping[str, str]] = {}
    read = tomllib.loads((Path(__file__).parent / "composed.toml").read_text("utf-8"))
    for names, entries in read.items():
        pairs = entries.pop("signs", "")
        found = {pair[0]: pair[1:] for pair in pairs.split(" ") if pair}
        if "space" in entries:
            found[" "] = entries.pop("space")
        made[tuple(names.split())] = MappingProxyType(found | entries)
    return MappingProxyType(made)


def waits(chain: Chain) -> bool:
    """Whether these dead keys wait for more."""
    return chain in _table()


def compose(chain: Chain, sign: str) -> str:
    """What dead keys and the next character make; where they make nothing, their accents and the character.

    On Linux a pair that makes nothing is lost; on Windows both are written, and that is what scanners count on.

    >>> compose(("circumflex",), "e"), compose(("circumflex",), " "), compose(("acute",), "x")
    ('ê', '^', '´x')
    >>> compose(("circumflex", "acute"), "a"), compose(("acute",), " ")
    ('ấ', "'")
    """
    return _table()[chain].get(sign) or accents(chain) + sign


def composed_dead(chain: Chain, name: str) -> str:
    """What dead keys make of one more dead key; "" where they make nothing.

    >>> composed_dead(("acute",), "acute"), composed_dead(("acute",), "grave")
    ('´', '')
    """
    return _table()[chain].get(f"dead_{name}", "")


def accents(chain: Chain) -> str:
    """The accents themselves."""
    return "".join(map(accent, chain))


def accent(name: str) -> str:
    """The accent of a dead key: what it makes pressed twice, else before a space.

    >>> accent("acute"), accent("belowmacron")
    ('´', '')
    """
    entries = _table()[(name,)]
    return entries.get(f"dead_{name}") or entries.get(" ", "")
