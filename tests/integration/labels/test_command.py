"""`scanstation labels`: sheets that are exact, files that are whole, and labels that are refused by name."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import zxingcpp
from typer.testing import CliRunner

from scanstation.access import Role
from scanstation.access.model import Operator
from scanstation.cli.app import command_line
from scanstation.errors import ScanstationError
from scanstation.settings import LabelSettings, Settings
from scanstation.station import label_check
from scanstation.station.label_sheets import Job, sheet
from scanstation.stock.labels import Choice
from scanstation.stock.model import Item, Location
from scanstation.stock.symbols import Symbol, Symbology
from scanstation.store.access import StoredOperatorBook
from scanstation.store.stock import open_stock

TEA, LAMP, GUM = "04006381333931", "14006381333938", "00000096385074"


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stock file with some items and locations."""
    path = Settings(data_dir=tmp_path_factory.mktemp("stocked")).stock_path
    with open_stock(path) as stock:
        stock.put_items(
            [
                Item(item="9901", name="Screw"),
                Item(item="99-01-A", name="Screw <b>4 x 40</b>, a name that is longer than any label is wide"),
                Item(item="TEA", name="Tea", gtin=TEA),
                Item(item="LAMP", name="Lamps", gtin=LAMP),
                Item(item="Schlüssel", name="日本 Спички"),
            ]
        )
        stock.put_locations([Location(location=f"A-01-{number:02}", site="HAM") for number in range(30)])
    return path


@pytest.fixture
def settings(stocked: Path, tmp_path: Path) -> Settings:
    made = Settings(data_dir=tmp_path / "var")
    made.data_dir.mkdir()
    shutil.copy(stocked, made.stock_path)
    return made


def codes(page: Any) -> list[str]:
    return sorted(found.text for found in zxingcpp.read_barcodes(page))


def test_the_labels_of_a_whole_sheet_are_read_off_the_page(settings: Settings, tmp_path: Path) -> None:
    import pypdfium2

    printed = sheet("locations", settings, tmp_path / "a.pdf", Job(sheet="a4-3x8", start=20))
    assert (printed.labels, printed.pages) == (30, 3)
    pages = [
        page.render(scale=200 / 72, grayscale=True).to_numpy() for page in pypdfium2.PdfDocument(tmp_path / "a.pdf")
    ]
    assert [len(codes(page)) for page in pages] == [5, 24, 1]
    assert [text for page in pages for text in codes(page)] == [f"LOC-A-01-{number:02}" for number in range(30)]


def test_copies_and_patterns_choose_what_is_printed(settings: Settings, tmp_path: Path) -> None:
    out = tmp_path / "a.html"
    job = Job(only=("A-01-1*", "A-01-2*"), without=("*9",), copies=3)
    assert sheet("locations", settings, out, job).labels == 3 * 18
    assert re.findall(r'aria-label="([^"]*)"', out.read_text("utf-8"))[:4] == ["LOC-A-01-10"] * 3 + ["LOC-A-01-11"]
    assert sheet("commands", settings, out, Job(only=("UNDO", "QTY-1*"))).labels == 1 + 3
    zpl = tmp_path / "a.zpl"
    sheet("locations", settings, zpl, job)
    assert zpl.read_text().count("^PQ3^XZ") == 18


def test_an_item_without_gtin_keeps_its_number_and_it_is_told(settings: Settings, tmp_path: Path) -> None:
    out = tmp_path / "a.html"
    (note,) = sheet("items", settings, out, Job(choice=Choice.GS1_128)).notes
    assert note == "no GTIN is known of 3 items, such as 99-01-A: the own number is printed"
    labels = re.findall(r'aria-label="([^"]*)"', out.read_text("utf-8"))
    assert sorted(labels) == sorted(["9901", "99-01-A", f"01{TEA}", f"01{LAMP}", "Schlüssel"])


