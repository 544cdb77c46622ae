"""Sheets lie on their paper, texts stay in their boxes, and bars are whole dots."""

import re
from pathlib import Path

import pytest

from scanstation.configuration import SITE_CONFIG
from scanstation.errors import ScanstationError
from scanstation.reports.labels.fonts import label_font
from scanstation.reports.labels.layout import Placed, lay_out
from scanstation.reports.labels.paper import Paper, papers
from scanstation.reports.labels.texts import LEADING
from scanstation.stock.labels import Choice, LabelError, LabelReason, item_label, location_label
from scanstation.stock.model import Item, Location

STEPS = (1 / 8, 1 / 12, 25.4 / 600)
FONT = label_font()
NAMES = ("", "Tea", "A very long name " * 5, "Größe 日本")


@pytest.mark.parametrize("paper", papers().values(), ids=lambda paper: paper.name)
@pytest.mark.parametrize("step", STEPS)
def test_everything_stays_on_the_label_and_nothing_overlaps(paper: Paper, step: float) -> None:
    placed = 0
    for number in ("1", "9901", "A-01-01-03", "x" * 30, "Z" * 64):
        for name in NAMES:
            label = location_label(Location(location=number, site=name), "LOC-")
            placed += inside(lay_out(label, paper, step, FONT), paper, step)
    for choice in Choice:
        for gtin in ("04006381333931", "00000096385074", "14006381333938"):
            label = item_label(Item(item="TEA", name="Tea, a name that has to be cut somewhere", gtin=gtin), choice)
            try:
                placed += inside(lay_out(label, paper, step, FONT), paper, step)
            except LabelError as error:
                assert error.reason is LabelReason.NO_ROOM
                assert error.remedy == "Choose a larger sheet, or --symbol gs1-datamatrix."
                assert paper.label[0] < 40 and re.search("ITF-14|GS1-128", str(error)), "only the smallest lack room"
    assert placed >= 5 * len(NAMES) + 3 * len(Choice) - 4


def inside(placed: Placed, paper: Paper, step: float) -> int:
    width, height = paper.label
    symbol, module = placed.symbol, placed.module
    dots = module / step
    assert abs(dots - round(dots)) < 1e-6 and module >= 0.25 - 1e-9
    quiet = symbol.quiet * module
    assert placed.x - quiet > -1e-6 and placed.x + symbol.width * module + quiet <= width + step
    assert placed.y >= 0 and placed.y + placed.height <= height
    for line in placed.lines:
        assert line.x >= 0 and line.x + line.width <= width + 1e-6
        assert line.y >= 0 and line.y + line.size * LEADING <= height + 1e-6
        above, below = line.y + line.size * LEADING <= placed.y + step, line.y >= placed.y + placed.height - 1e-6
        assert above or below or line.x >= placed.x + symbol.width * module, (line, placed)
        assert FONT.width(line.text, line.size, bold=line.bold) <= line.width + 1e-6
    assert "".join(line.text for line in placed.lines if line.code).endswith(symbol.text[-3:])
    return 1


def test_a_long_number_becomes_a_matrix_symbol_where_the_label_is_narrow() -> None:
    long = location_label(Location(location="L" * 40), "LOC-")
    assert lay_out(long, papers()["roll-50x30"], 1 / 8, FONT).symbol.symbology == "DataMatrix"
    assert lay_out(long, papers()["a4-sign"], 25.4 / 600, FONT).symbol.symbology == "Code 128"
    short = location_label(Location(location="A-01"), "LOC-")
    assert lay_out(short, papers()["roll-50x30"], 1 / 8, FONT).symbol.symbology == "Code 128"


def test_a_sites_own_sheets_are_held_to_sense(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SITE_CONFIG, str(tmp_path))
    table = tmp_path / "labels.toml"
    table.write_text(
        "[sheets.tags]\nlabel = [30, 20]\n[sheets.two]\nlabel=[50,30]\npage=[110,30]\ncolumns=2\nacross=55\n"
    )
    assert papers()["tags"].roll and papers()["two"].corner(1) == (55, 0)
    table.write_text(
        "[sheets.a]\nlabel = [30]\n[sheets.b]\nlabel = [30, 20]\npage = [50, 20]\ncolumns = 2\n"
        "[sheets.c]\nlabel = [30, 20]\npage = [90, 20]\ncolumns = 2\nacross = 20\n"
        '[sheets.d]\nlabel = [30, 20]\nrows = 0\nmargin = 3\nleft = "x"\n'
    )
    with pytest.raises(ScanstationError) as caught:
        papers()
    told = str(caught.value).split(": ", 1)[1].split("; ")
    assert told == [
        "a: label must be width and height",
        "b: the last label ends beyond the page",
        "c: labels overlap",
        "d: margin is unknown",
        "d: left must be a length",
        "d: rows must be 1 or more",
    ]
    table.write_text("[sheets")
    with pytest.raises(ScanstationError, match="cannot be read"):
        papers()
