"""How a report writes numbers, times and hostile text."""

import re
from datetime import UTC, date, datetime, timedelta

_EPOCH = date(1970, 1, 1)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_PICTURES = {sign: 0x2400 + sign for sign in range(32)} | {127: 0x2421}
_HIDING = re.compile(r"[\x80-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]")


def money(amount: int, currency: str = "") -> str:
    """1/10000 units as an amount with two decimals, rounded half up."""
    cents = (abs(amount) + 50) // 100
    text = f"{cents // 100:,}.{cents % 100:02d}"
    sign = "-" if amount < 0 and cents else ""
    return f"{sign}{text} {currency}".rstrip()


def moment(ts: int | None) -> str:
    """Microseconds UTC as ISO 8601 to the second."""
    if ts is None:
        return ""
    return datetime.fromtimestamp(ts / 1e6, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def day(number: int | None) -> str:
    """A day number since 1970-01-01 as an ISO date; nothing for an unknown day."""
    return "" if number is None else (_EPOCH + timedelta(days=number)).isoformat()


def share(value: float | None) -> str:
    """A share as percent with one decimal."""
    return "" if value is None else f"{value * 100:.1f} %"


def visible(text: str) -> str:
    """Control characters as their symbols, so that nothing hides in a payload (GS shows as a sign).

    Those without a symbol, marks that turn text around or hide it and halves of characters become a box, as on the
    pages of the station (``words.js``).
    """
    return _HIDING.sub("\u25a1", text.translate(_PICTURES))


def inert(text: str) -> str:
    """Text that no spreadsheet takes for a formula (OWASP, CSV injection): such a cell begins with an apostrophe."""
    text = visible(text)
    return "'" + text if text.lstrip().startswith(_FORMULA) else text
