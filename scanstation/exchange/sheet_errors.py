"""Finds the error cells (``#N/A``, ``#DIV/0!``) of the first sheet of an XLSX: the reader gives them as empty.

The sheet's XML is searched for the mark of an error cell, ``t="e"`` (ECMA-376 part 1, 18.18.11), and parsed only where
it has one, so that a workbook without errors costs one pass over its bytes.
"""

import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.parsers import expat

_PIECE = 1 << 20
_MARK = re.compile(rb"""\st\s*=\s*["']e["']""")
_PLACE = re.compile(r"([A-Za-z]+)([0-9]+)")
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_LINK = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"

Errors = dict[int, dict[int, str]]
"""Row -> column -> the error as the sheet shows it; both count from 0."""


def error_cells(archive: zipfile.ZipFile) -> Errors:
    """The error cells of the first sheet.

    Raises `KeyError` for a part that is missing, `ElementTree.ParseError` or `expat.ExpatError` for XML that is none.
    """
    sheet = _first_sheet(archive)
    if not any(map(_MARK.search, _overlapping(archive, sheet))):
        return {}
    walk = _Walk()
    for piece in _pieces(archive, sheet):
        walk.parser.Parse(piece, False)
    walk.parser.Parse(b"", True)
    return walk.errors


def _first_sheet(archive: zipfile.ZipFile) -> str:
    """The name of the part that holds the first sheet of the workbook."""
    names = {name.lower(): name for name in archive.namelist()}
    book = ElementTree.fromstring(archive.read(names["xl/workbook.xml"]))
    links = ElementTree.fromstring(archive.read(names["xl/_rels/workbook.xml.rels"]))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    sheet = next(part for part in book.iter() if part.tag.rpartition("}")[2] == "sheet")
    target = targets[sheet.get(_LINK) or sheet.get(_STRICT_LINK)]
    return names[(target[1:] if target.startswith("/") else f"xl/{target}").lower()]


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as part:
        while piece := part.read(_PIECE):
            yield piece


def _overlapping(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Pieces that begin with the end of the one before, so that no mark is cut in two."""
    end = b""
    for piece in _pieces(archive, name):
        yield end + piece
        end = piece[-32:]


class _Walk:
    """One walk over the cells of a sheet.  A cell without a place stands behind the one before it."""

    def __init__(self) -> None:
        self.errors: Errors = {}
        self._row = self._column = -1
        self._in_error = self._in_value = False
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition("}")[2]:
            case "row":
                self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
                self._column = -1
            case "c":
                place = _PLACE.fullmatch(attributes.get("r", ""))
                self._column = _column(place[1]) if place else self._column + 1
                self._in_error = attributes.get("t") == "e"
            case "v" if self._in_error:
                self._in_value = True

    def _text(self, text: str) -> None:
        if self._in_value:
            row = self.errors.setdefault(self._row, {})
            row[self._column] = row.get(self._column, "") + text

    def _end(self, name: str) -> None:
        match name.rpartition("}")[2]:
            case "v":
                self._in_value = False
            case "c":
                self._in_error = False


def _column(letters: str) -> int:
    """``A`` is 0, ``AA`` is 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
