"""The sheets and rolls of `config/labels.toml`: exact places of labels on paper, in millimetres."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanstation.configuration import config_file
from scanstation.errors import ScanstationError

FILE = "labels.toml"

WIDEST_MODULE = 0.5
"""Millimetres of the narrow bar on labels for the hand: wider ones take a hand scanner too far away."""

_SIZES = ("page", "label")
_COUNTS = ("columns", "rows")
_LENGTHS = ("left", "top", "across", "down", "module")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """``page`` and ``label`` are width and height, ``left`` and ``top`` the first label's corner, all in millimetres.

    ``across`` and ``down`` lead from one label's corner to the next; ``module`` is the widest narrow bar.
    """

    name: str
    text: str
    label: tuple[float, float]
    page: tuple[float, float]
    columns: int = 1
    rows: int = 1
    left: float = 0
    top: float = 0
    across: float = 0
    down: float = 0
    module: float = WIDEST_MODULE

    @property
    def roll(self) -> bool:
        """Whether one label is the whole page."""
        return self.columns == self.rows == 1 and self.page == self.label

    @property
    def count(self) -> int:
        """Labels on a page."""
        return self.columns * self.rows

    def corner(self, place: int) -> tuple[float, float]:
        """The upper left corner of the label at ``place``, counted from 0 row by row."""
        row, column = divmod(place, self.columns)
        return self.left + column * self.across, self.top + row * self.down


def papers() -> Mapping[str, Paper]:
    """Every sheet and roll by its name.  Raises ScanstationError that names every fault of the file."""
    path = config_file(FILE)
    try:
        tables = tomllib.loads(path.read_text("utf-8")).get("sheets", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScanstationError(f"{path} cannot be read: {error}", "Mend it as TOML.") from error
    faults = [fault for name, table in tables.items() for fault in _faults(name, table)]
    if faults:
        raise ScanstationError(f"{path}: " + "; ".join(faults), "Mend these sheets; all lengths are millimetres.")
    return {name: _paper(name, table) for name, table in tables.items()}


def paper_named(name: str) -> Paper:
    """The sheet or roll of a name.  Raises ScanstationError."""
    known = papers()
    if name not in known:
        raise ScanstationError(f"no sheet is named {name!r}", "one of " + ", ".join(known))
    return known[name]


def _paper(name: str, table: Mapping[str, Any]) -> Paper:
    label = (float(table["label"][0]), float(table["label"][1]))
    page = tuple(float(side) for side in table["page"]) if "page" in table else label
    numbers = {"across": label[0], "down": label[1]} | {
        key: table[key] for key in (*_COUNTS, *_LENGTHS) if key in table
    }
    return Paper(name=name, text=str(table.get("text", name)), label=label, page=(page[0], page[1]), **numbers)


def _faults(name: str, table: object) -> Iterator[str]:
    """What is wrong with a table, one text each."""
    if not isinstance(table, dict):
        yield f"{name} is no table"
        return
    for key in table.keys() - {*_SIZES, *_COUNTS, *_LENGTHS, "text"}:
        yield f"{name}: {key} is unknown"
    for key in _SIZES:
        sides = table.get(key, [1, 1] if key == "page" else None)
        if not (isinstance(sides, list) and len(sides) == 2 and all(_number(side) and side > 0 for side in sides)):
            yield f"{name}: {key} must be width and height"
    for key in _LENGTHS:
        if not (_number(table.get(key, 1)) and table.get(key, 1) >= 0):
            yield f"{name}: {key} must be a length"
    for key in _COUNTS:
        if not (isinstance(table.get(key, 1), int) and table.get(key, 1) >= 1):
            yield f"{name}: {key} must be 1 or more"
    if all(key in table for key in _SIZES) and not list(_bad_keys(table)):
        yield from _beyond(_paper(name, table))


def _bad_keys(table: Mapping[str, Any]) -> Iterator[str]:
    for key in (*_LENGTHS, *_COUNTS):
        if not _number(table.get(key, 1)):
            yield key


def _beyond(paper: Paper) -> Iterator[str]:
    """Labels that overlap or leave the page."""
    x, y = paper.corner(paper.count - 1)
    if x + paper.label[0] > paper.page[0] + 0.01 or y + paper.label[1] > paper.page[1] + 0.01:
        yield f"{paper.name}: the last label ends beyond the page"
    if (paper.columns > 1 and paper.across < paper.label[0]) or (paper.rows > 1 and paper.down < paper.label[1]):
        yield f"{paper.name}: labels overlap"


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
