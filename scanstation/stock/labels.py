"""What stands on a label that the station prints: which code, in which symbol, and the texts for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from scanstation.errors import ScanstationError
from scanstation.stock.gtin import gtin14
from scanstation.stock.model import Item, Location
from scanstation.stock.symbols import Symbol, Symbology, draw

LONGEST = 64
"""Characters of a number that is printed."""

PREFIX = 16
"""Characters that its prefix may have on top."""

GS1_RESOLVER = "https://id.gs1.org"
"""Where a GS1 Digital Link leads unless the site names its own domain."""


class LabelReason(StrEnum):
    """Why a label cannot be printed."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    CHARACTER = "character"
    CHECK_DIGIT = "check_digit"
    NO_ROOM = "no_room"
    READ_BACK = "read_back"
    LINK = "link"


class LabelError(ScanstationError):
    """A label that no scanner would read back."""

    def __init__(self, reason: LabelReason, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.reason = reason


class Choice(StrEnum):
    """The symbol that is asked for: ``auto`` takes that of the GTIN, and for own numbers what fits the label."""

    AUTO = "auto"
    GS1_128 = "gs1-128"
    GS1_DATA_MATRIX = "gs1-datamatrix"
    DIGITAL_LINK = "digital-link"
    CODE128 = "code-128"
    DATA_MATRIX = "datamatrix"
    QR = "qr"


OF_GTIN = (Choice.GS1_128, Choice.GS1_DATA_MATRIX, Choice.DIGITAL_LINK)
"""Choices that print the GTIN; an item without one keeps its own number."""

_OWN: Mapping[Choice, tuple[Symbology, ...]] = {
    Choice.CODE128: (Symbology.CODE128,),
    Choice.DATA_MATRIX: (Symbology.DATA_MATRIX,),
    Choice.QR: (Symbology.QR,),
}

_BY_SIZE = (Symbology.CODE128, Symbology.DATA_MATRIX)
"""For own numbers: Code 128 as long as a hand scanner can take it in, else DataMatrix."""


_DIGITS = {
    Symbology.EAN13: 13,
    Symbology.UPCA: 12,
    Symbology.EAN8: 8,
    Symbology.ITF14: 14,
    Symbology.GS1_128: 16,
    Symbology.GS1_DATA_MATRIX: 16,
}
"""Characters of the symbologies that hold a GTIN, alone or behind its AI."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """``code`` is what a scanner reads back, in the first of ``symbologies`` that fits the label.

    ``title`` and ``detail`` are for people; ``shown`` is the code as people read it.
    """

    code: str
    title: str
    detail: str = ""
    shown: str = ""
    symbologies: tuple[Symbology, ...] = _BY_SIZE

    @property
    def text(self) -> str:
        """The code as it stands under the symbol."""
        return self.shown or self.code


def location_label(location: Location, prefix: str, choice: Choice = Choice.AUTO) -> Label:
    """Label of a location; ``prefix`` is the site's (`LabelSettings.location`)."""
    where = " / ".join(part for part in (location.site, location.zone) if part)
    return _own(prefix + location.location, location.location, where, choice)


def operator_label(badge: str, name: str, prefix: str, choice: Choice = Choice.AUTO) -> Label:
    """Badge of an operator."""
    return _own(prefix + badge, name or badge, badge, choice)


def command_label(word: str, text: str, prefix: str, choice: Choice = Choice.AUTO) -> Label:
    """Label of a command of the station, such as ``UNDO``."""
    return _own(prefix + word, text or word, word, choice)


def item_label(item: Item, choice: Choice = Choice.AUTO, resolver: str = GS1_RESOLVER) -> Label:
    """Label of an item: its GTIN in the symbol of its form or in the one that is chosen, else its own number.

    A GTIN-8 is an EAN-8, a GTIN-12 a UPC-A, a GTIN-13 an EAN-13, a GTIN-14 with an indicator an ITF-14.  Raises
    `LabelError` (LINK) where ``resolver`` is no address.
    """
    gtin = item.gtin
    if gtin is None or choice in _OWN:
        return _own(item.item, item.name, item.item, choice)
    kind, code, shown = _of_gtin(gtin, choice, resolver)
    return Label(code=code, title=item.name, detail=item.item, shown=shown, symbologies=(kind,))


def symbol_of(label: Label, symbology: Symbology) -> Symbol:
    """Draw the symbol of a label in one of its symbologies.

    Raises `LabelError` (EMPTY, TOO_LONG, CHARACTER, CHECK_DIGIT).
    """
    _check(label, symbology)
    return draw(symbology, label.code)


def resolver_of(url: str) -> str:
    """The address that Digital Links of a site begin with, without a slash at the end.

    Raises `LabelError` (LINK) for what is no http or https address.
    """
    parts = urlsplit(url)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.query
        or parts.fragment
        or not url.isascii()
    ):
        raise LabelError(
            LabelReason.LINK,
            f"{url!r} cannot begin a GS1 Digital Link",
            f"Set resolver in [labels] of station.toml to an address such as {GS1_RESOLVER}.",
        )
    return url.rstrip("/")


