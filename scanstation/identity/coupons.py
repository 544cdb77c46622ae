"""North American coupon codes: AI 8110 and AI 8112.

Sources: "North American Coupon Application Guideline Using GS1 DataBar Expanded Symbols" and "GS1 AI (8112) Coupon
Data Specification".  A coupon is one long number of fields whose lengths the number itself tells, so it is read
field by field; each function returns whether the whole number is a coupon.
"""

import re

from scanstation.identity.dates import YYMMDD

_DATE = re.compile(YYMMDD)


class _Digits:
    """A cursor over digits; `fits` turns False at the first field that is missing, short or out of range."""

    def __init__(self, digits: str) -> None:
        self.digits = digits
        self.position = 0
        self.fits = True

    def take(self, count: int) -> str:
        field = self.digits[self.position : self.position + count]
        self.position += count
        self.fits = self.fits and len(field) == count
        return field

    def one_of(self, allowed: str) -> int:
        digit = self.take(1)
        self.fits = self.fits and digit in allowed
        return int(digit) if self.fits else 0

    def sized(self, allowed: str, extra: int) -> str:
        """Read a length digit and the field that it announces, ``extra`` digits longer than the digit says."""
        return self.take(self.one_of(allowed) + extra)

    def option(self, indicator: str) -> bool:
        if self.fits and self.digits[self.position : self.position + 1] == indicator:
            self.position += 1
            return True
        return False

    def purchase(self) -> None:
        """Read a purchase requirement, its code and its family code."""
        self.sized("12345", 0)
        self.one_of("012349")
        self.take(3)

    def further_company(self) -> None:
        """Read the company prefix of a further purchase; length digit 9 says that it is the first one's."""
        if not self.option("9"):
            self.sized("0123456", 6)

    @property
    def complete(self) -> bool:
        return self.fits and self.position == len(self.digits)


def is_coupon_code(digits: str) -> bool:
    """Whether ``digits`` is a coupon of AI 8110."""
    if not (digits.isascii() and digits.isdigit()):
        return False
    coupon = _Digits(digits)
    coupon.sized("0123456", 6)
    coupon.take(6)
    coupon.sized("12345", 0)
    coupon.purchase()
    if coupon.option("1"):
        coupon.one_of("0123")
        coupon.purchase()
        coupon.further_company()
    if coupon.option("2"):
        coupon.purchase()
        coupon.further_company()
    _read_dates(coupon)
    if coupon.option("5"):
        coupon.sized("0123456789", 6)
    if coupon.option("6"):
        coupon.sized("1234567", 6)
    if coupon.option("9"):
        coupon.one_of("01256")
        coupon.one_of("012")
        coupon.take(1)
        coupon.one_of("01")
    return coupon.complete


def _read_dates(coupon: _Digits) -> None:
    expiry = coupon.take(6) if coupon.option("3") else None
    start = coupon.take(6) if coupon.option("4") else None
    for date in (expiry, start):
        coupon.fits = coupon.fits and (date is None or _DATE.fullmatch(date) is not None)
    coupon.fits = coupon.fits and (expiry is None or start is None or start <= expiry)


def is_positive_offer(digits: str) -> bool:
    """Whether ``digits`` is a positive offer file coupon of AI 8112."""
    if not (digits.isascii() and digits.isdigit()):
        return False
    coupon = _Digits(digits)
    coupon.one_of("01")
    coupon.sized("0123456", 6)
    coupon.take(6)
    coupon.sized("0123456789", 6)
    return coupon.complete
