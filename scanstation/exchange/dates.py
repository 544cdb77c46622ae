"""The rules of cells that hold a day or a time."""

import datetime

from scanstation.exchange.cells import CellError, shown
from scanstation.exchange.problems import ProblemKind

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)

DAYS = range(10_957, 36_525)
"""Day numbers that are taken, 2000 to 2069: from 36526 on a number is a date since 2000 as a spreadsheet counts."""

MICROSECONDS = range(946_684_800_000_000, 4_133_980_800_000_000)
"""Times in microseconds that are taken, 2000 to 2100: what lies outside is another unit or a date without signs."""

_DAY, _TIME = "2026-11-30", "2026-11-30T14:05:00Z"


def day(text: str) -> int:
    """A date, ``2026-11-30`` or ``20261130``, or a day number of `DAYS`, as days since 1970-01-01."""
    if _is_bare(text):
        return _within(text, DAYS, f"Write it as {_DAY}, or as days since 1970-01-01 (2000 to 2069)")
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise _no_date(text, _DAY) from None
    days = (moment.date() - _EPOCH.date()).days
    if days < 0:
        raise _no_date(text, _DAY)
    return days


def time(text: str) -> int:
    """A time, ``2026-11-30T14:05:00Z``, or a number of `MICROSECONDS`, as microseconds since 1970-01-01 UTC.

    A time without an offset is UTC.
    """
    text = text.removesuffix(".0")
    if _is_bare(text):
        return _within(text, MICROSECONDS, f"Write it as {_TIME}, or as microseconds since 1970-01-01 (2000 to 2100)")
    try:
        moment = datetime.datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=datetime.UTC)
    except ValueError:
        raise _no_date(text, _TIME) from None
    since = moment - _EPOCH
    if since.days < 0:
        raise _no_date(text, _TIME)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _is_bare(text: str) -> bool:
    """Whether it is a number; eight digits are a date without its signs."""
    return text.isascii() and text.isdigit() and len(text) != 8


def _within(text: str, numbers: range, mend: str) -> int:
    if len(text) > 20 or int(text) not in numbers:
        raise CellError(
            ProblemKind.DATE, f"the number {shown(text)} is no date here", f"{mend}; format the column as a date."
        )
    return int(text)


def _no_date(text: str, example: str) -> CellError:
    return CellError(ProblemKind.DATE, f"{shown(text)} is no date since 1970", f"Write it as {example}.")
