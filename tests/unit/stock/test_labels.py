"""Labels are read back by a real decoder, and hostile texts stay texts."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest
import zxingcpp

from scanstation.stock.labels import (
    Label,
    LabelError,
    LabelReason,
    command_label,
    item_label,
    label_sheet,
    label_svg,
    location_label,
    operator_label,
)
from scanstation.stock.model import Item, Location


def read_back(svg: str) -> list[tuple[str, str]]:
    """Draw the rectangles of the SVG path as pixels and decode them."""
    root = ElementTree.fromstring(svg)
    width = int(root.attrib["viewBox"].split()[2])
    path = root.find("{http://www.w3.org/2000/svg}path")
    assert path is not None
    row = np.full(width, 255, np.uint8)
    for start, length in re.findall(r"M(\d+) 0h(\d+)v48", path.attrib["d"]):
        row[int(start) : int(start) + int(length)] = 0
    image = np.tile(np.repeat(row, 3), (90, 1))
    return [(found.text, str(found.format)) for found in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize(
    ("label", "text", "format"),
    [
        (location_label(Location(location="A-01-01", site="HAM", zone="A"), "LOC-"), "LOC-A-01-01", "Code 128"),
        (operator_label("1001", "Ada", "OPR-"), "OPR-1001", "Code 128"),
        (command_label("UNDO", "Undo", "CMD-"), "CMD-UNDO", "Code 128"),
        (item_label(Item(item="SKU-1", name="Tea", gtin="04006381333931")), "4006381333931", "EAN-13"),
        (item_label(Item(item="4006381333931", name="Tea")), "4006381333931", "Code 128"),
        (item_label(Item(item="1234567", name="Odd digits")), "1234567", "Code 128"),
        (Label(code="x" * 40, title="longest"), "x" * 40, "Code 128"),
    ],
)
def test_a_scanner_reads_what_the_label_says(label: Label, text: str, format: str) -> None:
    assert read_back(label_svg(label)) == [(text, format)]


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        (Label(code="", title=""), LabelReason.EMPTY),
        (Label(code="x" * 41, title=""), LabelReason.TOO_LONG),
        (Label(code="Größe", title=""), LabelReason.CHARACTER),
        (Label(code="A\x00B", title=""), LabelReason.CHARACTER),
        (Label(code="4006381333932", title="", ean13=True), LabelReason.CHECK_DIGIT),
    ],
)
def test_unprintable_labels_are_refused(label: Label, reason: LabelReason) -> None:
    with pytest.raises(LabelError) as caught:
        label_svg(label)
    assert caught.value.reason is reason
    assert caught.value.remedy


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "style")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_sheet_is_self_contained_and_inert() -> None:
    evil = '<script>alert("x")</script><img src=http://example.com onerror=1>'
    sheet = label_sheet([Label(code="<b>&'\"", title=evil, detail="</style>" + evil)], title=evil)
    parsed = _Tags()
    parsed.feed(sheet)
    assert not parsed.tags & {"script", "img", "b", "link", "iframe"}
    assert parsed.links == []
    assert evil in parsed.text
    assert "@media print" in sheet
