"""Random items, places and commands, and a stock file that knows them."""

import importlib.util
import random
import string
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from scanstation.identity import LabelPrefixes, Names
from scanstation.identity.checkdigits import check_digit
from scanstation.station.label_check import LabelCheck, Wanted
from scanstation.stock.labels import Choice, command_label, item_label, location_label
from scanstation.stock.model import Item, Location
from scanstation.store.stock import open_stock

PREFIXES = LabelPrefixes()

SIGNS = string.digits * 5 + string.ascii_uppercase * 2 + "".join(map(chr, range(33, 127)))

NAMES = (
    "Tea",
    "A name that is too long for one line of a label, and for two of them as well, and for a third",
    "Größe 日本 Спички",
    "^XZ^XA^FO0,0^GB400,400,400^FS",
    "~JA~WC",
    "a_5Eb",
    "b\\&c",
    "\u202eeldnac",
    "x\x1b\x9by",
    "<b>&amp;",
)
"""Names of items, some of them hostile to HTML or ZPL."""

OWN = (Choice.AUTO, Choice.DATA_MATRIX, Choice.QR)


HERE = Path(__file__).parent


def load(name: str) -> ModuleType:
    """A module of this folder (the tests are no package)."""
    spec = importlib.util.spec_from_file_location(f"labels_{name}", HERE / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def pictures() -> ModuleType:
    """Pixels of printed labels."""
    return load("pictures")


@pytest.fixture(scope="session")
def engines() -> ModuleType:
    """The engines that read them."""
    return load("engines")


@pytest.fixture(scope="session")
def wanted() -> Callable[[int], tuple[list[Wanted], list[Item]]]:
    """Makes so many labels, half of them of items, the rest of places and commands, and the items."""
    return random_labels


def random_labels(count: int, seed: int = 14) -> tuple[list[Wanted], list[Item]]:
    choose = random.Random(seed)
    gtins = {random_gtin(choose) for _ in range(count)}
    items = [
        Item(
            item=random_number(choose),
            name=NAMES[number % len(NAMES)],
            gtin=gtins.pop() if choose.random() < 0.7 else None,
        )
        for number in range(count // 2)
    ]
    labels = [
        Wanted(label=item_label(item, _choice(choose, item)), names=Names.TRADE_ITEM, key=item.item) for item in items
    ]
    while len(labels) < count:
        number = random_number(choose)
        place = location_label(Location(location=number, site="HAM"), PREFIXES.location, choose.choice(OWN))
        labels.append(Wanted(label=place, names=Names.LOCATION, key=number))
        number = random_number(choose)
        command = command_label(number, "A command", PREFIXES.command, choose.choice(OWN))
        labels.append(Wanted(label=command, names=Names.COMMAND, key=number))
    return labels[:count], items


def _choice(choose: random.Random, item: Item) -> Choice:
    """Any symbol; a long number is not pressed into a Code 128 that would be too wide."""
    choices = [Choice.AUTO, *Choice] if item.gtin else list(OWN)
    return choose.choice([one for one in choices if one is not Choice.CODE128 or len(item.item) <= 10])


def random_number(choose: random.Random) -> str:
    """A number of one's own of up to 64 characters, mostly short, many beginning with 99 or in lower case."""
    length = choose.choice((choose.randint(1, 12), choose.randint(1, 64)))
    return (choose.choice(("", "", "99")) + "".join(choose.choice(SIGNS) for _ in range(length)))[:64]


def random_gtin(choose: random.Random) -> str:
    length = choose.choice((8, 12, 13, 14))
    digits = str(choose.randint(3, 8)) + "".join(choose.choice(string.digits) for _ in range(length - 2))
    return (digits + check_digit(digits)).zfill(14)


@pytest.fixture
def check(tmp_path: Path) -> Iterator[Callable[[list[Item]], LabelCheck]]:
    """Makes the check of a station that knows these items."""
    with open_stock(tmp_path / "stock.db") as stock:

        def make(items: list[Item]) -> LabelCheck:
            stock.put_items(items)
            return LabelCheck(PREFIXES, None, stock)

        yield make
