"""Files of three kinds, and files that only look like one."""

import datetime
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from scanstation.exchange.readers import UnreadableError, open_rows
from scanstation.exchange.sheet_errors import error_cells


def read(path: Path) -> list[list[str]]:
    with open_rows(path) as rows:
        return [list(rows.header), *(row for _, _, chunk in rows.chunks for row in chunk)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiter_is_found_by_the_header(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(delimiter.join(["item", '"na,;\tme"', "qty"]) + "\r\n" + delimiter.join("abc") + "\r\n")
    assert read(path) == [["item", "na,;\tme", "qty"], ["a", "b", "c"]]


def test_byte_order_mark_and_quotes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes('\ufeffitem,name\n1,"a ""b""\nc"\n'.encode())
    assert read(path) == [["item", "name"], ["1", 'a "b"\nc']]


def test_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("")
    assert read(path) == [[]]


def test_sheet_cells_become_text(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["item", "qty", "cost", "due", "yes", "none"])
        sheet.write_string(1, 0, "0012")
        sheet.write_number(1, 1, 5)
        sheet.write_number(1, 2, 12.5)
        sheet.write_datetime(1, 3, datetime.datetime(2026, 11, 30), day)
        sheet.write_boolean(1, 4, True)
        sheet.write_string(2, 0, "=1+1")
        sheet.write_string(2, 5, "x")
    header, first, second = read(path)
    assert header == ["item", "qty", "cost", "due", "yes", "none"]
    assert first[:3] == ["0012", "5", "12.5"]
    assert first[3].startswith("2026-11-30")
    assert first[4:] == ["true", ""]
    assert second == ["=1+1", "", "", "", "", "x"]


def test_error_cells_are_found_wherever_they_stand(tmp_path: Path) -> None:
    """Also where a program writes no places, another prefix, or a path from the root."""
    link = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "xl/workbook.xml": f'<w xmlns:r="{link}"><sheets><sheet r:id="rId2"/><sheet r:id="rId1"/></sheets></w>',
        "xl/_rels/workbook.xml.rels": '<R><r Id="rId1" Target="no.xml"/><r Id="rId2" Target="/xl/S.xml"/></R>',
        "xl/S.xml": "<x:s xmlns:x='u'><x:row><x:c><x:v>1</x:v></x:c><x:c t='e'><x:v>#N/A</x:v></x:c></x:row>"
        "<x:row r='9'><x:c r='AB9' t='e'><x:f>1/0</x:f><x:v>#DIV/0!</x:v></x:c></x:row></x:s>",
    }
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        assert error_cells(archive) == {0: {1: "#N/A"}, 8: {27: "#DIV/0!"}}


def test_parquet_cells_become_text(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = pa.table(
        {"item": ["a", None], "qty": [1, None], "cost": [1.5, 2.0], "due": [datetime.date(2026, 1, 2)] * 2}
    )
    pq.write_table(table, path)
    assert read(path) == [["item", "qty", "cost", "due"], ["a", "1", "1.5", "2026-01-02"], ["", "", "2", "2026-01-02"]]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.csv", "item".encode("utf-16"), "UTF-16"),
        ("a.xlsx", b"item,qty\n", "no XLSX"),
        ("a.xlsx", b"PK\x05\x06" + bytes(18), "no XLSX"),
        ("a.parquet", b"PAR1nothing", "no Parquet"),
        ("a.pdf", b"%PDF", "no kind of file"),
        ("a", b"", "no kind of file"),
        ("a.csv", b'item,qty\n"a"b,1\n', "cannot be read from here on"),
        ("a.csv", b'item,qty\n"a,1\n' + b"x" * 200_000, "cannot be read from here on"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match=why) as caught:
        read(path)
    assert caught.value.mend


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="no such file"):
        read(tmp_path / "none.csv")


def test_rows_before_broken_quoting_are_still_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('item,qty\na,1\nb,2\n"c"x,3\nd,4\n')
    seen: list[list[str]] = []
    with pytest.raises(UnreadableError) as caught, open_rows(path) as rows:
        for _, _, chunk in rows.chunks:
            seen.extend(chunk)
    assert seen == [["a", "1"], ["b", "2"]]
    assert caught.value.row == 4
