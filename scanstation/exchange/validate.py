"""Checks a file chunk by chunk: whole columns at once where they are clean, cell by cell where they are not."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import repeat
from typing import Any

from scanstation.exchange.cells import FORMULA_ERRORS, CellError, Whole, Words, formula_error, gtin, shown, sscc
from scanstation.exchange.columns import Column, Spec, match_header
from scanstation.exchange.ports import ImportSession
from scanstation.exchange.problems import ProblemKind, ProblemLog
from scanstation.exchange.readers import Rows

Columns = dict[str, list[Any]]
"""Values of a chunk by column; None where a cell was wrong (or empty, without a default)."""


def match_headers(source: Rows, spec: Spec, log: ProblemLog) -> tuple[list[Column | None], tuple[str, ...]]:
    """Return the column of every header (None: not used) and the headers that are not used; log what is missing."""
    header, row = source.header, source.header_row
    found: list[Column | None] = []
    for text in header:
        column = match_header(text, spec)
        if column is not None and column in found:
            log.add(ProblemKind.DOUBLE_COLUMN, row, text, f"{column.name} is there twice", "Remove or rename one.")
            column = None
        found.append(column)
    present = ", ".join(shown(text) for text in header[:20]) or "none"
    for column in spec.columns:
        if column.required and column not in found:
            log.add(
                ProblemKind.MISSING_COLUMN,
                row,
                column.name,
                f"the column is missing (the header has {present})",
                f"Add it; also known as: {', '.join(column.aliases) or 'no other name'}.",
            )
    ignored = tuple(text for text, column in zip(header, found, strict=True) if column is None and text.strip())
    ruled = [column and replace(column, rule=column.rule_of(text)) for text, column in zip(header, found, strict=True)]
    return ruled, ignored


class Validator:
    """Checks the chunks of one file in their order, and at the end what only the whole file shows."""

    def __init__(self, spec: Spec, header: Sequence[Column | None], session: ImportSession, log: ProblemLog) -> None:
        self._spec = spec
        self._header = header
        self._log = log
        present = {column.name for column in header if column is not None}
        self._keyed = bool(spec.key) and any(name in present for name in spec.key)
        self._hashes, self._rows = array("q"), array("q")
        self._items = _Known(session.known_items)
        self._locations = _Known(session.known_locations)

    def check(self, first: int, chunk: list[list[str]]) -> tuple[list[int], Columns]:
        """Check rows that begin at row ``first``; return the numbers of the rows with content, and their values."""
        numbers, rows = self._shape(first, chunk)
        columns: Columns = {}
        if not rows:
            return numbers, columns
        for column, texts in zip(self._header, zip(*rows, strict=True), strict=True):
            if column is not None:
                columns[column.name] = self._column(column, numbers, texts)
        if "kind" in {column.name for column in self._spec.columns}:
            columns["code"] = self._codes(columns, numbers)
        self._references(columns, numbers)
        self._remember_keys(columns, numbers)
        return numbers, columns

    def finish(self) -> None:
        """Log the keys that more than one row has, each with the first row that has it."""
        import numpy as np

        hashes, rows = np.frombuffer(self._hashes, np.int64), np.frombuffer(self._rows, np.int64)
        order = np.argsort(hashes, kind="stable")
        again = np.flatnonzero(hashes[order][1:] == hashes[order][:-1]) + 1
        if not len(again):
            return
        first = _first_rows(hashes, rows, set(hashes[order[again]].tolist()))
        for place in np.sort(order[again]).tolist():
            self._log.add(
                ProblemKind.DUPLICATE,
                int(rows[place]),
                ", ".join(self._spec.key),
                f"the key is in row {first[int(hashes[place])]} already",
                "Keep one of the two rows.",
            )

    def _shape(self, first: int, chunk: list[list[str]]) -> tuple[list[int], list[list[str]]]:
        """Leave out blank rows, log rows of another width than the header."""
        width = len(self._header)
        if all(len(row) == width and row[0] for row in chunk):
            return list(range(first, first + len(chunk))), chunk
        numbers, rows = [], []
        for number, row in enumerate(chunk, start=first):
            if not any(row):
                continue
            if len(row) != width:
                self._log.add(
                    ProblemKind.SHAPE,
                    number,
                    "",
                    f"the row has {len(row)} cells, the header {width}",
                    "Quote texts that contain the delimiter; fill up short rows.",
                )
                continue
            numbers.append(number)
            rows.append(row)
        return numbers, rows

    def _column(self, column: Column, numbers: list[int], texts: Sequence[str]) -> list[Any]:
        values = _quick(column, texts)
        if values is None:
            values = [self._cell(column, number, text.strip(" ")) for number, text in zip(numbers, texts, strict=True)]
        return values

    def _cell(self, column: Column, number: int, text: str) -> Any:
        if not text:
            if column.required:
                self._log.add(ProblemKind.EMPTY, number, column.name, "the cell is empty", "Fill it in.")
            return column.default
        try:
            return _value(column, text)
        except CellError as error:
            self._log.add(error.kind, number, column.name, str(error), error.mend)
            return None

    def _codes(self, columns: Columns, numbers: list[int]) -> list[Any]:
        """Codes by their kind: GTINs as GTIN-14, as a scanner's reading will be; digits are a GTIN unless said so."""
        codes = columns.get("code", [None] * len(numbers))
        kinds = columns.get("kind") or [""] * len(numbers)
        checked: list[Any] = []
        for number, code, kind in zip(numbers, codes, kinds, strict=True):
            digits = code is not None and code.isascii() and code.isdigit() and len(code) in (8, 12, 13, 14)
            rule = {"gtin": gtin, "sscc": sscc}.get(kind or ("gtin" if digits else ""))
            try:
                checked.append(code if rule is None or code is None else rule(code))
            except CellError as error:
                mend = (
                    error.mend if kind else f"{error.mend} For a number of your own, say internal in the column kind."
                )
                self._log.add(error.kind, number, "code", str(error), mend)
                checked.append(None)
        return checked

    def _references(self, columns: Columns, numbers: list[int]) -> None:
        for column in self._spec.columns:
            if not column.refers or column.name not in columns:
                continue
            values = columns[column.name]
            if column.refers == "items":
                unknown, kind, noun = self._items.missing(values), ProblemKind.UNKNOWN_ITEM, "item"
            else:
                unknown, kind, noun = self._locations.missing(values), ProblemKind.UNKNOWN_LOCATION, "location"
            if not unknown:
                continue
            for number, value in zip(numbers, values, strict=True):
                if value in unknown:
                    why = f"{noun} {shown(value)} is not known"
                    self._log.add(kind, number, column.name, why, f"Import the {noun} first, or mend the number.")

    def _remember_keys(self, columns: Columns, numbers: list[int]) -> None:
        """Keep 16 bytes a row: the hash of its key and its number."""
        if not self._keyed:
            return
        defaults = {column.name: column.default for column in self._spec.columns}
        parts: list[Iterable[Any]] = [
            columns[name] if name in columns else repeat(defaults[name], len(numbers)) for name in self._spec.key
        ]
        keys = list(zip(*parts, strict=True))
        if any(None in values for name, values in columns.items() if name in self._spec.key):
            pairs = [(key, number) for key, number in zip(keys, numbers, strict=True) if None not in key]
            keys, numbers = [key for key, _ in pairs], [number for _, number in pairs]
        self._hashes.extend(map(hash, keys))
        self._rows.extend(numbers)


