"""Whether two labels are of one thing: serials within their issuer, and units that were counted before.

A serial is unique within who gave it.  Two companies may give the same one; that is two things.  Where one item has
two numbers (two GTINs, a GTIN and a part number), an equal serial under each may be two things or one that wears both:
nobody can tell from the labels.  A fact without issuer (of before it was noted, or resolved by hand) is of any.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from scanstation.counting.events import CountEvent
from scanstation.counting.visits import issuer_of, unit_of
from scanstation.identity.plates import is_party
from scanstation.stock.catalogue import Found, Resolved, ResolvedContents
from scanstation.stock.model import Item


def same_issuer(one: str | None, other: str | None) -> bool:
    """Whether an equal serial of both is one thing for certain, as far as the labels tell."""
    return one is None or other is None or one == other


def may_be_same(one: str | None, other: str | None) -> bool:
    """Whether an equal serial of both may be one thing, and may be two."""
    return one is not None and other is not None and one != other and not (is_party(one) and is_party(other))


def doubt(line: Resolved, facts: Iterable[CountEvent]) -> CountEvent | None:
    """The first of the facts of this item and serial that may be of the same thing under another number."""
    if line.serial is None or line.issuer is None:
        return None
    alike = [fact for fact in facts if fact.qty == line.quantity and (unit_of(fact) is None) == (line.unit is None)]
    if any(same_issuer(issuer_of(fact), line.issuer) for fact in alike):
        return None
    return next((fact for fact in alike if may_be_same(issuer_of(fact), line.issuer)), None)


def as_counted(facts: Sequence[CountEvent], name_of: Callable[[str], str]) -> Found:
    """What facts of one visit of a unit counted, to be counted elsewhere."""
    lines = tuple(
        Resolved(
            item=Item(item=fact.item or "", name=name_of(fact.item or "")),
            quantity=fact.qty,
            lot=fact.lot,
            serial=fact.serial,
            expiry=fact.data.get("expiry"),
            unit=unit_of(fact),
            issuer=issuer_of(fact),
        )
        for fact in facts
    )
    return lines[0] if len(lines) == 1 else ResolvedContents(unit=lines[0].unit or "", lines=lines)


def named(found: Found, unit: str) -> Found:
    """The same content of a unit under another name of it."""
    lines = tuple(replace(line, unit=unit) for line in found.lines)
    return lines[0] if isinstance(found, Resolved) else ResolvedContents(unit=unit, lines=lines)


class SerialNames:
    """Tells apart units of one item that have one serial by several issuers, where a text must do so."""

    def __init__(self) -> None:
        self._issuers: dict[tuple[str | None, str], list[str]] = {}  # by item and serial, the first one first

    def name(self, fact: CountEvent) -> str | None:
        """The serial of a fact of a single unit; of another issuer than the first one, with ``@`` and that behind.

        Facts are to come in the order of the journal.
        """
        if fact.serial is None or unit_of(fact) is not None:
            return None
        issuer = issuer_of(fact)
        if issuer is None:
            return fact.serial
        issuers = self._issuers.setdefault((fact.item, fact.serial), [])
        if issuer not in issuers:
            issuers.append(issuer)
        return fact.serial if issuer == issuers[0] else f"{fact.serial}@{issuer}"
