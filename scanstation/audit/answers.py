"""Reads the answers of a reconciliation as rows of a review, each with the item's name and in words."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from scanstation.audit.findings import (
    Cause,
    Consequence,
    Evidence,
    HeldRecord,
    KeptOut,
    ListingEffect,
    Notice,
    OrderEffect,
    RecordKey,
    Transfer,
)
from scanstation.audit.inputs import KEY, records_of, rows
from scanstation.audit.wording import RECORD, cause_words, consequence_words, held_action, notice_words
from scanstation.counting.tally import Tally
from scanstation.reconcile import COLUMNS, Outcome, transfers

if TYPE_CHECKING:
    import pyarrow

UNKNOWN = "unknown_item"
"""The kind of a discrepancy in which no record of the item is known."""


class ItemFacts(NamedTuple):
    """What a review needs to know of an item."""

    name: str
    abc_class: str
    unit_cost: int


class Answers:
    """What one outcome says.  ``held``, ``consequences``, ``order_lines`` and ``listings`` are read at once."""

    def __init__(
        self,
        outcome: Outcome,
        stock: "Mapping[str, pyarrow.Table]",
        *,
        counted: Tally,
    ) -> None:
        self.outcome, self.stock = outcome, stock
        self.marked = counted.damaged.keys() | counted.quarantined.keys()
        columns = ("item", "name", "abc_class", "unit_cost")
        self.items = {row[0]: ItemFacts._make(row[1:]) for row in rows(stock["items"], *columns)}
        self._unknown = {item for item, kind in rows(outcome.discrepancies, "item", "kind") if kind == UNKNOWN}
        self.held = self._held()
        self.consequences = self._consequences()
        self.order_lines = self._order_effects()
        self.listings = self._listing_effects()

    def notices(self) -> tuple[Notice, ...]:
        """What was found beside wrong records: reservations of orders that are gone, listings that drifted."""
        found = [self._named(row) for row in self._answer("findings")]
        found.sort(key=lambda row: (row["kind"], row["item"], row["order_id"], row["channel"]))
        return tuple(Notice(words=notice_words(row), **row) for row in found)

    def kept_out(self) -> tuple[KeptOut, ...]:
        """The rows that were bad and not used."""
        return tuple(KeptOut(**row) for row in records_of(self.outcome.engine.table("kept_out")))

    def transfers(self) -> tuple[Transfer, ...]:
        """What to book over, by item; also where the reconciliation stopped after the promises."""
        done = "transfers" in self.outcome.answers
        table = self.outcome.answer("transfers") if done else transfers(self.outcome.engine)
        found = [Transfer(**row) for row in records_of(table)]
        return tuple(sorted(found, key=lambda row: (row.item, row.lot or "", row.source, row.target)))

    def causes(self) -> dict[RecordKey, tuple[Cause, ...]]:
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

    def _answer(self, name: str) -> Iterator[dict[str, Any]]:
        """The rows of an answer; none where the reconciliation stopped after the promises."""
        return records_of(self.outcome.answer(name)) if name in self.outcome.answers else iter(())

    def _held(self) -> tuple[HeldRecord, ...]:
        """The counted records with damaged or quarantined stock, by place."""
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
                posts=item not in self._unknown,
                booked=item not in self._unknown,
                action=held_action(
                    item not in self._unknown, damaged - damaged_before, quarantined - quarantined_before
                ),
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
        found = [Consequence(words=self._words(row), records=tuple(behind[row["item"]]), **row) for row in named]
        return tuple(sorted(found, key=_breaks_most_first))

    def _words(self, row: dict[str, Any]) -> str:
        nothing_posted = row["action"] == "adjust" and row["item"] in self._unknown
        return consequence_words({**row, "action": RECORD} if nothing_posted else row)

    def _named(self, row: dict[str, Any]) -> dict[str, Any]:
        return {**row, "name": self._facts(row["item"]).name}

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

    def _facts(self, item: str) -> ItemFacts:
        return self.items.get(item) or ItemFacts(item, "C", 0)


def _rank(ranked: tuple[int, Cause]) -> int:
    return ranked[0]


def _breaks_most_first(row: Consequence) -> tuple[Any, ...]:
    return (-row.severity, -row.money, row.due is None, row.due, row.kind, row.item, row.order_id, row.channel, row.po)
