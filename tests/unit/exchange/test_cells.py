"""What a cell may hold, and what is said when it holds something else."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanstation.exchange import cells, dates
from scanstation.exchange.cells import CellError, Whole, Words, one_of
from scanstation.exchange.problems import ProblemKind

Rule = Callable[[str], Any]


@pytest.mark.parametrize(
    ("rule", "text", "value"),
    [
        (Whole(), "12", 12),
        (Whole(), "+12", 12),
        (Whole(), "007", 7),
        (Whole(-5), "-5", -5),
        (cells.money, "12.50", 125_000),
        (cells.money, "12", 120_000),
        (cells.money, "0.0001", 1),
        (cells.money, "1.500000", 15_000),
        (dates.day, "1970-01-02", 1),
        (dates.day, "20261130", 20_787),
        (dates.day, "2026-11-30T00:00:00", 20_787),
        (dates.day, "20787", 20_787),
        (dates.time, "1970-01-01T00:00:01Z", 1_000_000),
        (dates.time, "1970-01-01 01:00:00.000001+01:00", 1),
        (dates.time, "1970-01-02", 86_400_000_000),
        (dates.time, "1764000000000001", 1_764_000_000_000_001),
        (dates.time, "1764000000000001.0", 1_764_000_000_000_001),
        (cells.truth, "Yes", True),
        (cells.truth, "0", False),
        (one_of("in_stock", "out_of_stock"), "Out of Stock", "out_of_stock"),
        (one_of("A", "B", upper=True), "b", "B"),
        (cells.gtin, "4006381333931", "04006381333931"),
        (cells.gtin, "96385074", "00000096385074"),
        (cells.gln, "4006381000000", "4006381000000"),
        (cells.gln, "4006381000000.A1", "4006381000000.A1"),
        (cells.sscc, "340063810000000018", "340063810000000018"),
        (Words(40), "340063810000000018", "340063810000000018"),
        (Words(40), "12E3", "12E3"),
        (Words(40), "M8x1.0", "M8x1.0"),
        (cells.packs, "1:6 3:24", {1: 6, 3: 24}),
        (Words(5), "=1+1", "=1+1"),
        (Words(5), "Größe", "Größe"),
    ],
)
def test_values(rule: Rule, text: str, value: object) -> None:
    assert rule(text) == value


@pytest.mark.parametrize(
    ("rule", "text", "kind"),
    [
        (Whole(), "twelve", ProblemKind.NUMBER),
        (Whole(), "1_000", ProblemKind.NUMBER),
        (Whole(), "٣", ProblemKind.NUMBER),
        (Whole(), "1e3", ProblemKind.NUMBER),
        (Whole(), "12.5", ProblemKind.NUMBER),
        (Whole(), "12,5", ProblemKind.DECIMAL_COMMA),
        (Whole(), "-1", ProblemKind.NEGATIVE),
        (Whole(1), "0", ProblemKind.RANGE),
        (Whole(), "9" * 16, ProblemKind.RANGE),
        (Whole(), "9" * 5_000, ProblemKind.RANGE),
        (cells.money, "12,50", ProblemKind.DECIMAL_COMMA),
        (cells.money, "1.234,50", ProblemKind.DECIMAL_COMMA),
        (cells.money, "€ 5", ProblemKind.NUMBER),
        (cells.money, "1.23456", ProblemKind.NUMBER),
        (cells.money, "-0.5", ProblemKind.NEGATIVE),
        (cells.money, "9" * 40, ProblemKind.RANGE),
        (cells.money, "nan", ProblemKind.NUMBER),
        (dates.day, "30.11.2026", ProblemKind.DATE),
        (dates.day, "2026-02-30", ProblemKind.DATE),
        (dates.day, "202611", ProblemKind.DATE),
        (dates.day, "46356", ProblemKind.DATE),
        (dates.day, "2026", ProblemKind.DATE),
        (dates.day, "20261130140500", ProblemKind.DATE),
        (dates.time, "yesterday", ProblemKind.DATE),
        (dates.time, "20261130140500", ProblemKind.DATE),
        (dates.time, "20261130114", ProblemKind.DATE),
        (dates.time, "1764000000000", ProblemKind.DATE),
        (dates.time, "1764000000", ProblemKind.DATE),
        (dates.time, "1764000000000000000", ProblemKind.DATE),
        (dates.time, "9" * 5_000, ProblemKind.DATE),
        (dates.time, "0001-01-01T00:00:00+23:59", ProblemKind.DATE),
        (cells.truth, "perhaps", ProblemKind.CHOICE),
        (one_of("a", "b"), "c", ProblemKind.CHOICE),
        (cells.gtin, "4006381333932", ProblemKind.CHECK_DIGIT),
        (cells.gtin, "400638133393", ProblemKind.CHECK_DIGIT),
        (cells.gtin, "12345", ProblemKind.CODE),
        (cells.gtin, "4.00638E+12", ProblemKind.CODE),
        (cells.gln, "4006381000008", ProblemKind.CHECK_DIGIT),
        (cells.gln, "40", ProblemKind.CODE),
        (cells.sscc, "340063810000000019", ProblemKind.CHECK_DIGIT),
        (cells.sscc, "3.40064E+17", ProblemKind.CODE),
        (cells.packs, "9:6", ProblemKind.NUMBER),
        (cells.packs, "1:0", ProblemKind.NUMBER),
        (cells.packs, "1:6 1:7", ProblemKind.NUMBER),
        (Words(5), "abcdef", ProblemKind.TOO_LONG),
        (Words(40), "9.521141000000002e+16", ProblemKind.CODE),
        (Words(40), "9,52114E+16", ProblemKind.CODE),
        (Words(40), "1E+17", ProblemKind.CODE),
        (Words(40), "1234567890123450.0", ProblemKind.CODE),
        (Words(5), "a\x00b", ProblemKind.CHARACTER),
        (Words(5), "a\udcffb", ProblemKind.CHARACTER),
        (Words(5), "a\u202eb", ProblemKind.CHARACTER),
    ],
)
def test_faults(rule: Rule, text: str, kind: ProblemKind) -> None:
    with pytest.raises(CellError) as caught:
        rule(text)
    assert caught.value.kind is kind
    assert str(caught.value)
    assert len(str(caught.value)) < 120
    assert caught.value.mend.endswith(".")


@pytest.mark.parametrize(
    ("rule", "text", "forms"),
    [
        (dates.day, "46356", "2026-11-30, or as days since 1970-01-01 (2000 to 2069)"),
        (dates.time, "20261130140500", "2026-11-30T14:05:00Z, or as microseconds since 1970-01-01 (2000 to 2100)"),
    ],
)
def test_a_number_that_is_no_date_tells_the_forms(rule: Rule, text: str, forms: str) -> None:
    with pytest.raises(CellError) as caught:
        rule(text)
    assert str(caught.value) == f"the number '{text}' is no date here"
    assert caught.value.mend == f"Write it as {forms}; format the column as a date."


@pytest.mark.parametrize(("day", "number"), [("2000-01-01", "10957"), ("2026-11-30", "20787"), ("2069-12-31", "36524")])
def test_a_day_number_is_the_day(day: str, number: str) -> None:
    assert dates.day(number) == dates.day(day) == int(number)


def test_an_allowed_word_is_told() -> None:
    with pytest.raises(CellError) as caught:
        one_of("in_stock", "backorder")("gone")
    assert caught.value.mend == "Use one of: in_stock, backorder."


TEXTS = st.lists(
    (st.text(min_size=1, max_size=8) | st.sampled_from(["1E+16", "1E5", "+"])).map(str.strip).filter(bool),
    min_size=1,
    max_size=5,
)
NUMBERS = st.lists(st.integers(-50, 50).map(str) | st.sampled_from(["1-", "-", "--1", "0x1", "1 2"]), min_size=1)


@given(TEXTS)
def test_many_words_are_checked_as_each(texts: list[str]) -> None:
    check_many(Words(6), texts)


@given(NUMBERS)
def test_many_numbers_are_checked_as_each(texts: list[str]) -> None:
    check_many(Whole(-10, 40), texts)


def check_many(rule: Words | Whole, texts: list[str]) -> None:
    """The quick way takes only what the careful way takes, with the same values."""
    quick = rule.many(texts)
    if quick is not None:
        assert quick == [rule(text) for text in texts]
