"""What one audit knows of the things that are told apart from all others, by serial or by the number of a unit."""

from collections.abc import Callable, Iterator, Sequence

from scanstation.counting.events import CountEvent
from scanstation.counting.sameness import same_issuer
from scanstation.counting.visits import issuer_of, unit_of
from scanstation.identity.plates import other_names


class Known:
    """The facts of serialised units, packs and logistic units; ``stands`` says whether a fact still counts."""

    def __init__(self, stands: Callable[[CountEvent], bool]) -> None:
        self._stands = stands
        self._serials: dict[tuple[str, str], list[CountEvent]] = {}
        self._units: dict[str, list[CountEvent]] = {}
        self._numbers: dict[str, set[str]] = {}  # package number without its giver -> units

    def note(self, fact: CountEvent) -> None:
        """Remember a fact, whatever it is of."""
        if (unit := unit_of(fact)) is not None:
            self._units.setdefault(unit, []).append(fact)
            for name in filter(other_names, other_names(unit)):  # with its identifier: a bare 1 may be anything
                self._numbers.setdefault(name, set()).add(unit)
        if fact.serial is not None and fact.item is not None and (unit is None or issuer_of(fact) is not None):
            self._serials.setdefault((fact.item, fact.serial), []).append(fact)

    def last_seen(self, item: str, serial: str, issuer: str | None = None) -> CountEvent | None:
        """The last accepted fact of a serialised unit that still stands, in any location; it says where the unit is."""
        alike = (fact for fact in self.standing(item, serial) if unit_of(fact) is None)
        return next((fact for fact in alike if same_issuer(issuer_of(fact), issuer)), None)

    def standing(self, item: str, serial: str) -> Iterator[CountEvent]:
        """The facts of this item and serial that still stand, whosever serial it is, the newest first."""
        return self._stand(self._serials.get((item, serial), ()))

    def last_seen_unit(self, unit: str) -> CountEvent | None:
        """The same of a pack or logistic unit that was counted as a whole: one of its facts."""
        return next(self._stand(self._units.get(unit, ())), None)

    def counted_as(self, names: Sequence[str]) -> str | None:
        """The name by which a unit stands that may be called any of these, the surest first.

        A number without its giver stands for the only unit that has it, and for none where several do.
        """
        fewer = (other for name in names for other in other_names(name))
        more = [tuple(filter(self.last_seen_unit, self._numbers.get(name, ()))) for name in names]
        known = [*filter(self.last_seen_unit, names), *(units[0] for units in more if len(units) == 1)]
        return next(iter([*known, *filter(self.last_seen_unit, fewer)]), None)

    def visit_of(self, unit: str) -> list[CountEvent]:
        """The standing facts of the last time that this unit was counted."""
        facts = list(self._stand(self._units.get(unit, ())))
        return [fact for fact in reversed(facts) if fact.ts == facts[0].ts]

    def _stand(self, facts: Sequence[CountEvent]) -> Iterator[CountEvent]:
        return filter(self._stands, reversed(facts))
