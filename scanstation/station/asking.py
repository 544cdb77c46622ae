"""What is asked about a label before it counts."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from scanstation.counting.question import Question, QuestionKind, Wants
from scanstation.stock.catalogue import Found, Resolved
from scanstation.stock.model import Item, Tracking

_THOUSAND = 1_000
"""`AskRules.ask_above` is in pieces, or in thousands of grams, millilitres and millimetres."""

_SHORT = {"gram": "g", "millilitre": "ml", "millimetre": "mm"}


@dataclass(frozen=True, slots=True)
class AskRules:
    """The site's bounds, and where records are looked up.

    ``expiry_of`` gives the recorded expiry of (item, lot) as an ISO date; ``recorded`` the recorded quantity of (item,
    location, lot), which is asked only in an informed count: a blind one knows ``ask_above`` and nothing else.
    """

    ask_above: int = 10_000
    expiry_of: Callable[[str, str], str | None] = lambda _item, _lot: None
    recorded: Callable[[str, str, str | None], int] = lambda _item, _location, _lot: 0

    def dated(self, found: Found) -> Found:
        """The same with the recorded expiry where the label states none."""
        if not isinstance(found, Resolved) or found.expiry is not None or found.lot is None:
            return found
        expiry = self.expiry_of(found.item.item, found.lot)
        return found if expiry is None else replace(found, expiry=expiry)

    def question(
        self, found: Found, times: int, *, at: int, answered: Collection[str], location: str, blind: bool
    ) -> Question | None:
        """What is to be asked before this is counted ``times`` times; None where nothing is, or all is ``answered``.

        ``at`` is the time in microseconds.
        """
        line = found if isinstance(found, Resolved) else None
        asked = (
            _measure(line, times),
            _serial(line, times),
            _lot(line),
            _expired(line, datetime.fromtimestamp(at / 1e6, UTC).date().isoformat()),
            self._quantity(found, times, location, blind),
        )
        return next((one for one in asked if one is not None and one.kind not in answered), None)

    def _quantity(self, found: Found, times: int, location: str, blind: bool) -> Question | None:
        for line in found.lines:
            item, qty = line.item, line.quantity * times
            above = self.ask_above * (_THOUSAND if item.base_unit in _SHORT else 1)
            if qty <= above:
                continue
            recorded = 0 if blind else self.recorded(item.item, location, line.lot)
            if qty > recorded + above:
                much = "" if blind else f" The record says {recorded:,}."
                return Question(
                    kind=QuestionKind.QUANTITY,
                    words=f"{qty:,} × {item.called}: is that right?{much}",
                    yes=f"count {qty:,}",
                    no="it is not counted: set the quantity and scan again",
                )
        return None


USUAL = AskRules()
"""The rules of a site that set nothing, without records."""


def _measure(line: Resolved | None, times: int) -> Question | None:
    return measure_question(line.item, times) if line is not None and not line.quantity else None


def measure_question(item: Item, times: int = 1) -> Question:
    """Asks for the measure that a label does not state."""
    in_all = " in all" if times > 1 else ""
    return Question(
        kind=QuestionKind.MEASURE,
        words=f"{item.called}: how many {item.base_unit}s{in_all}? The label does not say.",
        wants=Wants.QUANTITY,
        unit=_SHORT.get(item.base_unit, item.base_unit),
    )


def _serial(line: Resolved | None, times: int) -> Question | None:
    if line is None or line.item.tracking is not Tracking.SERIAL or line.serial is not None:
        return None
    return serial_question(line, times)


def serial_question(line: Resolved, times: int) -> Question:
    """Asks for the serial number of a unit, or of the next of several."""
    many = f" {times} to go." if times > 1 else ""
    return Question(
        kind=QuestionKind.SERIAL,
        words=f"{line.item.called}: scan or type the serial number.{many}",
        wants=Wants.SERIAL,
        none="kept for later: a person says which unit it is",
    )


def _lot(line: Resolved | None) -> Question | None:
    if line is None or line.item.tracking is not Tracking.LOT or line.lot is not None:
        return None
    return Question(
        kind=QuestionKind.LOT,
        words=f"{line.item.called}: scan or type the lot.",
        wants=Wants.LOT,
        none="count it without a lot",
    )


def _expired(line: Resolved | None, today: str) -> Question | None:
    if line is None or line.expiry is None or line.expiry >= today:
        return None
    lot = f", lot {line.lot}," if line.lot else ""
    return Question(
        kind=QuestionKind.EXPIRED,
        words=f"{line.item.called}{lot} expired on {line.expiry}. Count it as expired goods?",
        yes="count it as expired goods",
        no="it is not counted: put it aside",
    )


def whether_same(name: str) -> Question:
    """Asks whether two symbols are of one package."""
    return Question(
        kind=QuestionKind.LABEL,
        words=f"{name}: is this the package that was counted just before?",
        yes="it is the same: it counts once",
        no="it is another one: both count",
    )


def which_item(options: tuple[str, ...], names: Callable[[str], str]) -> Question | None:
    """Asks which of several items a code means; None where there is no choice."""
    if len(options) < 2:
        return None
    listed = ", ".join(f"{names(item)} ({item})" for item in options)
    return Question(kind=QuestionKind.ITEM, words=f"Which item is it? {listed}", wants=Wants.ITEM, options=options)
