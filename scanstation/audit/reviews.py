"""From what was counted and what the books say to a review: the comparison itself, done no more often than needed."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scanstation.audit.findings import RecordKey
from scanstation.audit.following import Followed
from scanstation.audit.inputs import MICROSECONDS_A_DAY, corrected_since, engine_inputs, moved_while_open
from scanstation.audit.model import Audit, RecountRequest
from scanstation.audit.pausing import without_collecting
from scanstation.audit.ports import AuditBook
from scanstation.audit.rejections import standing
from scanstation.audit.review import Review
from scanstation.audit.reviewing import Reviewer
from scanstation.audit.sides import settled
from scanstation.audit.trail import Trail
from scanstation.counting.ports import Journal
from scanstation.counting.tally import Tally
from scanstation.reconcile import OnStep, reconcile
from scanstation.reconcile.engines import engine_for
from scanstation.settings import Policy

if TYPE_CHECKING:
    import pyarrow

KEPT = 4
"""So many audits are followed; another is read anew from the journal."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the inputs of a review cannot have changed without: the stock file's version, taken before it was read, the
    last event at a location of the audit, and the day from which dates are reckoned."""

    audit: str
    version: int | None
    last: int
    day: int


@dataclass(frozen=True, slots=True)
class Kept:
    """The last review, with the hash of its inputs."""

    seen: Seen
    mark: bytes
    review: Review


class Reviews:
    """Reviews audits.  ``clock`` gives microseconds UTC."""

    def __init__(self, book: AuditBook, journal: Journal, *, clock: Callable[[], int], policy: Policy) -> None:
        self._book, self._journal, self._clock, self._policy = book, journal, clock, policy
        self._followed: dict[str, Followed] = {}  # the audit looked at last comes last
        self._last: Kept | None = None

    @without_collecting()
    def counted(self, audit: str) -> tuple[Tally, Trail]:
        """What was counted up to now, and by whom."""
        followed = self._followed.pop(audit, None) or Followed(self._journal, audit)
        self._followed[audit] = followed
        if len(self._followed) > KEPT:
            del self._followed[next(iter(self._followed))]
        followed.catch_up()
        return followed.tallying.sum_up(), followed.trail

    @without_collecting()
    def review(
        self, found: Audit, counted: Tally, trail: Trail, *, full: bool = True, on_step: OnStep | None = None
    ) -> Review:
        """Compare; not ``full`` leaves out what changes no adjustment: causes, consequences, records that are right.

        Where not even the inputs have changed since the last review, such a one is taken from that; and the inputs are
        not even read where nobody has written since.
        """
        now = self._clock()
        seen = Seen(found.audit, self._book.inputs_version(), counted.last, now // MICROSECONDS_A_DAY)
        if not full and self._last is not None and seen.version is not None and self._last.seen == seen:
            return self._again(self._last, found, counted, trail)
        stock = self._book.reconcile_inputs(found.audit)
        inputs = engine_inputs(stock, counted, found.t0 or 0, now)
        spans = trail.spans()
        rounds = {place: (trail.round_of(place), spans.get(place)) for place in trail.locations}
        mark = fingerprint(found.audit, inputs, rounds)
        if not full and self._last is not None and self._last.mark == mark:
            self._last = replace(self._last, seen=seen)
            return self._again(self._last, found, counted, trail)
        review = self._compare(found, stock, inputs, counted, trail, now, full, on_step)
        self._last = Kept(seen, mark, review)
        return decided(review, trail)

    @staticmethod
    def _again(kept: "Kept", found: Audit, counted: Tally, trail: Trail) -> Review:
        return decided(replace(kept.review, state=found.state, head=counted.head), trail)

    def _compare(
        self,
        found: Audit,
        stock: "Mapping[str, pyarrow.Table]",
        inputs: "Mapping[str, pyarrow.Table]",
        counted: Tally,
        trail: Trail,
        now: int,
        full: bool,
        on_step: OnStep | None,
    ) -> Review:
        scope, closed = self._book.scope(found.audit), tuple(counted.counts["location"])
        outcome = reconcile(
            inputs,
            snapshot_ts=found.t0 or 0,
            as_of_ts=now,
            policy=self._policy.consequences,
            full=full,
            engine=engine_for(inputs),
            on_step=on_step,
            where=f"audit {found.audit}",
        )
        try:
            reviewer = Reviewer(outcome, stock, trail=trail, counted=counted, policy=self._policy)
            return Review(
                audit=found.audit,
                name=found.name,
                t0=found.t0 or 0,
                state=found.state,
                findings=reviewer.findings(),
                held=reviewer.held,
                consequences=reviewer.consequences,
                notices=reviewer.notices(),
                transfers=reviewer.transfers(),
                pairs=reviewer.pairs,
                order_lines=reviewer.order_lines,
                listings=reviewer.listings,
                records=reviewer.records() if full else (),
                parked=counted.parked,
                counted=closed,
                not_counted=tuple(place for place in scope if place not in set(closed)),
                recounts=(),
                recounts_due=(),
                rejections=(),
                disturbed=tuple(sorted(moved_while_open(stock["movements"], trail.spans()))),
                overlaps=tuple(pair for pair in self._book.audits_of(scope) if pair[0] != found.audit),
                overtaken=self._overtaken(stock, counted),
                counters=frozenset(),
                kept_out=reviewer.kept_out(),
                switched_off=outcome.summary["switched_off"],
                summary=outcome.summary,
                head=counted.head,
            )
        finally:
            outcome.close()

    def _overtaken(self, stock: "Mapping[str, pyarrow.Table]", counted: Tally) -> dict[RecordKey, str]:
        count_ts = dict(zip(counted.counts["location"], counted.counts["count_ts"], strict=True))
        found = corrected_since(stock["movements"], count_ts)
        audits = {document for document in set(found.values()) if self._book.audit(document) is not None}
        return {key: document for key, document in found.items() if document in audits}


def decided(review: Review, trail: Trail) -> Review:
    """Return a review with who took part in the count, what was decided about it up to now, and what is booked then."""
    rejections = standing(review, trail)
    return replace(
        settled(review, {row.key: not row.alone for row in rejections}),
        counters=frozenset(trail.counters),
        recounts=tuple(
            RecountRequest(
                location=event.location,
                round=event.round,
                operator=event.operator,
                at=event.ts,
                reason=str(event.data.get("why", "")),
            )
            for event in trail.recounts
        ),
        recounts_due=trail.recounts_due(),
        rejections=rejections,
    )


def fingerprint(audit: str, inputs: "Mapping[str, pyarrow.Table]", rounds: Mapping[str, object]) -> bytes:
    """Return a hash of everything that decides the findings of an audit; ``rounds`` says of each location which round
    counts, and from when to when it was open."""
    digest = hashlib.blake2b(repr((audit, sorted(rounds.items()))).encode())
    for name, table in sorted(inputs.items()):
        digest.update(f"{name} {table.schema} {table.num_rows}".encode())
        for column in table.columns:
            for chunk in column.chunks:
                digest.update(str(chunk.offset).encode())
                for buffer in chunk.buffers():
                    digest.update(b"-" if buffer is None else memoryview(buffer))
    return digest.digest()
