"""What a report says is what the model holds, whatever was on a label."""

import csv
import io
import json
import re
from dataclasses import asdict, replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanstation.audit.findings import (
    Cause,
    Consequence,
    CountedRecord,
    Evidence,
    Finding,
    HeldRecord,
    KeptOut,
    ListingEffect,
    Notice,
    OrderEffect,
    Transfer,
)
from scanstation.audit.model import Adjustment, Approval, RecountRequest, Rejection
from scanstation.reports import AuditReport, measure, to_csv, to_html, to_json
from scanstation.reports.model import CountPicture, CountSheet, ParkedRead, PictureLabel
from scanstation.reports.words import visible

HOSTILE = [
    '=cmd|" /C calc"!A0',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "--5",
    "-1.2.3",
    "\uff1d1+1",
    "\xa0=1+1",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}",
    "'; DROP TABLE items; --",
    "\x1d\x00\x7f",
]


def record(abc_class: str, expected: int, counted: int, in_tolerance: bool) -> CountedRecord:
    return CountedRecord(
        item="Lamp", location="A-01", lot=None, abc_class=abc_class, expected=expected, counted=counted,
        in_tolerance=in_tolerance,
    )  # fmt: skip


def report(text: str = "Lamp") -> AuditReport:
    return AuditReport(
        audit="AU1", name=text, site=text, state="counting", station="ST01", blind=True, currency="EUR",
        cut_off=1_700_000_000_000_000, made_at=1_700_000_100_000_000, locations=("A-01", "A-02"), not_counted=("A-02",),
        sheets=(CountSheet(location="A-01", round=1, operators=(text,), devices=(text,), opened_at=1, closed_at=2,
                           lines=1, units=8, parked=1, counts=True),),
        findings=(Finding(item=text, name=text, abc_class="A", location="A-01", lot=text, recorded=12, expected=12,
                          counted=8, variance=-4, value=-1_496_000, kind="phantom", round=1, within_tolerance=False,
                          posts=True, booked=-1, sides=text, stays=f"Stays: {text}", causes=(
                              Cause(cause="TIMING", exact=True, words=text, evidence=(
                              Evidence(about="movement", reference=text, place=text, units=4, ts=5, ratio=0),)),),
                          severity=4, at_stake=3, parked=1, action=text),),
        consequences=(Consequence(kind="OVERSOLD", item=text, name=text, order_id=text, customer=text, channel=text,
                                  po=text, line=text, supplier=text, units=4, of_units=5, due=20_000, day=None,
                                  days=None, note="unknown",
                                  by_record=4, in_truth=None, margin=1, handling=2, write_off=0, money=3, severity=4,
                                  tell="customer_desk", action="tell_customer", behind=text, words=text,
                                  records=((text, "A-01", None),)),),
        notices=(Notice(kind="LISTING_DRIFT", item=text, name=text, order_id="", channel=text, said="in_stock",
                        should="out_of_stock", units=1, should_units=0, margin=0, tell="channel", action="publish",
                        words=text),),
        transfers=(Transfer(item=text, lot=text, source="A-01", target="A-02", units=2),),
        order_lines=(OrderEffect(order_id=text, customer=text, item=text, name=text, due=20_000, qty=5,
                                 allow_backorder=False, promised=5, actual=1, short=4, released=0),),
        listings=(ListingEffect(channel=text, item=text, name=text, state="in_stock", published_qty=7, ats_before=7,
                                ats_after=3, false_out_of_stock=0, oversells=4),),
        parked=(ParkedRead(seq=9, location="A-01", payload=text, why=text, ts=3),),
        held=(HeldRecord(item=text, name=text, location="A-01", lot=text, damaged_before=1, quarantined_before=0,
                         damaged=3, quarantined=0, units=2, value=748_000, posts=True, booked=True,
                         action="Move 2 units."),),
        pictures=(CountPicture(sha256="ab" * 32, location=text, round=1, ts=1, device=text, width=40, height=30,
                               labels=(PictureLabel(seq=3, payload=text, item=text, qty=1,
                                                    corners=((1, 2), (9, 2), (9, 8), (1, 8))),),
                               preview="AAAA", fault=""),
                  CountPicture(sha256="cd" * 32, location=text, round=1, ts=1, device=text, width=0, height=0,
                               labels=(), preview="", fault="it is missing")),
        recounts=(RecountRequest(location=text, round=1, operator=text, at=6, reason=text),),
        recounts_due=(),
        outdated=(text,),
        disturbed=("A-01",),
        rejections=(Rejection(item=text, name=text, location=text, lot=None, variance=-4, units=1, value=7,
                              operator=text, at=7, reason=text, others=f"Too: {text}"),),
        approvals=(Approval(operator=text, at=4, reason_code=text, amount=1_496_000),),
        adjustments=(Adjustment(item=text, location="A-01", lot=None, delta=-4, reason_code=text),),
        accuracy=measure([record("A", 12, 8, False), record("B", 5, 5, True)]),
        kept_out=(KeptOut(source="orders", row_key=text, reason="quantity", detail=text, remedy=text),),
        kept_out_rows=3,
        switched_off=(), journal_events=9, journal_head="ab" * 32,
    )  # fmt: skip


