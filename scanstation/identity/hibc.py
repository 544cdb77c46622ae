"""HIBC: the Health Industry Bar Code supplier labels (ANSI/HIBC 2.6).

``+A99912345/$$52001510X33``: a primary (labeler LIC, product PCN, unit of measure) and a secondary (expiry, lot or
serial, count) in one symbol, or in two, the secondary with the primary's check character as a link.  The last
character is a modulo-43 check over the symbol.
"""

import re
from datetime import date, datetime

from scanstation.identity.checkdigits import hibc_check_character
from scanstation.identity.dates import month_end
from scanstation.identity.errors import IdentityError, IdentityReason

_R = IdentityReason
_WHAT = "HIBC"
_PRIMARY = re.compile(r"(?P<lic>[A-Z][A-Z0-9]{3})(?P<pcn>[A-Z0-9]{1,18})(?P<uom>[0-9])")
_SYMBOL = re.compile(r"\+[A-Z0-9$].{2,}", re.DOTALL)
_SECONDARY = re.compile(r"(?P<flags>\$\$\+|\$\$|\$\+|\$|)(?P<rest>.*)", re.DOTALL)
_DATES = {"2": ("MMDDYY", 6), "3": ("YYMMDD", 6), "4": ("YYMMDDHH", 8), "5": ("YYJJJ", 5), "6": ("YYJJJHH", 7)}
_EXTRAS = (("14D", "expiry"), ("16D", "production"), ("S", "serial"), ("Q", "quantity"))
_LONGEST = 18


def looks_like_hibc(text: str) -> bool:
    """Whether ``text`` has the shape of a HIBC symbol, so that its check character must be right."""
    if _SYMBOL.fullmatch(text) is None:
        return False
    head = text[1:].partition("/")[0]
    if head.startswith("$"):
        return True
    body = head if "/" in text else head[:-1]
    return _PRIMARY.fullmatch(body) is not None


def parse_hibc(text: str) -> dict[str, str]:
    """Return the fields of one symbol: lic, pcn, uom, lot, serial, expiry, production (ISO dates), quantity, link.

    Raises IdentityError; positions count characters of ``text``.
    """
    if not text.startswith("+") or len(text) < 4:
        raise IdentityError(_R.STRUCTURE, _WHAT, 0, "+ and at least three characters", repr(text[:4]))
    expected = hibc_check_character(text[:-1])
    if expected is None:
        place = next(i for i, character in enumerate(text) if hibc_check_character(character) is None)
        raise IdentityError(_R.CHARACTER, _WHAT, place, "A-Z, 0-9, space or one of -.$/+%", repr(text[place]))
    if text[-1] != expected:
        raise IdentityError(_R.CHECK_DIGIT, _WHAT, len(text) - 1, f"check character {expected!r}", repr(text[-1]))
    body = text[1:-1]
    if body.startswith("$") or body[0].isdigit():
        if len(body) < 2:
            raise IdentityError(_R.LENGTH, _WHAT, 1, "a link character before the check character", "nothing")
        return {**_secondary(body[:-1], 1), "link": body[-1]}
    primary, *rest = body.split("/")
    match = _PRIMARY.fullmatch(primary)
    if match is None:
        raise IdentityError(
            _R.STRUCTURE, _WHAT, 1, "a labeler (letter and 3), a product (1 to 18) and a unit digit", repr(primary[:24])
        )
    fields = match.groupdict()
    position = len(primary) + 2
    for place, part in enumerate(rest):
        first = place == 0 and part[:1] in "$0123456789"
        _take(fields, _secondary(part, position) if first else _extra(part, position), position)
        position += len(part) + 1
    return fields


def _secondary(text: str, position: int) -> dict[str, str]:
    """Read flags, count, date and lot or serial of a secondary."""
    parts = text.split("/")
    match = _SECONDARY.fullmatch(parts[0])
    assert match is not None
    flags, rest = match["flags"], match["rest"]
    fields: dict[str, str] = {}
    start = position + len(flags)
    if flags.startswith("$$"):
        rest, start = _count_and_date(rest, start, fields)
    elif not flags:
        fields["expiry"] = _date("YYJJJ", rest[:5], start)
        rest, start = rest[5:], start + 5
    if len(rest) > _LONGEST:
        raise IdentityError(_R.LENGTH, f"{_WHAT} lot", start, f"at most {_LONGEST} characters", str(len(rest)))
    if rest:
        fields["serial" if flags.endswith("+") else "lot"] = rest
    position += len(parts[0]) + 1
    for part in parts[1:]:
        _take(fields, _extra(part, position), position)
        position += len(part) + 1
    return fields


