"""What is told apart from all others counts once at a place, however often it comes back to it.

A serialised unit, a pack and a logistic unit may be counted at a place, then elsewhere, then here again.  Each time is
a *visit*: one fact of a serial, all facts of one time of a pack or logistic unit.  Of its visits to one round of one
location that still stand, the last one counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from scanstation.counting.events import CountEvent, EventKind

QUANTITY = frozenset({EventKind.COUNTED, EventKind.RESOLVED, EventKind.CORRECTED})
"""Kinds of facts whose ``qty`` adds to a line."""

Thing = tuple[str, ...]
"""(item, serial, issuer) of a serialised unit, (unit,) of a pack or logistic unit."""

Booking = tuple[CountEvent, int]
"""A fact, and whether to add it (1) or to take it back (-1)."""


def unit_of(fact: CountEvent) -> str | None:
    """The pack or logistic unit whose content this fact is, where it was counted as a whole."""
    unit = fact.data.get("unit")
    return None if unit is None else str(unit)


def issuer_of(fact: CountEvent) -> str | None:
    """Within what its serial is unique (`Identity.issuer`), where that was noted."""
    issuer = fact.data.get("issuer")
    return None if issuer is None else str(issuer)


def thing_of(fact: CountEvent) -> Thing | None:
    """What a quantity fact counts, where that is told apart from all others."""
    if fact.kind not in QUANTITY:
        return None
    if (unit := unit_of(fact)) is not None:
        return (unit,)
    return None if fact.serial is None or fact.item is None else (fact.item, fact.serial, issuer_of(fact) or "")


@dataclass(slots=True)
class Visits:
    """The standing facts of one round of one location, by what they count, in the order of the journal."""

    facts: dict[Thing, list[CountEvent]] = field(default_factory=dict)

    def take(self, fact: CountEvent) -> list[Booking]:
        """Take in a fact of any kind; return what it changes of the lines."""
        if (thing := thing_of(fact)) is None:
            return [(fact, 1)]
        before = self.facts.setdefault(thing, [])
        outdated = [] if before and _one_visit(before[-1], fact) else _last_visit(before)
        before.append(fact)
        return [(fact, 1), *((old, -1) for old in outdated)]

    def drop(self, fact: CountEvent) -> list[Booking]:
        """Take back a fact that was taken in; return what that changes of the lines."""
        if (thing := thing_of(fact)) is None:
            return [(fact, -1)]
        facts = self.facts[thing]
        counts = fact.seq == facts[-1].seq or _one_visit(facts[-1], fact)
        del facts[next(at for at in reversed(range(len(facts))) if facts[at].seq == fact.seq)]
        if not counts:
            return []
        again = [] if facts and _one_visit(facts[-1], fact) else _last_visit(facts)
        if not facts:
            del self.facts[thing]
        return [(fact, -1), *((old, 1) for old in again)]

    def of(self, facts: Iterable[CountEvent]) -> "Visits":
        """A copy that knows only what these facts count."""
        things = {thing for fact in facts if (thing := thing_of(fact)) is not None}
        return Visits({thing: list(self.facts[thing]) for thing in things if thing in self.facts})


def _one_visit(fact: CountEvent, other: CountEvent) -> bool:
    """Whether two facts of one thing come from one scan: only a pack or logistic unit has several."""
    return fact.ts == other.ts and unit_of(fact) is not None


def _last_visit(facts: list[CountEvent]) -> list[CountEvent]:
    if len(facts) < 2:
        return list(facts)
    return [fact for fact in facts if fact is facts[-1] or _one_visit(facts[-1], fact)]
