"""Reads every label back before it is written: what a scanner would give, and what the station would make of that."""

from collections.abc import Container, Iterator
from dataclasses import dataclass

from drivers.camera.engines import Effort, zxing_read
from drivers.camera.found import Found
from scanstation.identity import Identity, IdentityError, LabelPrefixes, Names, identify, own_reading
from scanstation.reports.labels.graphic import symbol_pixels
from scanstation.reports.labels.layout import Placed
from scanstation.station.commands import is_command
from scanstation.stock.catalogue import Catalogue, Unresolved
from scanstation.stock.labels import Label, LabelError, LabelReason
from scanstation.stock.lookalikes import looks_like
from scanstation.stock.own_numbers import is_listed, weigh
from scanstation.stock.resolve import resolve
from scanstation.stock.symbols import AIMS, Symbol

DOTS, BARS = 3, 30
"""Pixels of a module, and of the height of bars, in the picture that is read back."""

_LINEAR = Effort(rotate=False, downscale=False, invert=False, matrix=False)
_MATRIX = Effort(rotate=False, downscale=False, invert=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A label and what it is to name: an item, location, operator or command, by its key."""

    label: Label
    names: Names
    key: str

    def __str__(self) -> str:
        return f"{_WORDS[self.names]} {self.key}"


_WORDS = {
    Names.TRADE_ITEM: "item",
    Names.LOCATION: "location",
    Names.OPERATOR: "operator",
    Names.COMMAND: "command",
}


@dataclass(frozen=True, slots=True)
class LabelCheck:
    """What the station knows when it reads a label: its prefixes, its region's rules, its catalogue and its badges."""

    prefixes: LabelPrefixes
    region: str | None = None
    catalogue: Catalogue | None = None
    badges: Container[str] = ()

    def notes(self, wanted: Wanted, placed: Placed) -> Iterator[str]:
        """What to tell of a label that is printed all the same.

        Raises `LabelError` (READ_BACK) where the symbol gives another text or names something else.
        """
        found = read_back(placed.symbol)
        if wanted.names is Names.TRADE_ITEM:
            yield from self._item(wanted, found)
            return
        try:
            identity = self._identity(found)
        except IdentityError as error:
            yield f"the station cannot make it out: {error}"
            return
        if (identity.names, identity.key) != (wanted.names, wanted.key.strip()):
            raise _another(wanted, f"{_WORDS.get(identity.names, identity.names.value)} {identity.key}")

    def _identity(self, found: Found) -> Identity:
        return identify(found.payload, aim=found.aim, labels=self.prefixes, region=self.region)

    def _item(self, wanted: Wanted, found: Found) -> Iterator[str]:
        """A number of one's own counts first, as it does when it is scanned."""
        assert self.catalogue is not None
        own_number = wanted.label.code == wanted.key
        if own_number and (like := looks_like(wanted.key, self.prefixes)) is not None:
            yield f"{like}. {like.mend}"
        own = own_reading(found.payload, aim=found.aim)
        listed = own is not None and is_listed(own, self.catalogue)
        try:
            identity = self._identity(found)
        except IdentityError as error:
            if own is None or not listed:
                yield f"the station cannot make it out: {error}"
                return
            identity = own
        if identity.scheme == "label" and (not listed or self._exists(identity)):
            raise _another(wanted, f"{_WORDS[identity.names]} {identity.key}")
        meant = weigh(own, identity, self.catalogue) if own is not None and listed else identity
        resolved = meant if isinstance(meant, Unresolved) else resolve(meant, self.catalogue)
        if isinstance(resolved, Unresolved):
            if [code.item for code in resolved.candidates] != [wanted.key]:
                yield f"the station would not count it: {resolved.text}"
            return
        items = [line.item.item for line in resolved.lines]
        if items != [wanted.key]:
            raise _another(wanted, "item " + ", ".join(items))

    def _exists(self, label: Identity) -> bool:
        """Whether there is what a label of ours names."""
        if label.names is Names.LOCATION:
            return self.catalogue is not None and self.catalogue.location(label.key) is not None
        return label.key in self.badges if label.names is Names.OPERATOR else is_command(label.key)


def read_back(symbol: Symbol) -> Found:
    """Read the drawn symbol as a camera would.  Raises `LabelError` (READ_BACK) where it gives anything else."""
    import numpy as np

    black = symbol_pixels(symbol, DOTS, BARS * DOTS if symbol.symbology.matrix else BARS)
    gray = np.pad(np.where(black, 0, 255).astype(np.uint8), symbol.quiet * DOTS, constant_values=255)
    found = zxing_read(gray, _MATRIX if symbol.symbology.matrix else _LINEAR)
    if len(found) == 1 and found[0].aim in AIMS[symbol.symbology] and _same(found[0], symbol):
        return found[0]
    seen = ", ".join(f"{one.text!r} ({one.symbology})" for one in found) or "nothing"
    raise LabelError(
        LabelReason.READ_BACK,
        f"{symbol.text!r} as {symbol.symbology.value} reads back as {seen}",
        "Print it in another symbol.",
    )


def _same(found: Found, symbol: Symbol) -> bool:
    """Whether the text is the one that was drawn; a UPC-A is reported with the zero that makes it an EAN-13."""
    text = symbol.text.zfill(13) if symbol.symbology.retail and len(symbol.text) > 8 else symbol.text
    return text in (found.text, found.payload.decode("utf-8", "replace"))


def _another(wanted: Wanted, what: str) -> LabelError:
    return LabelError(
        LabelReason.READ_BACK,
        f"{wanted.label.code!r} is read as {what}",
        "Give it another number, or print another symbol.",
    )
