"""Labels that the station prints and reads: Code 128, or EAN-13 for items that have one, as SVG and as HTML sheets.

The bars come from python-barcode; they are drawn here as one path of whole modules, so that a printer rounds no edge.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from html import escape

from scanstation.errors import ScanstationError
from scanstation.stock.gtin import gtin14
from scanstation.stock.model import Item, Location

MODULE_MM = 0.33
"""Width of a module: the nominal X-dimension of EAN-13; generous for Code 128."""

QUIET = 11
"""Modules left white on each side: EAN-13 asks for 11 on the left, Code 128 for 10."""

HEIGHT_MM = 16
"""Height of the bars."""

LONGEST = 40
"""Characters that still make a label narrow enough for a hand scanner's field."""


class LabelReason(StrEnum):
    """Why a label cannot be printed."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    CHARACTER = "character"
    CHECK_DIGIT = "check_digit"


class LabelError(ScanstationError):
    """A label that no scanner would read back."""

    def __init__(self, reason: LabelReason, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """``code`` is what a scanner reads back; ``title`` and ``detail`` are for people; ``ean13``: print a GTIN-13."""

    code: str
    title: str
    detail: str = ""
    ean13: bool = False


def location_label(location: Location, prefix: str) -> Label:
    """Label of a location; ``prefix`` is the site's (`LabelSettings.location`)."""
    where = " / ".join(part for part in (location.site, location.zone) if part)
    return Label(code=prefix + location.location, title=location.location, detail=where)


def operator_label(badge: str, name: str, prefix: str) -> Label:
    """Badge of an operator."""
    return Label(code=prefix + badge, title=name or badge, detail=badge)


def command_label(word: str, text: str, prefix: str) -> Label:
    """Label of a command of the station, such as ``UNDO``."""
    return Label(code=prefix + word, title=text or word, detail=word)


def item_label(item: Item) -> Label:
    """Label of an item: its GTIN as EAN-13 where it has one of that form, else its number as Code 128."""
    if item.gtin is not None and item.gtin.startswith("0"):
        return Label(code=item.gtin[1:], title=item.name, detail=item.item, ean13=True)
    return Label(code=item.gtin or item.item, title=item.name, detail=item.item)


def label_svg(label: Label) -> str:
    """Draw the symbol of a label as an ``<svg>`` element, without text.

    Raises `LabelError`.
    """
    bars = _bars(label)
    width = len(bars) + 2 * QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(label.code)}" '
        f'width="{width * MODULE_MM:.2f}mm" height="{HEIGHT_MM}mm" viewBox="0 0 {width} 48" '
        f'preserveAspectRatio="none" shape-rendering="crispEdges">'
        f'<rect width="{width}" height="48" fill="#fff"/><path fill="#000" d="{_path(bars)}"/></svg>'
    )


def label_sheet(labels: Iterable[Label], *, title: str = "Labels") -> str:
    """Make a printable HTML page of labels: self-contained, every text escaped.

    Raises `LabelError` for the first label that cannot be printed.
    """
    cards = "\n".join(_card(label) for label in labels)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style></head>\n<body><h1>{escape(title)}</h1>\n<main>\n{cards}\n</main></body></html>\n"
    )


_STYLE = """
body{font:11pt/1.3 system-ui,sans-serif;margin:10mm;color:#000;background:#fff}
main{display:flex;flex-wrap:wrap;gap:4mm}
figure{margin:0;padding:3mm;border:.2mm dashed #999;text-align:center;break-inside:avoid;overflow-wrap:anywhere}
figure strong{display:block;font-size:13pt;max-width:80mm}
figure code{display:block;font:10pt monospace}
svg{display:block;margin:1mm auto}
@media print{h1{display:none}body{margin:0}figure{border-color:transparent}}
@page{margin:10mm}
"""


def _card(label: Label) -> str:
    detail = f"<span>{escape(label.detail)}</span>" if label.detail else ""
    return (
        f"<figure><strong>{escape(label.title)}</strong>{label_svg(label)}"
        f"<figcaption><code>{escape(label.code)}</code>{detail}</figcaption></figure>"
    )


def _bars(label: Label) -> str:
    """The modules of a symbol, ``1`` black and ``0`` white."""
    _check(label.code)
    if label.ean13:
        if len(label.code) != 13 or gtin14(label.code) is None:
            raise LabelError(
                LabelReason.CHECK_DIGIT, f"{label.code!r} is no GTIN-13", "Mend the item's GTIN, or print Code 128."
            )
        from barcode.ean import EuropeanArticleNumber13

        return str(EuropeanArticleNumber13(label.code).build()[0])
    from barcode.codex import Code128

    return str(Code128(label.code).build()[0])


def _check(code: str) -> None:
    if not code:
        raise LabelError(LabelReason.EMPTY, "a label without a code", "Give every label a code.")
    if len(code) > LONGEST:
        raise LabelError(
            LabelReason.TOO_LONG,
            f"{code[:20]!r}... has {len(code)} characters, more than {LONGEST}",
            "Give it a shorter number.",
        )
    for place, char in enumerate(code, start=1):
        if not " " <= char <= "~":
            raise LabelError(
                LabelReason.CHARACTER,
                f"{code!r}: character {place} ({char!r}) cannot be printed in Code 128",
                "Use the letters A to Z, digits and signs of ASCII.",
            )


def _path(bars: str) -> str:
    """One rectangle a run of black modules."""
    parts: list[str] = []
    start = None
    for place, module in enumerate(bars + "0"):
        if module == "1" and start is None:
            start = place
        elif module == "0" and start is not None:
            parts.append(f"M{start + QUIET} 0h{place - start}v48h{start - place}z")
            start = None
    return "".join(parts)
