"""What a label counts, given what was counted already: wholes known by another label, and things in doubt."""

from collections.abc import Iterator

from scanstation.counting.session import CountSession
from scanstation.counting.visits import issuer_of
from scanstation.identity import Identity
from scanstation.stock.catalogue import Catalogue, Found, Unresolved, WhyUnknown
from scanstation.stock.resolve import resolve


def what_counts(identity: Identity, session: CountSession, catalogue: Catalogue) -> Found | Unresolved:
    """As `resolve`, in the light of what this audit counted.

    A licence plate alone that nothing lists is the unit that was counted by a richer label.  What may be counted
    already is parked with the reason: a serial under another number of its item, a unit that was sent in a unit that
    counts, or one of which a part counts.
    """
    return in_light_of(resolve(identity, catalogue), session, catalogue)


def in_light_of(found: Found | Unresolved, session: CountSession, catalogue: Catalogue) -> Found | Unresolved:
    """The same for what a label was resolved to before."""
    if isinstance(found, Unresolved):
        return (session.known(found.units) if found.units else None) or found
    if why := _other_number(found, session):
        return _otherwise(why)
    return _packed(found, session, catalogue)


def outer_units(unit: str, catalogue: Catalogue) -> Iterator[str]:
    """The units in which a unit was sent, the nearest first."""
    seen = {unit}
    outer = catalogue.packed_in(unit)
    while outer is not None and outer not in seen:
        yield outer
        seen.add(outer)
        outer = catalogue.packed_in(outer)


def _other_number(found: Found, session: CountSession) -> str | None:
    fact = session.doubt(found)
    if fact is None:
        return None
    (line,) = found.lines
    return (
        f"serial {line.serial} of {line.item.name} was counted at {fact.location} under another number"
        f" ({_number(issuer_of(fact))}, here {_number(line.issuer)}): is this another unit?"
    )


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
