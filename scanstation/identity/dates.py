"""Dates and times inside payloads: their patterns, and two-digit years in their century.

The patterns are regular expression sources without groups.  Leap days of two-digit years need no century: every
fourth year is a leap year in the whole window that GS1 allows (2000 was one).
"""

_DAYS = (
    "(?:(?:0[13578]|1[02])(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)(?:0[1-9]|[12][0-9]|30)|02(?:0[1-9]|1[0-9]|2[0-8]))"
)
_LEAP = "(?:[02468][048]|[13579][26])"

YYMMDD = f"(?:[0-9]{{2}}{_DAYS}|{_LEAP}0229)"
"""A day: year, month, day."""

YYMMD0 = f"(?:{YYMMDD}|[0-9]{{2}}(?:0[1-9]|1[0-2])00)"
"""A day, or with day 00 a whole month."""

YYYYMMDD = f"(?:[0-9]{{4}}{_DAYS}|(?:[0-9]{{2}}(?:0[48]|[2468][048]|[13579][26])|{_LEAP}00)0229)"
"""A day with a four-digit year."""

HH = "(?:[01][0-9]|2[0-3])"
MI = "[0-5][0-9]"
HHMI = HH + MI


def century(year: int, this_year: int) -> int:
    """Return the four-digit year of a two-digit one (General Specifications 7.12): within 49 years back, 50 ahead."""
    difference = year - this_year % 100
    base = this_year - this_year % 100 + year
    if difference >= 51:
        return base - 100
    if difference <= -50:
        return base + 100
    return base


def month_end(year: int, month: int) -> int:
    """Return the last day of a month."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def iso_date(yymmdd: str, this_year: int) -> str:
    """Return a checked YYMMDD as an ISO date; day 00 is the last day of its month (General Specifications 3.4.2).

    >>> iso_date("260200", 2026)
    '2026-02-28'
    """
    year = century(int(yymmdd[:2]), this_year)
    month = int(yymmdd[2:4])
    day = int(yymmdd[4:6]) or month_end(year, month)
    return f"{year:04d}-{month:02d}-{day:02d}"
