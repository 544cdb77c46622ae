"""CSV, XLSX and Parquet as one thing: a header and chunks of rows whose cells are text.

Cells of typed files become the text that a CSV would hold (``5`` for 5.0, ISO dates), so that one set of rules checks
all of them.  A missing value is the empty text.
"""

import csv
import datetime
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.parsers.expat import ExpatError

from scanstation.exchange.sheet_errors import Errors, error_cells

CHUNK = 5_000
"""Rows that are in memory at a time."""

LARGEST_SHEET = 2_000_000_000
"""Bytes that an XLSX may unpack to: a small file that unpacks to more is an attack or no import file."""

DELIMITERS = ",;\t"
"""Delimiters that are recognised, by the header line."""

_EXACT = 10**15
"""Whole numbers below are exact in a spreadsheet; from here on one is shown as a number: ``...0.0`` or ``9.5e+16``."""

_BLANK = f'{DELIMITERS} "\r\n'


class UnreadableError(Exception):
    """The file, or the rest of it from ``row`` on, cannot be read: ``str(error)`` says why, ``mend`` what to do."""

    def __init__(self, why: str, mend: str, row: int | None = None) -> None:
        super().__init__(why)
        self.mend = mend
        self.row = row


@dataclass(frozen=True, slots=True)
class Rows:
    """An open file.  ``chunks`` yields (rows read, rows estimated in all, list of rows); every cell is text.

    The header stands in row ``header_row``: blank rows before it are left out, here and in what is read.
    """

    header: Sequence[str]
    chunks: Iterator[tuple[int, int, list[list[str]]]]
    header_row: int = 1


@contextmanager
def open_rows(path: Path) -> Iterator[Rows]:
    """Open a file by its suffix: ``.csv .tsv .txt``, ``.xlsx .xlsm``, ``.parquet``.  Raises `UnreadableError`."""
    readers = {".csv": _csv, ".tsv": _csv, ".txt": _csv, ".xlsx": _xlsx, ".xlsm": _xlsx, ".parquet": _parquet}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise UnreadableError(
            f"{path.suffix or 'no suffix'} is no kind of file that is imported", "Use CSV, XLSX or Parquet."
        )
    with ExitStack() as opened:
        try:
            rows = opened.enter_context(contextmanager(reader)(path))
        except FileNotFoundError as error:
            raise UnreadableError("there is no such file", "Check the path.") from error
        except OSError as error:
            raise UnreadableError(f"cannot be read: {error}", "Check the file and its permissions.") from error
        yield rows


def _csv(path: Path) -> Iterator[Rows]:
    with path.open("rb") as raw:
        if raw.read(2) in (b"\xff\xfe", b"\xfe\xff"):
            raise UnreadableError("is UTF-16 text", "Save it as CSV UTF-8.")
    # Bytes that are no UTF-8 become lone surrogates: the rules on characters then name row and column.
    with path.open("r", encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        first = next((line for line in iter(lambda: file.readline(1 << 16), "") if line.strip(_BLANK)), "")
        file.seek(0)
        reader = csv.reader(file, delimiter=_delimiter(first), strict=True)
        try:
            header, row = _header(reader)
        except csv.Error as error:
            raise UnreadableError(f"badly quoted: {error}", "Mend the quotes.", 1) from error
        yield Rows(header, _csv_chunks(reader, file.buffer, path.stat().st_size, row), row)


def _header(rows: Iterator[list[str]]) -> tuple[list[str], int]:
    """The first row that is not blank, and its number; an empty header in row 1 where all are."""
    for number, row in enumerate(rows, start=1):
        if any(map(str.strip, row)):
            return row, number
    return [], 1


def _delimiter(line: str) -> str:
    bare = re.sub(r'"[^"]*"', "", line)
    return max(DELIMITERS, key=bare.count)


def _csv_chunks(reader: Any, raw: Any, size: int, header_row: int) -> Iterator[tuple[int, int, list[list[str]]]]:
    done = 0
    chunk: list[list[str]] = []
    while True:
        try:
            chunk = []
            chunk.extend(islice(reader, CHUNK))
        except csv.Error as error:
            # What was read before the fault is still checked.
            row = done + len(chunk) + header_row + 1
            yield done + len(chunk), done + len(chunk), chunk
            raise UnreadableError(
                f"cannot be read from here on: {error}", "Mend the quotes of this row or of one before it.", row
            ) from error
        except OSError as error:
            row = done + header_row + 1
            raise UnreadableError(f"cannot be read further: {error}", "Copy the file again.", row) from error
        if not chunk:
            return
        done += len(chunk)
        yield done, max(done, round(done * size / max(raw.tell(), 1))), chunk


def _xlsx(path: Path) -> Iterator[Rows]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > LARGEST_SHEET:
                raise UnreadableError(f"unpacks to {unpacked:,} bytes", "Split it, or use CSV.")
            errors = error_cells(archive)
        workbook = CalamineWorkbook.from_path(str(path))
        sheet = workbook.get_sheet_by_index(0)
        rows = iter(sheet.iter_rows())
    except (CalamineError, zipfile.BadZipFile, KeyError, StopIteration, ElementTree.ParseError, ExpatError) as error:
        raise UnreadableError(f"is no XLSX workbook: {error}", "Save it again as XLSX.") from error
    texts = _sheet_texts(rows, errors)
    header, row = _header(texts)
    yield Rows(header, _sheet_chunks(texts, max(sheet.total_height - row, 0)), row)


def _sheet_texts(rows: Iterator[list[Any]], errors: Errors) -> Iterator[list[str]]:
    """The rows as text, with the errors that the reader left out."""
    for number, row in enumerate(rows):
        texts = [_text(cell) for cell in row]
        for column, error in errors.get(number, {}).items():
            texts += [""] * (column + 1 - len(texts))
            texts[column] = error
        yield texts


def _sheet_chunks(rows: Iterator[list[str]], total: int) -> Iterator[tuple[int, int, list[list[str]]]]:
    done = 0
    while chunk := list(islice(rows, CHUNK)):
        done += len(chunk)
        yield done, total, chunk


def _parquet(path: Path) -> Iterator[Rows]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
    except pa.ArrowInvalid as error:
        raise UnreadableError(f"is no Parquet file: {error}", "Write it again.") from error
    with file:
        yield Rows(list(file.schema_arrow.names), _parquet_chunks(file))


def _parquet_chunks(file: Any) -> Iterator[tuple[int, int, list[list[str]]]]:
    import pyarrow as pa

    done, total = 0, file.metadata.num_rows
    try:
        for batch in file.iter_batches(batch_size=CHUNK):
            columns = [[_text(cell) for cell in column.to_pylist()] for column in batch.columns]
            done += batch.num_rows
            yield done, total, [list(row) for row in zip(*columns, strict=True)]
    except (pa.ArrowException, OSError) as error:
        raise UnreadableError(f"is damaged: {error}", "Write it again.", done + 2) from error


def _text(cell: object) -> str:
    """The text that a CSV would hold for a typed cell."""
    match cell:
        case str():
            return cell
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else repr(cell)
        case datetime.date() | datetime.time():
            return cell.isoformat()
        case bytes():
            return cell.decode("utf-8", "surrogateescape")
        case _:
            return str(cell)