def _take(fields: dict[str, str], more: dict[str, str], position: int) -> None:
    """Add fields to those before; what is said twice must be said alike."""
    for name, value in more.items():
        if fields.setdefault(name, value) != value:
            raise IdentityError(_R.REPEATED, f"{_WHAT} {name}", position, f"{fields[name]!r} again", repr(value))


def _count_and_date(rest: str, start: int, fields: dict[str, str]) -> tuple[str, int]:
    """Read the optional count (8: two digits, 9: five) and the date behind ``$$``; return what follows and where."""
    if rest[:1] in ("8", "9"):
        size = 2 if rest[0] == "8" else 5
        count = rest[1 : 1 + size]
        if len(count) != size or not count.isdigit():
            raise IdentityError(_R.STRUCTURE, f"{_WHAT} quantity", start + 1, f"{size} digits", repr(count))
        fields["quantity"] = str(int(count))
        rest, start = rest[1 + size :], start + 1 + size
    if rest[:1] == "7":
        return rest[1:], start + 1
    if rest[:1] in _DATES:
        form, size = _DATES[rest[0]]
        fields["expiry"] = _date(form, rest[1 : 1 + size], start + 1)
        return rest[1 + size :], start + 1 + size
    if rest[:1] in ("0", "1"):
        fields["expiry"] = _date("MMYY", rest[:4], start)
        return rest[4:], start + 4
    if "quantity" in fields:
        return rest, start
    raise IdentityError(_R.DATE, f"{_WHAT} expiry", start, "a date flag 2 to 7 or a date MMYY", repr(rest[:4]))


def _extra(part: str, position: int) -> dict[str, str]:
    """Read a field behind a slash with its own data identifier."""
    for identifier, name in _EXTRAS:
        if part.startswith(identifier):
            value = part[len(identifier) :]
            if identifier.endswith("D"):
                return {name: _date("YYYYMMDD", value, position + len(identifier))}
            limit, named = (5, "1 to 5 digits") if name == "quantity" else (_LONGEST, f"1 to {_LONGEST} characters")
            if not 1 <= len(value) <= limit or (name == "quantity" and not value.isdigit()):
                place = position + len(identifier)
                raise IdentityError(_R.LENGTH, f"{_WHAT} {name}", place, named, repr(value[:24]))
            return {name: value}
    raise IdentityError(_R.STRUCTURE, _WHAT, position, "$ and a secondary, or one of 14D, 16D, S, Q", repr(part[:4]))


def _date(form: str, text: str, position: int) -> str:
    """Return the ISO date of ``text``; two-digit years are of this century, a month alone is its last day."""
    wrong = IdentityError(_R.DATE, f"{_WHAT} date", position, f"a date {form}", repr(text[:24]))
    if len(text) != len(form) or not text.isdigit():
        raise wrong
    value = {letter: int("".join(d for d, f in zip(text, form, strict=True) if f == letter)) for letter in set(form)}
    year = value["Y"] if form.startswith("YYYY") else 2000 + value["Y"]
    try:
        if "J" in value:
            return datetime.strptime(f"{year}{value['J']:03d}", "%Y%j").date().isoformat()
        return date(year, value["M"], value.get("D") or month_end(year, value["M"])).isoformat()
    except ValueError:
        raise wrong from None


def format_hibc(body: str) -> str:
    """Return the symbol for ``body`` (all between + and the check character).  Raises IdentityError."""
    check = hibc_check_character("+" + body)
    if check is None:
        raise IdentityError(_R.CHARACTER, _WHAT, 0, "A-Z, 0-9, space or one of -.$/+%", repr(body[:40]))
    return f"+{body}{check}"