class Tags(HTMLParser):
    """Collects every element and attribute name of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}


def tags_of(page: str) -> Tags:
    parser = Tags()
    parser.feed(page)
    return parser


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_a_csv_is_a_formula(text: str) -> None:
    for name, content in to_csv(report(text)).items():
        for row in csv.reader(io.StringIO(content, newline="")):
            for cell in row:
                number = re.fullmatch(r"-?\d+(\.\d+)?", cell)
                assert number or not cell.lstrip().startswith(("=", "+", "-", "@", "\uff1d")), (name, cell)
                assert not re.search(r"[\x00-\x1f\x7f]", cell)


def test_what_hides_or_turns_text_around_is_shown_as_on_the_pages_of_the_station() -> None:
    script = (Path(__file__).parents[3] / "scanstation" / "web" / "static" / "words.js").read_text("utf-8")
    (boxed,) = re.findall(r"(\[\\u0080-[^]]*\])/g", script)
    for number in {*range(0xD800), *range(0xE000, 0x10000)}:
        sign = chr(number)
        symbol = chr(0x2400 + number) if number < 32 else "\u2421" if number == 127 else sign
        assert visible(sign) == (symbol if not re.match(boxed, sign) else "\u25a1"), hex(number)
    assert visible("a\x85\u202eb\u2066\x1d\udcff") == "a□□b□␝□"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_label_adds_no_element_and_no_attribute_to_the_page(text: str) -> None:
    harmless, hostile = tags_of(to_html(report())), tags_of(to_html(report(text)))
    assert hostile.tags == harmless.tags
    assert hostile.attributes == harmless.attributes
    assert "49" not in to_html(report("{{ 7 * 7 }}")).replace("1,496", "").replace("149.60", "")


@given(st.text(max_size=30))
def test_any_text_is_only_text(text: str) -> None:
    assert tags_of(to_html(report(text))).tags == tags_of(to_html(report())).tags


def test_the_page_fetches_nothing_and_runs_nothing() -> None:
    page = to_html(report())
    assert "script" not in tags_of(page).tags
    assert not re.search(r'(src|href)\s*=(?!"data:image/jpeg;base64,)|url\(|@import|http[s]?://', page)


def test_the_page_says_what_breaks() -> None:
    page = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", to_html(report())))
    expected = (
        "4 units of orders go short",
        "1 listing that oversells",
        "-149.60",
        "2024-10-04",
        "oversells 4 units",
        "Not counted, so nothing is concluded about them: A-02",
        "A-01: booked while it was open; count it again",
        f"--head 9:{'ab' * 32}",
    )
    for words in expected:
        assert words in page


def test_json_holds_the_whole_model() -> None:
    document = json.loads(to_json(report()))
    assert document.pop("report_version") == 2
    assert document == json.loads(json.dumps(asdict(report())))


def test_money_is_written_with_its_sign_and_two_decimals() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(report())["discrepancies.csv"], newline="")))
    assert [row["value"] for row in rows] == ["-149.60"]


def test_a_report_without_findings_says_so() -> None:
    page = to_html(replace(report(), findings=(), order_lines=(), listings=(), parked=(), approvals=(), adjustments=()))
    for words in (
        "Every record of the counted places is right",
        "No order line changes its cover",
        "Nothing is posted yet",
    ):
        assert words in page
