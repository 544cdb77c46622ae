"""The symbols of one trigger or picture as a set: which labels they make, and what each label comes to.

A set is planned before anything is decided: halves are joined with what they belong to, symbols of one package are one
label (`scanstation.counting.packages`), and what belongs to no item is taken by itself.  A label that grew while it was
in view is counted anew, in place of what was counted of it before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.joining import Seen, join, lacking
from scanstation.counting.marks import Mark, mark_of
from scanstation.counting.packages import Package, packages_of
from scanstation.identity import Identity, Names
from scanstation.station.beside import said_before, says, told_by
from scanstation.station.labelling import LabelDesk
from scanstation.station.symbols import Symbol, payload_text, symbol_text
from scanstation.station.whole import what_counts
from scanstation.stock.catalogue import Unresolved
from scanstation.stock.quantity import is_missing, unclear_item

Parts = tuple[Symbol, ...]
"""Symbols that mean something only together, or one that stands alone."""


@dataclass(frozen=True, slots=True)
class Label:
    """One label of a set: its symbols, the one that tells most first.

    ``package`` is what the package is known to wear, None for a symbol that is taken by itself; ``before`` what was
    made of it when less of it was seen.  ``torn`` is the half of a label of which nobody can tell whose it is.
    """

    symbols: Parts
    package: Package | None = None
    before: Seen | None = None
    torn: bool = False


@dataclass(frozen=True, slots=True)
class SetDesk:
    """Makes labels of sets, and decides about them.  Nothing is written here."""

    desk: LabelDesk

    def labels(self, symbols: Sequence[Symbol]) -> list[Label]:
        """The labels of one set, in the order in which they are to be decided: a place first, what asks last."""
        marks: list[Mark] = []
        parts_of: list[Parts] = []
        alone: list[Label] = []
        unclear: list[tuple[Parts, Unresolved]] = []
        whole, torn = _halves_joined(symbols)
        for identity, parts in whole:
            found = what_counts(identity, self.desk.session, self.desk.catalogue) if _may_count(identity) else None
            if isinstance(found, Unresolved) and unclear_item(found) is not None:
                unclear.append((parts, found))
                continue
            if found is None or isinstance(found, Unresolved):
                alone += [Label((part,)) for part in parts]
                continue
            worn = tuple(symbol_text(part) for part in parts)
            marks.append(mark_of(identity, found, worn, _place(parts[0]), len(parts_of)))
            parts_of.append(parts)
        asking: list[Label] = []
        for parts, doubtful in unclear:
            (asking if is_missing(doubtful) else alone).extend(_unclear(parts, doubtful, marks, parts_of))
        labels, known = [], self._known(symbols)
        for place, (package, fresh) in enumerate(packages_of(marks, [one.package for one in known if one.package])):
            if fresh:
                own = sorted(fresh, key=lambda mark: mark.rank, reverse=True)
                these = tuple(part for mark in own for part in parts_of[mark.number])
                labels.append(Label(these, package, known[place] if place < len(known) else None))
        told = {text for label in labels if label.package is not None for text in told_by(label.package)}
        told |= {text for seen in known if seen.package is not None for text in told_by(seen.package)}
        alone += [Label((part,), torn=True) for parts in torn for part in parts]
        alone = [one for one in alone if told.isdisjoint(says(one.symbols[0]))]
        alone.sort(key=lambda one: one.symbols[0].identity.names is not Names.LOCATION)
        labels.sort(key=self._asks)
        return [*alone, *labels, *asking]

    def _asks(self, label: Label) -> bool:
        """Whether it will be asked about: that comes last, so that its question stands."""
        assert label.package is not None
        return self.desk.judge.question(label.package.found, at=label.symbols[0].read.received_at) is not None

    def decide(self, label: Label) -> Decision:
        """Count a label, ask about it, or take its one symbol as any scan."""
        if label.torn:
            return self.desk.park_half(label.symbols[0], "whose label it is of is not said, scan it with its item:")
        if label.package is None:
            return self.desk.take(label.symbols[0])
        grown = label.before
        before = None if grown is None else self.desk.still(grown)
        if before is not None and before.package is not None and before.package.found == label.package.found:
            self.desk.joiner.add(label.symbols[0].read.device, replace(before, package=label.package), grown)
            return self._again(label)
        return self.desk.count_package(label.symbols, label.package, before, grown)

    def _known(self, symbols: Sequence[Symbol]) -> list[Seen]:
        """The labels that this trigger gave before."""
        if not symbols or symbols[0].read.trigger is None:
            return []
        return self.desk.joiner.together(symbols[0].read.device, symbols[0].read.trigger)

    def _again(self, label: Label) -> Decision:
        """The label says nothing that it did not say before; a question about it goes on standing."""
        read = label.symbols[0].read
        return self.desk.session.tell(said_before(read, self.desk.session.question), read.read_id)


def _unclear(parts: Parts, found: Unresolved, marks: list[Mark], parts_of: list[Parts]) -> list[Label]:
    """A symbol whose item is known and whose quantity is not, with what else its package wears.

    A quantity that is only missing may stand in another symbol: then it is one label with that.  One that is stated and
    not understood is parked with the symbols that name the item and no quantity: these are no further unit.
    """
    same = [mark for mark in marks if [line.item.item for line in mark.found.lines] == [unclear_item(found)]]
    if is_missing(found):
        texts = {symbol_text(part) for part in parts}
        room = (mark for mark in same if texts.isdisjoint(map(symbol_text, parts_of[mark.number])))
        told = next((mark for mark in room if mark.states_quantity), None)
        if told is None:
            return [Label((part,)) for part in parts]
        parts_of[told.number] += parts
        return []
    plain = {mark.symbols: mark for mark in reversed(same) if not mark.states_quantity and not mark.names_a_thing}
    for mark in plain.values():
        marks.remove(mark)
    worn = [payload_text(part.read) for mark in plain.values() for part in parts_of[mark.number]]
    first, *others = parts
    data = {**first.data, **({"label": worn} if worn else {})}
    return [Label((replace(first, data=data),)), *(Label((part,)) for part in others)]


def _halves_joined(symbols: Sequence[Symbol]) -> tuple[list[tuple[Identity, Parts]], list[Parts]]:
    """The symbols with what each names, a half joined with what it belongs to, and halves of which nobody can tell.

    Whatever the order of the symbols: a half that may belong to several things goes to the one nearest to it in the
    picture.  Halves that find nothing stay by themselves: they wait for the next symbol of the device.
    """
    joined: list[tuple[Identity, Parts]] = [(one.identity, (one,)) for one in symbols if lacking(one.identity) is None]
    halves: list[tuple[Identity, Parts]] = [
        (one.identity, (one,)) for one in symbols if lacking(one.identity) is not None
    ]
    waiting = [half for half in halves if _torn(half[0], halves)]
    for half in halves:
        label: tuple[Identity, Parts] = half
        if half in waiting:
            continue
        for place, (other, others) in enumerate(waiting):
            both = None if _torn(other, halves) else join(other, half[0])
            if both is not None:
                del waiting[place]
                label = (both, (*others, *half[1]))
                break
        (joined if lacking(label[0]) is None else waiting).append(label)
    torn: list[Parts] = []
    for identity, parts in waiting:
        mates = [place for place, (other, _) in enumerate(joined) if _belongs(other, identity)]
        mate = _mate(parts, [joined[place] for place in mates])
        both = None if mate is None else join(joined[mates[mate]][0], identity)
        if mate is not None and both is not None:
            joined[mates[mate]] = (both, (*joined[mates[mate]][1], *parts))
        elif mates or _torn(identity, halves):
            torn.append(parts)
        else:
            joined.append((identity, parts))
    return joined, torn


def _torn(half: Identity, halves: Sequence[tuple[Identity, Parts]]) -> bool:
    """Whether a half belongs to several others that cannot be of one label."""
    fitting = [other for other, _ in halves if other is not half and join(other, half) is not None]
    return any(join(one, other) is None for one, other in combinations(fitting, 2))


def _mate(parts: Parts, mates: Sequence[tuple[Identity, Parts]]) -> int | None:
    """To which of these a half belongs; None where there is none, or nobody can tell."""
    gaps = [_gap(others, parts) for _, others in mates]
    if len({identity.key for identity, _ in mates}) > 1 and None in gaps:
        return None
    return min(range(len(mates)), key=lambda place: gaps[place] or 0.0, default=None)


def _gap(some: Parts, others: Parts) -> float | None:
    """How far symbols stand from others in their picture, squared; None where nobody knows."""
    places = [(_place(one), _place(other)) for one in some for other in others]
    gaps = [(one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 for one, other in places if one and other]
    return min(gaps, default=None)


def _belongs(whole: Identity, half: Identity) -> bool:
    """Whether a half completes this symbol: it is of an item, and together they lack nothing."""
    both = join(whole, half) if whole.names in (Names.TRADE_ITEM, Names.INTERNAL, Names.LOGISTIC_UNIT) else None
    return both is not None and lacking(both) is None


def _may_count(identity: Identity) -> bool:
    return lacking(identity) is None and identity.names is not Names.LOCATION


def _place(symbol: Symbol) -> tuple[float, float] | None:
    """The middle of a symbol in its picture."""
    region = symbol.read.region
    if not region:
        return None
    return sum(x for x, _ in region) / len(region), sum(y for _, y in region) / len(region)


def worst_last(decisions: Sequence[Decision]) -> Decision:
    """The decision that stands for a whole set: the worst of them, the last of equals."""
    return max(enumerate(decisions), key=lambda one: (_BADNESS.index(one[1].outcome), one[0]))[1]


_BADNESS = (Outcome.OK, Outcome.DUPLICATE, Outcome.ASKED, Outcome.UNKNOWN, Outcome.REFUSED, Outcome.ERROR)