def test_a_number_that_looks_like_something_else_is_told_and_a_link_of_ours_is_none(
    settings: Settings, tmp_path: Path
) -> None:
    with open_stock(settings.stock_path) as stock:
        stock.put_items([Item(item="OPX-1", name="Odd"), Item(item="urn:epc:id:giai:9521141.7", name="Odder")])
    printed = sheet("items", settings, tmp_path / "a.html", Job(choice=Choice.DIGITAL_LINK, without=("99*", "S*")))
    assert [note.split(":")[0] for note in printed.notes] == ["item urn", "no GTIN is known of 2 items, such as OPX-1"]
    assert "looks like an EPC" in printed.notes[0]


def test_the_texts_are_escaped_and_the_page_is_self_contained(settings: Settings, tmp_path: Path) -> None:
    sheet("items", settings, tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text("utf-8")
    assert "<b>" not in page and "Screw &lt;b&gt;4" in page
    assert not re.search(r"<(script|link|img|iframe)|url\(|src=|href=", page)


def test_characters_that_the_font_lacks_are_told(settings: Settings, tmp_path: Path) -> None:
    (note,) = sheet("items", settings, tmp_path / "a.pdf").notes
    assert "lacks characters in the texts of 1 label, such as item Schlüssel" in note
    assert sheet("items", settings, tmp_path / "a.html").notes == []


@pytest.mark.parametrize("ending", ["html", "pdf", "zpl"])
def test_what_does_not_read_back_is_refused_by_name_and_nothing_is_written(
    ending: str, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from barcode.codex import Code128

    import scanstation.stock.labels as labels

    def faulty(symbology: Symbology, text: str) -> Symbol:
        """A generator that drops a leading 99, as python-barcode 0.16.1 does."""
        return Symbol(symbology=symbology, text=text, rows=(str(Code128(text).build()[0]),))

    out = tmp_path / f"a.{ending}"
    out.write_text("the sheet of before")
    monkeypatch.setattr(labels, "draw", faulty)
    with pytest.raises(ScanstationError) as caught:
        sheet("items", settings, out, Job(choice=Choice.CODE128, without=("Schl*",)))
    assert str(caught.value).splitlines() == [
        "2 of 4 labels cannot be printed, so none is:",
        "  item 99-01-A: '99-01-A' as Code 128 reads back as '-01-A' (Code 128). Print it in another symbol.",
        "  item 9901: '9901' as Code 128 reads back as '01' (Code 128). Print it in another symbol.",
    ]
    assert out.read_text() == "the sheet of before"
    assert list(tmp_path.glob("*.part")) == []


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ("CMD-UNDO", "'CMD-UNDO' is read as command UNDO"),
        ("LOC-A-01-01", "'LOC-A-01-01' is read as location A-01-01"),
        ("OPR-7", "'OPR-7' is read as operator 7"),
    ],
)
def test_a_label_that_names_something_else_is_refused(item: str, told: str, settings: Settings, tmp_path: Path) -> None:
    with open_stock(settings.stock_path) as stock:
        stock.put_items([Item(item=item, name="Odd")])
        StoredOperatorBook(stock.engine).add_operator(Operator(badge="7", name="Ada", role=Role.COUNTER, pin_hash="-"))
    with pytest.raises(ScanstationError, match=re.escape(told)):
        sheet("items", settings, tmp_path / "a.html")
    assert not (tmp_path / "a.html").exists()
    sheet("items", settings, tmp_path / "a.html", Job(without=(item,)))


@pytest.mark.parametrize("item", ["CMD-DANCE", "LOC-Z-99", "OPR-8"])
def test_a_number_that_only_looks_like_a_label_of_ours_is_printed_with_a_note(
    item: str, settings: Settings, tmp_path: Path
) -> None:
    with open_stock(settings.stock_path) as stock:
        stock.put_items([Item(item=item, name="Odd")])
    (note,) = sheet("items", settings, tmp_path / "a.html", Job(only=(item,))).notes
    assert f"item {item}: '{item}' looks like a" in note and "it counts as the item unless there is a" in note


