"""The label sheets that a station prints: commands, audits, locations, operators, items.

Every label is drawn, placed and read back before a byte is written; what fails is named, all of it at once.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from scanstation.errors import ScanstationError
from scanstation.identity import Names
from scanstation.plural import how_many
from scanstation.reports.labels.fonts import Font, label_font
from scanstation.reports.labels.html import to_html
from scanstation.reports.labels.layout import Placed, lay_out
from scanstation.reports.labels.paper import Paper, paper_named
from scanstation.reports.labels.pdf import to_pdf
from scanstation.reports.labels.zpl import DOTS, to_zpl
from scanstation.settings import Settings
from scanstation.station.commands import AUDIT
from scanstation.station.label_check import LabelCheck, Wanted
from scanstation.station.label_lists import KINDS, badges, commands, prefixes, stored
from scanstation.stock.labels import (
    OF_GTIN,
    Choice,
    LabelError,
)
from scanstation.store.stock import open_stock

FORMATS = (".html", ".pdf", ".zpl")

SHOWN = 20
"""Faults and notes that are named one by one; the rest is counted."""

PAPER_STEP = 25.4 / 600
"""Millimetres of a dot of the printers that print HTML and PDF; a module of whole dots is not rounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """How labels are printed: symbol, sheet, copies of each, first place on the first sheet (from 1), and which.

    ``only`` and ``without`` are patterns such as ``A-01-*`` of numbers that are printed and left out.
    """

    choice: Choice = Choice.AUTO
    sheet: str = ""
    copies: int = 1
    start: int = 1
    dpi: int = 203
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def takes(self, key: str) -> bool:
        """Whether a number is asked for."""
        return (not self.only or _any(key, self.only)) and not _any(key, self.without)


@dataclass(slots=True)
class Printed:
    """What was written: how many labels, and what to tell of them."""

    labels: int = 0
    pages: int = 0
    notes: list[str] = field(default_factory=list)


