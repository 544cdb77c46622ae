"""Printed as HTML, PDF and ZPL, every label is read back by every engine that offers its symbology."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import pytest

from scanstation.reports.labels.fonts import label_font
from scanstation.reports.labels.layout import lay_out
from scanstation.reports.labels.paper import paper_named
from scanstation.reports.labels.zpl import by_command
from scanstation.station.label_check import LabelCheck, Wanted
from scanstation.station.label_sheets import PAPER_STEP, Job, print_labels
from scanstation.stock.model import Item
from scanstation.stock.symbols import Symbol

Labels = Callable[[int], tuple[list[Wanted], list[Item]]]
Checks = Callable[[list[Item]], LabelCheck]

SHEET, ROLL = "a4-3x7", "roll-57x32"


@pytest.mark.parametrize("ending", ["html", "pdf", "zpl"])
def test_what_is_printed_is_read_back_by_every_engine(
    ending: str,
    wanted: Labels,
    check: Checks,
    pictures: ModuleType,
    engines: ModuleType,
    tmp_path: Path,
    full: bool,
    lacking: Callable[[str], NoReturn],
) -> None:
    labels, items = wanted(1_000 if full else 60)
    paper, step = paper_named(ROLL if ending == "zpl" else SHEET), 1 / 8 if ending == "zpl" else PAPER_STEP
    font, out = label_font(), tmp_path / f"labels.{ending}"
    printed = print_labels(labels, check(items), out, Job(), paper, font)
    assert printed.labels == len(labels)
    if ending == "html":
        drawn = pictures.of_html(out.read_text("utf-8"))
    elif ending == "pdf":
        drawn = pictures.of_pdf(out.read_bytes(), paper, len(labels))
    else:
        drawn = pictures.of_zpl(out.read_text("utf-8"), paper, 8, node(pictures, lacking))
    symbols = [lay_out(one.label, paper, step, font).symbol for one in labels]
    assert len(drawn) == len(symbols)
    missed = [text for pair in zip(symbols, drawn, strict=True) for text in faults(engines, *pair)]
    assert missed == []
    if ending == "zpl":
        commands = [by_command(symbol) for symbol in symbols]
        assert 0.2 < sum(commands) / len(commands) < 0.9, "commands and graphic fields are both put to the test"


def test_a_name_cannot_break_out_of_its_label(wanted: Labels, check: Checks, tmp_path: Path) -> None:
    labels, items = wanted(60)
    for ending, sheet in (("zpl", ROLL), ("html", SHEET)):
        print_labels(labels, check(items), tmp_path / f"a.{ending}", Job(), paper_named(sheet), label_font())
    zpl, html = ((tmp_path / f"a.{ending}").read_text("utf-8") for ending in ("zpl", "html"))
    assert (zpl.count("^XA"), zpl.count("^XZ")) == (60, 60)
    assert re.search("[~\x1b\x9b\u202e]", zpl) is None and re.search("[\x1b\x9b\u202e]|<b>", html) is None
    assert "_5EXZ_5EXA" in zpl and "a_5F5Eb" in zpl and "&lt;b&gt;&amp;amp;" in html


def node(pictures: ModuleType, lacking: Callable[[str], NoReturn]) -> str:
    found = shutil.which("node")
    if found is None or not (pictures.HERE / "node_modules/zpl-renderer-js").is_dir():
        lacking("zpl-renderer-js is not installed: sh setup.sh test installs it")
    return found


def faults(engines: ModuleType, symbol: Symbol, picture: Any) -> list[str]:
    return [
        f"{engine} reads {symbol.symbology} {symbol.text!r} as {sorted(texts)}"
        for engine, texts in engines.readings(picture, symbol).items()
        if texts != {engines.expected(symbol)}
    ]
