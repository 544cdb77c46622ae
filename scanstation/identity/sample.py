"""Random right element strings: for simulated labels, tests and benches.  All randomness is passed in."""

import random
from collections.abc import Callable, Mapping
from types import MappingProxyType

from scanstation.identity.aitable import ApplicationIdentifier, Component, ai_table
from scanstation.identity.checkdigits import check_digit, check_pair, is_iban
from scanstation.identity.rules import code_list

_CHARACTERS = {
    "N": "0123456789",
    "X": "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz",
    "Y": "#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "Z": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
}


def sample_value(entry: ApplicationIdentifier, chance: random.Random) -> str:
    """Return a random value that obeys the format and every rule of ``entry``."""
    text = ""
    for part in entry.components:
        if part.optional and chance.random() < 0.5:
            break
        text += _sample_component(part, chance)
    return text


def sample_elements(chance: random.Random, count: int) -> dict[str, str]:
    """Return ``count`` different AIs of the table with random values; companions are not looked at."""
    entries = chance.sample(sorted(ai_table().values(), key=lambda entry: entry.ai), count)
    return {entry.ai: sample_value(entry, chance) for entry in entries}


def _sample_component(part: Component, chance: random.Random) -> str:
    names = [rule.name for rule in part.rules]
    for name in names:
        if name in _WHOLE:
            return _WHOLE[name](chance)
    shortest = max(part.shortest, 7 if "csumalpha" in names else 5 if names else 1)
    length = chance.randint(min(shortest, part.longest), part.longest)
    text = "".join(chance.choices(_CHARACTERS[part.kind], k=length))
    if "pcenc" in names:
        text = text.replace("%", "p")
    for name in names:
        text = _CHANGED[name](text, chance) if name in _CHANGED else text
    if "csumalpha" in names:
        text = text[:-2] + check_pair(text[:-2])
    return text[:-1] + check_digit(text[:-1]) if "csum" in names else text


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choices("0123456789", k=count))


def _day(chance: random.Random) -> str:
    return f"{chance.randint(0, 99):02d}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"


def _iban(chance: random.Random) -> str:
    account = _digits(chance, 16)
    return next(iban for check in range(2, 99) if is_iban(iban := f"DE{check:02d}{account}"))


def _coupon(chance: random.Random) -> str:
    return f"0{_digits(chance, 12)}1{_digits(chance, 1)}1{_digits(chance, 1)}0{_digits(chance, 3)}"


def _piece(chance: random.Random) -> str:
    total = chance.randint(1, 99)
    return f"{chance.randint(1, total):02d}{total:02d}"


def _listed(name: str) -> Callable[[random.Random], str]:
    return lambda chance: chance.choice(sorted(code_list(name)))


_WHOLE: Mapping[str, Callable[[random.Random], str]] = MappingProxyType({
    "yymmd0": lambda chance: _day(chance)[:4] + chance.choice(["00", "01", "28"]),
    "yymmdd": _day,
    "yyyymmdd": lambda chance: "20" + _day(chance),
    "hhmi": lambda chance: f"{chance.randint(0, 23):02d}{chance.randint(0, 59):02d}",
    "hh": lambda chance: f"{chance.randint(0, 23):02d}",
    "mi": lambda chance: f"{chance.randint(0, 59):02d}",
    "ss": lambda chance: f"{chance.randint(0, 59):02d}",
    "zero": lambda chance: "0",
    "winding": lambda chance: chance.choice("019"),
    "yesno": lambda chance: chance.choice("01"),
    "hyphen": lambda chance: "-",
    "iso5218": lambda chance: chance.choice("0129"),
    "importeridx": lambda chance: chance.choice(_CHARACTERS["Z"]),
    "latitude": lambda chance: f"{chance.randint(0, 1_800_000_000):010d}",
    "longitude": lambda chance: f"{chance.randint(0, 3_600_000_000):010d}",
    "pieceoftotal": _piece,
    "posinseqslash": lambda chance: f"{chance.randint(1, 4)}/{chance.randint(4, 9)}",
    "iso3166": _listed("iso3166"),
    "iso3166999": _listed("iso3166"),
    "iso3166alpha2": _listed("iso3166alpha2"),
    "iso4217": _listed("iso4217"),
    "packagetype": _listed("packagetype"),
    "mediatype": _listed("mediatype"),
    "iban": _iban,
    "couponcode": _coupon,
    "couponposoffer": lambda chance: f"10{_digits(chance, 12)}0{_digits(chance, 6)}",
})  # fmt: skip
"""Rules that make the whole component."""

_CHANGED: Mapping[str, Callable[[str, random.Random], str]] = MappingProxyType({
    "gcppos1": lambda text, chance: _digits(chance, 4) + text[4:],
    "gcppos2": lambda text, chance: text[0] + _digits(chance, 4) + text[5:],
    "nonzero": lambda text, chance: text[:-1] + chance.choice("123456789"),
    "nozeroprefix": lambda text, chance: chance.choice("123456789") + text[1:],
    "hasnondigit": lambda text, chance: text[:4] + chance.choice("ABC") + text[5:],
})  # fmt: skip
"""Rules that change a part of it."""
