"""Dates inside payloads: centuries, month ends, and patterns against the calendar."""

import datetime as dt
import re

import pytest

from scanstation.identity.dates import YYMMD0, YYMMDD, YYYYMMDD, century, iso_date


@pytest.mark.parametrize(
    ("year", "now", "full"),
    [(76, 2026, 2076), (77, 2026, 1977), (26, 2026, 2026), (0, 2026, 2000), (99, 2051, 2099), (1, 2051, 2101),
     (2, 2051, 2002), (49, 1999, 2049), (50, 1999, 1950)],
)  # fmt: skip
def test_two_digit_years_lie_within_49_years_back_and_50_ahead(year: int, now: int, full: int) -> None:
    assert century(year, now) == full


@pytest.mark.parametrize(
    ("text", "iso"), [("260200", "2026-02-28"), ("280200", "2028-02-29"), ("261130", "2026-11-30")]
)
def test_day_00_is_the_end_of_the_month(text: str, iso: str) -> None:
    assert iso_date(text, 2026) == iso


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def test_patterns_know_the_calendar() -> None:
    for year in (1996, 1999, 2000, 2024, 2026, 2049):
        for month in range(14):
            for day in range(33):
                text = f"{year % 100:02d}{month:02d}{day:02d}"
                real = _is_day(year, month, day)
                assert (re.fullmatch(YYMMDD, text) is not None) == real, text
                whole_month = 1 <= month <= 12 and day == 0
                assert (re.fullmatch(YYMMD0, text) is not None) == (real or whole_month), text


@pytest.mark.parametrize("year", [1900, 1904, 2000, 2023, 2024, 2100, 2400])
def test_four_digit_years_know_leap_centuries(year: int) -> None:
    assert (re.fullmatch(YYYYMMDD, f"{year}0229") is not None) == _is_day(year, 2, 29)
