"""The rules of cells that hold a day or a time."""

import datetime

from scanstation.exchange.cells import CellError, shown
from scanstation.exchange.problems import ProblemKind

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def day(text: str) -> int:
    """A date, ``2026-11-30`` or ``20261130``, or a day number, as days since 1970-01-01."""
    if text.isascii() and text.isdigit() and len(text) < 7:
        return int(text)
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise _no_date(text, "2026-11-30") from None
    days = (moment.date() - _EPOCH.date()).days
    if days < 0:
        raise _no_date(text, "2026-11-30")
    return days


def time(text: str) -> int:
    """A time, ``2026-11-30T14:05:00Z``, or whole microseconds, as microseconds since 1970-01-01 UTC.

    A time without an offset is UTC.
    """
    text = text.removesuffix(".0")
    if text.isascii() and text.isdigit() and 12 < len(text) < 18:
        return int(text)
    try:
        moment = datetime.datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=datetime.UTC)
    except ValueError:
        raise _no_date(text, "2026-11-30T14:05:00Z") from None
    since = moment - _EPOCH
    if since.days < 0:
        raise _no_date(text, "2026-11-30T14:05:00Z")
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _no_date(text: str, example: str) -> CellError:
    return CellError(ProblemKind.DATE, f"{shown(text)} is no date since 1970", f"Write it as {example}.")
