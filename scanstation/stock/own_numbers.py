"""Numbers of one's own come first: what the catalogue lists as a text is looked up before the text is read as anything.

A site numbers its items as it likes: `100471100190` is twelve digits and no GTIN-12, `LOC-243` is a bracket.  Where the
symbol does not say that it is GS1's, the text itself is asked for first.  Where both readings name something and not
the same, the station cannot know which is meant, and counts neither.
"""

from collections.abc import Sequence

from scanstation.identity.model import Identity
from scanstation.stock.catalogue import Catalogue, Code, Found, Unresolved, WhyUnknown
from scanstation.stock.resolve import resolve


def is_listed(own: Identity, catalogue: Catalogue) -> bool:
    """Whether the catalogue lists this very text, as a code or as the number of an item."""
    return bool(catalogue.codes(own.key)) or catalogue.item(own.key) is not None


def weigh(own: Identity, read: Identity | None, catalogue: Catalogue) -> Identity | Unresolved:
    """Return which reading of a listed text counts: ``own``, or ``read`` where it says the same and more.

    ``read`` is None where the text cannot be read as anything else.  Unresolved (AMBIGUOUS) where both name something
    and not the same.
    """
    if read is None or read.scheme == "text":
        return own
    mine, other = resolve(own, catalogue), resolve(read, catalogue)
    named = _named(other)
    if not named or (
        isinstance(other, Unresolved) and {item for item, _ in named} <= {item for item, _ in _named(mine)}
    ):
        return own
    if named == _named(mine):
        return read
    both = dict.fromkeys((*_named(mine), *named))
    items = " or ".join(f"{qty} × {item}" for item, qty in both)
    return Unresolved(
        why=WhyUnknown.AMBIGUOUS,
        text=f"{own.key} may be {items}: choose one",
        candidates=tuple(Code(code=own.key, item=item, quantity=qty) for item, qty in both),
    )


def _named(found: Found | Unresolved) -> Sequence[tuple[str, int]]:
    """The items that a reading names, each with its quantity."""
    if isinstance(found, Unresolved):
        return [(code.item, code.quantity) for code in found.candidates]
    return [(line.item.item, line.quantity) for line in found.lines]
