"""What a label counts, given what was counted already: wholes known by another label, and things in doubt."""

from collections.abc import Iterator
from dataclasses import replace

from scanstation.counting.asking import found_in
from scanstation.counting.question import Question, QuestionKind, Standing
from scanstation.counting.session import CountSession
from scanstation.counting.visits import issuer_of, unit_of
from scanstation.identity import Identity
from scanstation.stock.catalogue import Catalogue, Found, Resolved, Unresolved, WhyUnknown
from scanstation.stock.resolve import resolve


def what_counts(identity: Identity, session: CountSession, catalogue: Catalogue) -> Found | Unresolved:
    """As `resolve`, in the light of what this audit counted.

    A licence plate alone that nothing lists is the unit that was counted by a richer label, or the one in which it was
    sent.  A unit that was sent in one that counts elsewhere, or one of which a part counts, is in doubt.
    """
    return in_light_of(resolve(identity, catalogue), session, catalogue)


def in_light_of(found: Found | Unresolved, session: CountSession, catalogue: Catalogue) -> Found | Unresolved:
    """The same for what a label was resolved to before."""
    if not isinstance(found, Unresolved):
        return _packed(found, session, catalogue)
    if not found.units:
        return found
    if (known := session.known(found.units)) is not None:
        return known
    around = (outer for unit in found.units for outer in outer_units(unit, catalogue))
    here = next((outer for outer in around if session.counted_at(outer) == session.location is not None), None)
    return found if here is None else session.known((here,)) or found


def another_unit(found: Found, session: CountSession) -> Question | None:
    """Asks whether a serial that was counted under another number of its item is another unit's."""
    fact = session.doubt(found)
    if fact is None:
        return None
    (line,) = found.lines
    counted, here = _number(issuer_of(fact)), _number(line.issuer)
    return Question(
        kind=QuestionKind.SAME,
        words=f"Serial {line.serial} of {line.item.called} was counted at {fact.location} under {counted}, and this"
        f" label says {here}. Is this another unit?",
        yes="count it as another unit",
        no="it is the unit that was counted",
    )


def moved_unit(standing: Standing, session: CountSession, catalogue: Catalogue) -> Found | None:
    """The unit that was counted elsewhere under another number, where it is no other unit; None where nothing moves."""
    found = found_in(standing.event.data, catalogue.item)
    fact = session.doubt(found) if standing.question.kind is QuestionKind.SAME and found is not None else None
    if fact is None or fact.location == standing.event.location or not isinstance(found, Resolved):
        return None
    return replace(found, issuer=issuer_of(fact), unit=unit_of(fact))


def outer_units(unit: str, catalogue: Catalogue) -> Iterator[str]:
    """The units in which a unit was sent, the nearest first."""
    seen = {unit}
    outer = catalogue.packed_in(unit)
    while outer is not None and outer not in seen:
        yield outer
        seen.add(outer)
        outer = catalogue.packed_in(outer)


def _number(issuer: str | None) -> str:
    """The number without what says of which kind it is."""
    text = issuer or ""
    return text[2:] if text.startswith("01") else text[1:] if text.startswith(("P", "+")) else text


def _packed(found: Found, session: CountSession, catalogue: Catalogue) -> Found | Unresolved:
    """A unit that was sent in one that counts here is that one; elsewhere, or where a part counts, it is in doubt."""
    unit = found.unit
    if unit is None or session.counted_at(unit) is not None:
        return found
    for outer in outer_units(unit, catalogue):
        place = session.counted_at(outer)
        if place is not None and place == session.location:
            return session.known((outer,)) or found
        if place is not None:
            return _otherwise(f"{unit} was sent in {outer}, which counts whole at {place}: was it taken out?")
    parts = {part: place for part in catalogue.packed_units(unit) if (place := session.counted_at(part))}
    if parts:
        part, place = next(iter(parts.items()))
        return _otherwise(
            f"{len(parts)} of the units in {unit} were counted alone, {part} at {place}: scan the others one by one"
        )
    return found


def _otherwise(text: str) -> Unresolved:
    return Unresolved(why=WhyUnknown.COUNTED_OTHERWISE, text=text)