def sheet(
    what: str,
    settings: Settings,
    out: Path,
    job: Job | None = None,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> Printed:
    """Write labels of one kind as ``out`` says by its ending: HTML, PDF or ZPL.

    Raises ScanstationError that names every label that cannot be printed; then nothing is written.
    """
    job = job or Job()
    if what not in KINDS:
        raise ScanstationError(f"no labels of kind {what!r}", "one of " + ", ".join(KINDS))
    paper = _paper(out, job, settings)
    font = label_font(settings.labels.font)
    if what == "commands":
        return print_labels(
            list(commands(settings, job.choice)), LabelCheck(prefixes(settings)), out, job, paper, font, advance
        )
    with open_stock(settings.stock_path) as stock:
        check = LabelCheck(prefixes(settings), settings.region, stock, badges(stock))
        return print_labels(list(stored(what, settings, stock, job.choice)), check, out, job, paper, font, advance)


def print_labels(
    wanted: list[Wanted],
    check: LabelCheck,
    out: Path,
    job: Job,
    paper: Paper,
    font: Font,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> Printed:
    """Place these labels, read each one back, and write the file; raises as `sheet` does."""
    wanted = [one for one in wanted if job.takes(one.key.removeprefix(AUDIT))]
    if not wanted:
        raise ScanstationError(
            "there is no such label to print", "See what --only and --without leave, or import first."
        )
    printed, faults, placed = Printed(), [], []
    step = 1 / DOTS[job.dpi] if out.suffix.lower() == ".zpl" else PAPER_STEP
    for number, one in enumerate(wanted, start=1):
        try:
            place = lay_out(one.label, paper, step, font)
            printed.notes += [f"{one}: {note}" for note in check.notes(one, place)]
            placed.append(place)
        except LabelError as error:
            faults.append(f"{one}: {error}. {error.remedy}")
        advance(number, len(wanted))
    if faults:
        raise ScanstationError(
            f"{len(faults)} of {len(wanted)} labels cannot be printed, so none is:\n" + "\n".join(listed(faults)),
            "Mend these, or leave them out with --without.",
        )
    printed.notes += _texts(wanted, placed, font, out)
    printed.notes += _without_gtin(wanted, job.choice)
    printed.labels = len(placed) * job.copies
    printed.pages = -(-(printed.labels + job.start - 1) // paper.count)
    _write(out, _content(placed, out, job, paper, font))
    return printed


def choice_named(name: str) -> Choice:
    """The symbol of a name.  Raises ScanstationError."""
    try:
        return Choice(name)
    except ValueError:
        raise ScanstationError(f"no symbol is named {name!r}", "one of " + ", ".join(Choice)) from None


def listed(texts: list[str]) -> Iterator[str]:
    """The first of many texts, one a line, and how many more there are."""
    yield from (f"  {text}" for text in texts[:SHOWN])
    if len(texts) > SHOWN:
        yield f"  and {len(texts) - SHOWN} more"


def _content(placed: list[Placed], out: Path, job: Job, paper: Paper, font: Font) -> bytes:
    if out.suffix.lower() == ".zpl":
        return to_zpl(placed, paper, font, dpi=job.dpi, copies=[job.copies] * len(placed)).encode()
    copies = [place for place in placed for _ in range(job.copies)]
    if out.suffix.lower() == ".pdf":
        return to_pdf(copies, paper, font, first=job.start - 1)
    return to_html(copies, paper, first=job.start - 1).encode()


def _write(out: Path, content: bytes) -> None:
    """All or nothing: a file of the same name stays whole until the new one is."""
    part = out.with_name(out.name + ".part")
    try:
        part.write_bytes(content)
        os.replace(part, out)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ScanstationError(f"{out} cannot be written: {error.strerror}", "Choose another --out.") from error


def _paper(out: Path, job: Job, settings: Settings) -> Paper:
    if out.suffix.lower() not in FORMATS:
        raise ScanstationError(
            f"{out.name}: labels are written as HTML, PDF or ZPL", "End --out with " + ", ".join(FORMATS)
        )
    if not out.parent.is_dir():
        raise ScanstationError(f"{out} cannot be written: there is no folder {out.parent}", "Choose another --out.")
    zpl = out.suffix.lower() == ".zpl"
    paper = paper_named(job.sheet or (settings.labels.roll if zpl else settings.labels.sheet))
    if zpl and not paper.roll:
        raise ScanstationError(
            f"{paper.name} is a sheet, and ZPL prints labels on a roll", "Choose a roll, such as --sheet roll-50x30."
        )
    if job.dpi not in DOTS:
        raise ScanstationError(f"no label printer has {job.dpi} dpi", "one of " + ", ".join(map(str, DOTS)))
    if not 1 <= job.start <= paper.count:
        raise ScanstationError(f"{paper.name} has {paper.count} labels, not {job.start}", "Choose --start within it.")
    if job.copies < 1:
        raise ScanstationError("fewer than one copy", "Set --copies to 1 or more.")
    return paper


def _texts(wanted: Iterable[Wanted], placed: Iterable[Placed], font: Font, out: Path) -> Iterator[str]:
    """Names whose characters the font of PDF and ZPL does not have."""
    if out.suffix.lower() == ".html":
        return
    lacking = [
        str(one) for one, place in zip(wanted, placed, strict=True) if any(font.lacks(x.text) for x in place.lines)
    ]
    if lacking:
        texts = f"the texts of {how_many(len(lacking), 'label')}, such as {lacking[0]}"
        yield (
            f"{font.regular.name} lacks characters in {texts}: "
            "they are printed as boxes. Print HTML, or set font in [labels] of station.toml."
        )


def _without_gtin(wanted: Iterable[Wanted], choice: Choice) -> Iterator[str]:
    own = [one for one in wanted if one.names is Names.TRADE_ITEM and not one.label.shown]
    if choice in OF_GTIN and own:
        yield f"no GTIN is known of {how_many(len(own), 'item')}, such as {own[0].key}: the own number is printed"


def _any(key: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(key, pattern) for pattern in patterns)
