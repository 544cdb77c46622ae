"""From the outcome of a reconciliation to a review: findings with their consequences, the worst first."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from scanstation.audit.advice import advise
from scanstation.audit.inputs import rows
from scanstation.audit.model import ClassAccuracy, CountedRecord, Finding, ListingEffect, OrderEffect, RecordKey
from scanstation.audit.tolerance import within
from scanstation.audit.trail import Trail
from scanstation.reconcile import COLUMNS, Outcome
from scanstation.settings import Policy

if TYPE_CHECKING:
    import pyarrow

KEY = ("item", "location", "lot")

Effect = TypeVar("Effect", OrderEffect, ListingEffect)


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What a review needs to know of an item."""

    name: str
    abc_class: str
    unit_cost: int


class Reviewer:
    """Reads one outcome.  Build it, then ask for its parts."""

    def __init__(
        self,
        outcome: Outcome,
        stock: "Mapping[str, pyarrow.Table]",
        *,
        trail: Trail,
        parked: Mapping[str, int],
        policy: Policy,
    ) -> None:
        self.outcome, self.stock, self.trail, self.parked, self.policy = outcome, stock, trail, parked, policy
        columns = ("item", "name", "abc_class", "unit_cost")
        self.items = {item: ItemFacts(*facts) for item, *facts in rows(stock["items"], *columns)}
        self.order_lines = self._order_effects()
        self.listings = self._listing_effects()

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
                in_tolerance=self._within(item, expected, variance),
            )
            for item, location, lot, expected, counted, variance in rows(
                self.outcome.records, *KEY, "expected", "counted", "variance"
            )
        )

    def findings(self) -> tuple[Finding, ...]:
        """Every discrepancy, sorted by what it breaks: value at risk, order lines, listings, then its own value."""
        found = list(rows(self.outcome.discrepancies, *COLUMNS["discrepancies"]))
        recorded = self._recorded({row[:3] for row in found})
        opposite = _opposites(found)
        at_risk = dict(rows(self.outcome.items, "item", "value_at_risk"))
        lines, listed = _by_item(self.order_lines), _by_item(self.listings)
        findings = [
            self._finding(
                row,
                recorded=recorded.get(row[:3], 0),
                elsewhere=opposite.get((row[0], row[5] < 0), ()),
                value_at_risk=at_risk[row[0]],
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
        elsewhere: Sequence[tuple[str, str | None, int]],
        value_at_risk: int,
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
            posts=kind != "unknown_item" and (self.policy.post_within_tolerance or not fits),
            value_at_risk=value_at_risk,
            order_lines=orders,
            listings=listings,
            parked=parked,
            action=action,
        )

    def _order_effects(self) -> tuple[OrderEffect, ...]:
        columns = COLUMNS["order_lines"]
        changed = [dict(zip(columns, row, strict=True)) for row in rows(self.outcome.order_lines, *columns)]
        keys = {(row["order_id"], row["item"]) for row in changed}
        names = ("order_id", "item", "customer", "priority")
        known = {row[:2]: row[2:] for row in rows(self.stock["orders"], *names) if row[:2] in keys}
        effects = [
            (
                known[row["order_id"], row["item"]][1],
                OrderEffect(customer=known[row["order_id"], row["item"]][0], **row),
            )
            for row in changed
        ]
        effects.sort(key=lambda pair: (pair[1].due, pair[0], pair[1].order_id, pair[1].item))
        return tuple(effect for _, effect in effects)

    def _listing_effects(self) -> tuple[ListingEffect, ...]:
        if self.outcome.listings is None:
            return ()
        columns = COLUMNS["listings"]
        effects = (
            ListingEffect(**dict(zip(columns, row, strict=True))) for row in rows(self.outcome.listings, *columns)
        )
        wrong = [effect for effect in effects if effect.false_out_of_stock or effect.oversells]
        return tuple(sorted(wrong, key=lambda effect: (effect.channel, effect.item)))

    def _recorded(self, keys: set[RecordKey]) -> dict[RecordKey, int]:
        return {row[:3]: row[3] for row in rows(self.stock["recorded"], *KEY, "qty") if row[:3] in keys}

    def _facts(self, item: str) -> ItemFacts:
        return self.items.get(item) or ItemFacts(item, "C", 0)

    def _within(self, item: str, expected: int, variance: int) -> bool:
        facts = self._facts(item)
        value = variance * facts.unit_cost
        return within(self.policy.tolerance, facts.abc_class, expected=expected, variance=variance, value=value)


def accuracy_by_class(records: Sequence[CountedRecord]) -> tuple[ClassAccuracy, ...]:
    """Return inventory record accuracy of each class that was counted."""
    total: dict[str, int] = defaultdict(int)
    accurate: dict[str, int] = defaultdict(int)
    for record in records:
        total[record.abc_class] += 1
        accurate[record.abc_class] += record.in_tolerance
    return tuple(ClassAccuracy(abc_class=name, records=total[name], accurate=accurate[name]) for name in sorted(total))


def _opposites(found: Sequence[tuple[Any, ...]]) -> dict[tuple[str, bool], list[tuple[str, str | None, int]]]:
    """By (item, short): where the item shows the opposite variance, the largest first."""
    places: dict[tuple[str, bool], list[tuple[str, str | None, int]]] = defaultdict(list)
    for item, location, lot, _, _, variance, _, _ in found:
        places[item, variance > 0].append((location, lot, abs(variance)))
    for entries in places.values():
        entries.sort(key=lambda entry: (-entry[2], entry[0], entry[1] or ""))
    return places


def _by_item(effects: Sequence[Effect]) -> dict[str, list[Effect]]:
    by_item: dict[str, list[Effect]] = defaultdict(list)
    for effect in effects:
        by_item[effect.item].append(effect)
    return by_item


def _worst_first(finding: Finding) -> tuple[int, int, int, int, str, str, str]:
    return (
        -finding.value_at_risk,
        -len(finding.order_lines),
        -sum(listing.oversells > 0 or listing.false_out_of_stock > 0 for listing in finding.listings),
        -abs(finding.value),
        finding.item,
        finding.location,
        finding.lot or "",
    )
