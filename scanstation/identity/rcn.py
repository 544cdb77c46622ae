"""Restricted circulation numbers: in-store codes that may hold a price, a weight or a count, by region.

Sources: General Specifications 2.1.12 (variable measure at the point of sale) and the member organisations' rules in
`tables/rcn.tsv`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType

from scanstation.identity.checkdigits import check_digit, measure_check_digit
from scanstation.identity.errors import IdentityError, IdentityReason
from scanstation.identity.gtin import is_restricted, parse_gtin
from scanstation.identity.stated import Measure, Stated, combine


@dataclass(frozen=True, slots=True)
class MeasureRule:
    """Where a region puts the measure into the first 12 of 13 digits."""

    pattern: str
    measure: str
    decimals: int


@dataclass(frozen=True, slots=True)
class RestrictedNumber:
    """A restricted circulation number.

    ``gtin`` is its 14-digit form; ``item`` the same 13 digits with the measure set to zero, by which a catalogue lists
    it; ``measure`` is ``weight`` (kilograms), ``price``, ``count`` or None; ``value`` is in units of
    10 ** -``decimals``.
    """

    gtin: str
    item: str
    measure: str | None = None
    value: int = 0
    decimals: int = 0

    @property
    def amount(self) -> str:
        """The measure as decimal text, such as ``1.234``."""
        if not self.decimals:
            return str(self.value)
        digits = f"{self.value:0{self.decimals + 1}d}"
        return f"{digits[: -self.decimals]}.{digits[-self.decimals :]}"

    @property
    def stated(self) -> Stated:
        """What it states of quantity: a count, a weight, or nothing (a price)."""
        if self.measure == "count":
            return Stated(quantity=self.value, said=(f"count {self.amount}",))
        if self.measure != "weight":
            return Stated()
        step = Fraction(1000, 10**self.decimals)
        return combine([Measure(unit="gram", exact=self.value * step, step=step, said=f"weight {self.amount} kg")])


@cache
def region_rules() -> Mapping[str, Mapping[str, MeasureRule]]:
    """Return the table: region -> two-digit prefix -> rule."""
    regions: dict[str, dict[str, MeasureRule]] = {}
    for line in (Path(__file__).parent / "tables" / "rcn.tsv").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        region, prefixes, pattern, measure, decimals = line.split("\t")
        for prefix in prefixes.split(","):
            regions.setdefault(region, {})[prefix] = MeasureRule(pattern, measure, int(decimals))
    return MappingProxyType(regions)


def parse_rcn(digits: str, region: str) -> RestrictedNumber:
    """Return what a restricted circulation number says in ``region`` (a name of the table).

    Raises IdentityError: no restricted number, an unknown region, or a wrong check digit of the measure.
    """
    rules = region_rules().get(region)
    if rules is None:
        known = ", ".join(sorted(region_rules()))
        raise IdentityError(IdentityReason.UNSUPPORTED, "region", 0, f"one of {known}", repr(region[:20]))
    gtin = parse_gtin(digits)
    if not is_restricted(gtin):
        raise IdentityError(
            IdentityReason.CODE, "restricted circulation number", 0, "prefix 02, 04 or 20 to 29", repr(digits)
        )
    rule = rules.get(gtin[1:3]) if gtin[1] == "2" else None
    if rule is None:
        return RestrictedNumber(gtin, gtin[1:])
    return _measured(gtin, rule, region)


def _measured(gtin: str, rule: MeasureRule, region: str) -> RestrictedNumber:
    number = gtin[1:]
    start, verifier = rule.pattern.index("V"), rule.pattern.find("C")
    value = number[start:12]
    if verifier >= 0 and measure_check_digit(value) != number[verifier]:
        raise IdentityError(
            IdentityReason.CHECK_DIGIT, f"measure of {region}", verifier,
            f"check digit {measure_check_digit(value)}", repr(number[verifier]),
        )  # fmt: skip
    zeros = "0" * len(value)
    body = number[: start if verifier < 0 else verifier] + (measure_check_digit(zeros) if verifier >= 0 else "") + zeros
    return RestrictedNumber(gtin, body + check_digit(body), rule.measure, int(value), rule.decimals)
