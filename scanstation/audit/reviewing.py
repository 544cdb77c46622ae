"""From the outcome of a reconciliation to a review: findings with their consequences, the worst first."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from scanstation.audit.advice import advise
from scanstation.audit.findings import (
    Cause,
    Consequence,
    CountedRecord,
    Evidence,
    Finding,
    HeldRecord,
    KeptOut,
    ListingEffect,
    Notice,
    OrderEffect,
    RecordKey,
    Transfer,
)
from scanstation.audit.inputs import records_of, rows
from scanstation.audit.tolerance import within
from scanstation.audit.trail import Trail
from scanstation.audit.wording import cause_words, consequence_words, held_action, notice_words
from scanstation.counting.tally import Tally
from scanstation.reconcile import COLUMNS, Outcome
from scanstation.settings import Policy

if TYPE_CHECKING:
    import pyarrow

KEY = ("item", "location", "lot")
UNKNOWN = "unknown_item"
"""The kind of a discrepancy in which no record of the item is known."""

BOOKS = "MONEY"
"""The consequence that changes the books alone and breaks no promise: a finding's own value says it already."""

Effect = TypeVar("Effect", OrderEffect, ListingEffect, Consequence)


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
        counted: Tally,
        policy: Policy,
    ) -> None:
        self.outcome, self.stock, self.trail, self.policy = outcome, stock, trail, policy
        self.parked, self.marked = counted.parked, counted.damaged.keys() | counted.quarantined.keys()
        columns = ("item", "name", "abc_class", "unit_cost")
        self.items = {item: ItemFacts(*facts) for item, *facts in rows(stock["items"], *columns)}
        self.held = self._held()
        self._moved = {row.key for row in self.held if row.changes}
        self.consequences = self._consequences()
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

    def notices(self) -> tuple[Notice, ...]:
        """What was found beside wrong records: reservations of orders that are gone, listings that drifted."""
        found = [self._named(row) for row in self._answer("findings")]
        found.sort(key=lambda row: (row["kind"], row["item"], row["order_id"], row["channel"]))
        return tuple(Notice(words=notice_words(row), **row) for row in found)

    def kept_out(self) -> tuple[KeptOut, ...]:
        """The rows that were bad and not used."""
        return tuple(KeptOut(**row) for row in records_of(self.outcome.engine.table("kept_out")))

    def transfers(self) -> tuple[Transfer, ...]:
        """What to book over, by item."""
        found = [Transfer(**row) for row in self._answer("transfers")]
        return tuple(sorted(found, key=lambda row: (row.item, row.lot or "", row.source, row.target)))

    def findings(self) -> tuple[Finding, ...]:
        """Every discrepancy, sorted by what it breaks: severity and money of the consequences, then its own value."""
        found = list(rows(self.outcome.discrepancies, *COLUMNS["discrepancies"]))
        recorded = self._recorded({row[:3] for row in found})
        opposite = _opposites(found)
        lines, listed, causes = _by_item(self.order_lines), _by_item(self.listings), self._causes()
        breaks = _by_item([row for row in self.consequences if row.kind != BOOKS])
        findings = [
            self._finding(
                row,
                recorded=recorded.get(row[:3], 0),
                elsewhere=opposite.get((row[0], row[5] < 0), ()),
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
            # a record that is written anyway is written whole
            posts=kind != UNKNOWN and (self.policy.post_within_tolerance or not fits or row[:3] in self._moved),
            causes=causes,
            severity=max((one.severity for one in breaks), default=0),
            at_stake=sum(one.money for one in breaks),
            parked=parked,
            action=action,
        )

    def _answer(self, name: str) -> Iterator[dict[str, Any]]:
        """The rows of an answer; none where the reconciliation stopped after the promises."""
        return records_of(self.outcome.answer(name)) if name in self.outcome.answers else iter(())

    def _held(self) -> tuple[HeldRecord, ...]:
        """The counted records with damaged or quarantined stock, by place."""
        unknown = {item for item, kind in rows(self.outcome.discrepancies, "item", "kind") if kind == UNKNOWN}
        found = (
            HeldRecord(
                item=item,
                name=self._facts(item).name,
                location=location,
                lot=lot,
                damaged_before=damaged_before,
                quarantined_before=quarantined_before,
                damaged=damaged,
                quarantined=quarantined,
                units=units,
                value=value,
                posts=item not in unknown,
                action=held_action(item not in unknown, damaged - damaged_before, quarantined - quarantined_before),
            )
            for item, location, lot, damaged_before, quarantined_before, damaged, quarantined, units, value in rows(
                self.outcome.statuses, *COLUMNS["statuses"]
            )
        )
        return tuple(sorted(found, key=lambda row: (row.location, row.item, row.lot or "")))

    def _consequences(self) -> tuple[Consequence, ...]:
        named = [self._named(row) for row in self._answer("consequences")]
        if not named:
            return ()
        behind: dict[str, list[RecordKey]] = defaultdict(list)
        for item, location, lot in sorted({*rows(self.outcome.discrepancies, *KEY), *self.marked}, key=repr):
            behind[item].append((item, location, lot))
        found = [Consequence(words=consequence_words(row), records=tuple(behind[row["item"]]), **row) for row in named]
        return tuple(sorted(found, key=_breaks_most_first))

    def _named(self, row: dict[str, Any]) -> dict[str, Any]:
        return {**row, "name": self._facts(row["item"]).name}

    def _causes(self) -> dict[RecordKey, tuple[Cause, ...]]:
        """By record, the causes with their evidence, the best first."""
        evidence: dict[tuple[Any, ...], list[Evidence]] = defaultdict(list)
        for row in self._answer("evidence"):
            key = (row["item"], row["location"], row["lot"], row["cause"])
            names = ("about", "reference", "place", "units", "ts", "ratio")
            evidence[key].append(Evidence(**{name: row[name] for name in names}))
        causes: dict[RecordKey, list[tuple[int, Cause]]] = defaultdict(list)
        for row in self._answer("causes"):
            record, cause = (row["item"], row["location"], row["lot"]), row["cause"]
            pieces = tuple(sorted(evidence[*record, cause], key=repr))
            found = Cause(cause=cause, exact=bool(row["exact"]), words=cause_words(cause, pieces), evidence=pieces)
            causes[record].append((row["rank"], found))
        return {key: tuple(cause for _, cause in sorted(ranked, key=_rank)) for key, ranked in causes.items()}

    def _order_effects(self) -> tuple[OrderEffect, ...]:
        columns = COLUMNS["order_lines"]
        changed = [dict(zip(columns, row, strict=True)) for row in rows(self.outcome.order_lines, *columns)]
        if not changed:
            return ()
        keys = {(row["order_id"], row["item"]) for row in changed}
        names = ("order_id", "item", "customer", "priority")
        known = {row[:2]: row[2:] for row in rows(self.stock["orders"], *names) if row[:2] in keys}
        effects = [
            (
                known[row["order_id"], row["item"]][1],
                OrderEffect(customer=known[row["order_id"], row["item"]][0], **self._named(row)),
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
            ListingEffect(**self._named(dict(zip(columns, row, strict=True))))
            for row in rows(self.outcome.listings, *columns)
        )
        wrong = [effect for effect in effects if effect.false_out_of_stock or effect.oversells]
        return tuple(sorted(wrong, key=lambda effect: (effect.channel, effect.item)))

    def _recorded(self, keys: set[RecordKey]) -> dict[RecordKey, int]:
        """By key, the record at t0, all statuses together."""
        recorded: dict[RecordKey, int] = defaultdict(int)
        for item, location, lot, qty in rows(self.stock["recorded"], *KEY, "qty"):
            if (item, location, lot) in keys:
                recorded[item, location, lot] += qty
        return recorded

    def _facts(self, item: str) -> ItemFacts:
        return self.items.get(item) or ItemFacts(item, "C", 0)

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


def _by_item(effects: Sequence[Effect]) -> dict[str, list[Effect]]:
    by_item: dict[str, list[Effect]] = defaultdict(list)
    for effect in effects:
        by_item[effect.item].append(effect)
    return by_item


def _rank(ranked: tuple[int, Cause]) -> int:
    return ranked[0]


def _breaks_most_first(row: Consequence) -> tuple[Any, ...]:
    return (-row.severity, -row.money, row.due is None, row.due, row.kind, row.item, row.order_id, row.channel, row.po)


def _worst_first(finding: Finding) -> tuple[int, int, int, str, str, str]:
    place = (finding.item, finding.location, finding.lot or "")
    return (-finding.severity, -finding.at_stake, -abs(finding.value), *place)