class _Known:
    """Remembers which keys exist, up to a bound: files name the same items again and again."""

    BOUND = 300_000

    def __init__(self, look_up: Callable[[Iterable[str]], set[str]]) -> None:
        self._look_up = look_up
        self._found: set[str] = set()

    def missing(self, values: Iterable[str | None]) -> set[str]:
        """Those of ``values`` that do not exist."""
        wanted = {value for value in values if value is not None and value not in self._found}
        if not wanted:
            return wanted
        if len(self._found) > self.BOUND:
            self._found.clear()
        found = self._look_up(wanted)
        self._found |= found
        return wanted - found


def _quick(column: Column, texts: Sequence[str]) -> list[Any] | None:
    """The values of a clean column, or None when a cell of it needs a closer look."""
    if isinstance(column.rule, Words | Whole) and "" not in texts:
        values = column.rule.many(texts)
        return None if values is None or "" in values or not FORMULA_ERRORS.isdisjoint(values) else values
    try:
        meaning = {text: _plain(column, text.strip(" ")) for text in set(texts)}
    except CellError:
        return None
    return [meaning[text] for text in texts]


def _plain(column: Column, text: str) -> Any:
    if text:
        return _value(column, text)
    if column.required:
        raise CellError(ProblemKind.EMPTY, "", "")
    return column.default


def _value(column: Column, text: str) -> Any:
    """The value of a cell that is not empty.  Raises `CellError`."""
    if text in FORMULA_ERRORS:
        raise formula_error(text)
    return column.rule(text)


def _first_rows(hashes: Any, rows: Any, wanted: set[int]) -> dict[int, int]:
    """The first row of every hash that is there more than once."""
    first: dict[int, int] = {}
    for value, row in zip(hashes.tolist(), rows.tolist(), strict=True):
        if value in wanted:
            first.setdefault(value, row)
    return first