@pytest.mark.parametrize(
    ("what", "out", "job", "told"),
    [
        ("lamps", "a.html", Job(), "no labels of kind 'lamps'"),
        ("items", "a.docx", Job(), "a.docx: labels are written as HTML, PDF or ZPL"),
        ("items", "a.html", Job(sheet="a5"), "no sheet is named 'a5'"),
        ("items", "a.zpl", Job(sheet="a4-3x8"), "a4-3x8 is a sheet, and ZPL prints labels on a roll"),
        ("items", "a.zpl", Job(dpi=96), "no label printer has 96 dpi"),
        ("items", "a.html", Job(start=22), "a4-3x7 has 21 labels, not 22"),
        ("items", "a.html", Job(only=("nothing",)), "there is no such label to print"),
        ("items", "no/folder/a.html", Job(), "cannot be written: there is no folder "),
        ("items", "a.zpl", Job(sheet="roll-38x25", choice=Choice.CODE128, only=("99-01-A", "Schl*")), "Schlüssel"),
    ],
)
def test_what_cannot_be_printed_is_told(
    what: str, out: str, job: Job, told: str, settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(ScanstationError) as caught:
        sheet(what, settings, tmp_path / out, job)
    assert told in str(caught.value) and caught.value.remedy
    assert list(tmp_path.glob("a.*")) == []


def test_the_command_prints_and_lists_its_papers(settings: Settings, tmp_path: Path) -> None:
    app, run = command_line(["labels"]), CliRunner(env={"SCANSTATION_DATA_DIR": str(settings.data_dir)}).invoke
    done = run(app, ["labels", "items", "--out", str(tmp_path / "a.zpl"), "--symbol", "qr", "--dpi", "300"])
    assert (done.exit_code, "5 labels on 5 pages written to" in done.output) == (0, True)
    assert "roll-50x30" in run(app, ["labels", "sheets"]).output
    wrong = run(app, ["labels", "items", "--symbol", "code-39"])
    assert isinstance(wrong.exception, ScanstationError) and "no symbol is named 'code-39'" in str(wrong.exception)


def test_the_camera_reads_the_page_that_a_browser_shows(
    settings: Settings, tmp_path: Path, pictures: ModuleType, engines: ModuleType, lacking: Callable[[str], Any]
) -> None:
    import numpy as np
    from PIL import Image

    browser = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if browser is None:
        lacking("no Chromium on this machine: sh setup.sh test installs it")
    sheet("items", settings, tmp_path / "a.html")
    shot = tmp_path / "a.png"
    switches = ["--headless", "--no-sandbox", "--force-device-scale-factor=3", "--window-size=850,1200"]
    command = [browser, *switches, f"--screenshot={shot}", (tmp_path / "a.html").as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    texts = codes(np.asarray(Image.open(shot).convert("L")))
    assert texts == sorted(["9901", "99-01-A", TEA[1:], LAMP, "Schlüssel"])


def test_a_site_has_its_own_font_and_domain(settings: Settings, tmp_path: Path) -> None:
    own = LabelSettings(resolver="https://shop.example/", font=tmp_path / "none.ttf")
    with pytest.raises(ScanstationError, match="is no font that labels can be set in"):
        sheet("items", settings.model_copy(update={"labels": own}), tmp_path / "a.html")
    own = LabelSettings(resolver="https://shop.example/")
    sheet("items", settings.model_copy(update={"labels": own}), tmp_path / "a.html", Job(choice=Choice.DIGITAL_LINK))
    assert f'"https://shop.example/01/{TEA}"' in (tmp_path / "a.html").read_text("utf-8")


def test_the_read_back_is_the_stations_own() -> None:
    symbol = Symbol(symbology=Symbology.CODE128, text="A", rows=("1" * 40,))
    with pytest.raises(ScanstationError, match="reads back as nothing"):
        label_check.read_back(symbol)


def test_an_item_like_a_label_of_ours_is_told_and_refused_where_there_is_such_a_place(
    settings: Settings, tmp_path: Path
) -> None:
    with open_stock(settings.stock_path) as stock:
        stock.put_items([Item(item="LOC-243", name="Bracket")])
    printed = sheet("items", settings, tmp_path / "a.html", Job(only=("LOC-243",)))
    assert printed.labels == 1
    assert [note for note in printed.notes if "looks like a location label of ours (LOC-...)" in note]
    with open_stock(settings.stock_path) as stock:
        stock.put_locations([Location(location="243")])
    with pytest.raises(ScanstationError, match="is read as location 243"):
        sheet("items", settings, tmp_path / "b.html", Job(only=("LOC-243",)))