def _of_gtin(gtin: str, choice: Choice, resolver: str) -> tuple[Symbology, str, str]:
    """The symbology of a GTIN-14, what the symbol holds, and what stands under it."""
    match choice:
        case Choice.GS1_128:
            return Symbology.GS1_128, f"01{gtin}", f"(01){gtin}"
        case Choice.GS1_DATA_MATRIX:
            return Symbology.GS1_DATA_MATRIX, f"01{gtin}", f"(01){gtin}"
        case Choice.DIGITAL_LINK:
            return Symbology.QR, f"{resolver_of(resolver)}/01/{gtin}", f"(01){gtin}"
    if gtin.startswith("000000"):
        return Symbology.EAN8, gtin[6:], ""
    if gtin.startswith("00"):
        return Symbology.UPCA, gtin[2:], ""
    if gtin.startswith("0"):
        return Symbology.EAN13, gtin[1:], ""
    return Symbology.ITF14, gtin, ""


def _own(code: str, title: str, detail: str, choice: Choice) -> Label:
    kinds = _OWN.get(choice, _BY_SIZE)
    if kinds == _BY_SIZE and not code.isascii():
        kinds = (Symbology.DATA_MATRIX,)
    return Label(code=code, title=title, detail="" if detail in (title, code) else detail, symbologies=kinds)


def _holds_gtin(code: str, symbology: Symbology) -> bool:
    digits = code if symbology.retail or symbology is Symbology.ITF14 else code.removeprefix("01")
    return len(code) == _DIGITS[symbology] and gtin14(digits) is not None


def _check(label: Label, symbology: Symbology) -> None:
    code = label.code
    if not code.strip():
        raise LabelError(LabelReason.EMPTY, "a label without a code", "Give every label a code.")
    if len(code) > LONGEST + PREFIX and not label.shown:
        raise LabelError(
            LabelReason.TOO_LONG,
            f"{code[:20]!r}... has {len(code)} characters, more than {LONGEST} and a prefix",
            "Give it a shorter number.",
        )
    if symbology in _DIGITS and not _holds_gtin(code, symbology):
        raise LabelError(LabelReason.CHECK_DIGIT, f"{code!r} holds no GTIN for {symbology.value}", "Mend the GTIN.")
    for place, char in enumerate(code, start=1):
        if not char.isprintable() or (not symbology.matrix and not " " <= char <= "~"):
            remedy = "Print it in another symbol (datamatrix)." if char.isprintable() else "Mend the number."
            raise LabelError(
                LabelReason.CHARACTER,
                f"{code!r}: character {place} ({char!r}) cannot be printed in {symbology.value}",
                remedy,
            )
