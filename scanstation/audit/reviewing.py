"""From the outcome of a reconciliation to a review: findings with their consequences, the worst first."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from scanstation.audit.advice import advise
from scanstation.audit.answers import UNKNOWN, Answers
from scanstation.audit.findings import (
    Cause,
    Consequence,
    CountedRecord,
    Finding,
    ListingEffect,
    OrderEffect,
    RecordKey,
    Transfer,
)
from scanstation.audit.inputs import KEY, rows
from scanstation.audit.sides import pairs_of, sides_of, with_other_sides
from scanstation.audit.tolerance import within
from scanstation.audit.trail import Trail
from scanstation.counting.tally import Tally
from scanstation.reconcile import COLUMNS, Outcome
from scanstation.settings import Policy

if TYPE_CHECKING:
    import pyarrow

BOOKS = "MONEY"
"""The consequence that changes the books alone and breaks no promise: a finding's own value says it already."""

Effect = TypeVar("Effect", OrderEffect, ListingEffect, Consequence)


class Reviewer(Answers):
    """Reads one outcome and judges its findings by tolerance, rounds and parked codes.  Build it, then ask for its
    parts."""

    def __init__(
        self,
        outcome: Outcome,
        stock: "Mapping[str, pyarrow.Table]",
        *,
        trail: Trail,
        counted: Tally,
        policy: Policy,
    ) -> None:
        super().__init__(outcome, stock, counted=counted)
        self.trail, self.parked, self.policy = trail, counted.parked, policy
        self._found = list(rows(self.outcome.discrepancies, *COLUMNS["discrepancies"]))
        wrong = [(row[:3], row[5], row[7]) for row in self._found]
        self.pairs = pairs_of(wrong, self.transfers())

    def records(self) -> tuple[CountedRecord, ...]:
        """Every record of a counted location, judged by the tolerance of its class."""
        return tuple(
            CountedRecord(
                item=item,
                location=location,
                lot=lot,
                abc_class=self._facts(item).abc_class,
                expected=expected,
                counted=counted,
                in_tolerance=not variance or self._within(item, expected, variance),
            )
            for item, location, lot, expected, counted, variance in rows(
                self.outcome.records, *KEY, "expected", "counted", "variance"
            )
        )

    def findings(self) -> tuple[Finding, ...]:
        """Every discrepancy, sorted by what it breaks: severity and money of the consequences, then its own value."""
        found, posting, sides = self._found, self._posting(), sides_of(self.pairs)
        recorded = self._recorded({row[:3] for row in found})
        opposite, ends = _opposites(found), _ends(self.transfers())
        lines, listed, causes = _by_item(self.order_lines), _by_item(self.listings), self.causes()
        breaks = _by_item([row for row in self.consequences if row.kind != BOOKS])
        findings = [
            self._finding(
                row,
                recorded=recorded.get(row[:3], 0),
                posts=row[:3] in posting,
                sides=sides.get(row[:3], ""),
                elsewhere=ends.get(row[:3], opposite.get((row[0], row[5] < 0), [])),
                causes=causes.get(row[:3], ()),
                breaks=tuple(breaks.get(row[0], ())),
                orders=tuple(lines.get(row[0], ())),
                listings=tuple(listed.get(row[0], ())),
            )
            for row in found
        ]
        return tuple(sorted(findings, key=_worst_first))

    def _finding(
        self,
        row: tuple[Any, ...],
        *,
        recorded: int,
        posts: bool,
        sides: str,
        elsewhere: Sequence[tuple[str, str | None, int]],
        causes: tuple[Cause, ...],
        breaks: tuple[Consequence, ...],
        orders: tuple[OrderEffect, ...],
        listings: tuple[ListingEffect, ...],
    ) -> Finding:
        item, location, lot, expected, counted, variance, value, kind = row
        facts, parked, counted_in = self._facts(item), self.parked.get(location, 0), self.trail.round_of(location)
        fits = self._within(item, expected, variance)
        action = advise(
            kind=kind,
            location=location,
            lot=lot,
            variance=variance,
            elsewhere=elsewhere,
            parked=parked,
            recount=not fits and counted_in < 2,
            claims=[
                (f"{piece.reference}/{piece.place}", piece.units)
                for cause in causes
                for piece in cause.evidence
                if piece.about == "purchase order"
            ],
            orders=orders,
            listings=listings,
        )
        return Finding(
            item=item,
            name=facts.name,
            abc_class=facts.abc_class,
            location=location,
            lot=lot,
            recorded=recorded,
            expected=expected,
            counted=counted,
            variance=variance,
            value=value,
            kind=kind,
            round=counted_in,
            within_tolerance=fits,
            posts=posts,
            booked=variance if posts else 0,
            causes=causes,
            severity=max((one.severity for one in breaks), default=0),
            at_stake=sum(one.money for one in breaks),
            parked=parked,
            action=action,
            sides=sides,
        )

    def _posting(self) -> set[RecordKey]:
        """The wrong records that an adjustment follows from.  A record that is written anyway is written whole, and so
        is the other side of what is booked over."""
        known = [row for row in self._found if row[7] != UNKNOWN]
        if self.policy.post_within_tolerance:
            return {row[:3] for row in known}
        moved = {row.key for row in self.held if row.changes}
        beyond = {row[:3] for row in known if not self._within(row[0], row[3], row[5])}
        return with_other_sides(beyond | moved & {row[:3] for row in known}, self.pairs)

    def _recorded(self, keys: set[RecordKey]) -> dict[RecordKey, int]:
        """By key, the record at t0, all statuses together."""
        recorded: dict[RecordKey, int] = defaultdict(int)
        for item, location, lot, qty in rows(self.stock["recorded"], *KEY, "qty"):
            if (item, location, lot) in keys:
                recorded[item, location, lot] += qty
        return recorded

    def _within(self, item: str, expected: int, variance: int) -> bool:
        facts = self._facts(item)
        value = variance * facts.unit_cost
        return within(self.policy.tolerance, facts.abc_class, expected=expected, variance=variance, value=value)


def _opposites(found: Sequence[tuple[Any, ...]]) -> dict[tuple[str, bool], list[tuple[str, str | None, int]]]:
    """By (item, short): where the item shows the opposite variance, the largest first."""
    places: dict[tuple[str, bool], list[tuple[str, str | None, int]]] = defaultdict(list)
    for item, location, lot, _, _, variance, _, _ in found:
        places[item, variance > 0].append((location, lot, abs(variance)))
    for entries in places.values():
        entries.sort(key=lambda entry: (-entry[2], entry[0], entry[1] or ""))
    return places


def _ends(transfers: Sequence[Transfer]) -> dict[RecordKey, list[tuple[str, str | None, int]]]:
    """By record: the other ends of its transfers, as (location, lot, units)."""
    ends: dict[RecordKey, list[tuple[str, str | None, int]]] = defaultdict(list)
    for move in transfers:
        ends[move.item, move.source, move.lot].append((move.target, move.lot, move.units))
        ends[move.item, move.target, move.lot].append((move.source, move.lot, move.units))
    return ends


def _by_item(effects: Sequence[Effect]) -> dict[str, list[Effect]]:
    by_item: dict[str, list[Effect]] = defaultdict(list)
    for effect in effects:
        by_item[effect.item].append(effect)
    return by_item


def _worst_first(finding: Finding) -> tuple[int, int, int, str, str, str]:
    place = (finding.item, finding.location, finding.lot or "")
    return (-finding.severity, -finding.at_stake, -abs(finding.value), *place)
