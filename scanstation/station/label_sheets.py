"""The label sheets that a station prints: commands, audits, locations, operators, items."""

from collections.abc import Iterator
from pathlib import Path

from scanstation.errors import ScanstationError
from scanstation.settings import Settings
from scanstation.station.commands import AUDIT, QUANTITY, WORDS
from scanstation.station.viewing import OPEN_STATES
from scanstation.stock.labels import Label, command_label, item_label, label_sheet, location_label, operator_label
from scanstation.store.access import StoredOperatorBook
from scanstation.store.stock import StockStore, open_stock

KINDS = ("commands", "audits", "locations", "operators", "items")


def sheet(what: str, settings: Settings, out: Path) -> int:
    """Write a printable HTML sheet of one kind; returns the number of labels."""
    if what not in KINDS:
        raise ScanstationError(f"no labels of kind {what!r}", "one of " + ", ".join(KINDS))
    if what == "commands":
        labels = list(_commands(settings))
    else:
        with open_stock(settings.stock_path) as stock:
            labels = list(_stored(what, settings, stock))
    out.write_text(label_sheet(labels), encoding="utf-8")
    return len(labels)


def _commands(settings: Settings) -> Iterator[Label]:
    prefix = settings.labels.command
    for word, meaning in WORDS.items():
        yield command_label(word, meaning, prefix)
    for quantity in (2, 3, 4, 5, 6, 10, 12, 20, 24, 50, 100):
        yield command_label(f"{QUANTITY}{quantity}", f"{quantity} pieces at the next scan", prefix)


def _stored(what: str, settings: Settings, stock: StockStore) -> Iterator[Label]:
    if what == "audits":
        for audit in stock.audits(states=OPEN_STATES):
            yield command_label(f"{AUDIT}{audit.audit}", audit.name, settings.labels.command)
    elif what == "locations":
        for location in stock.locations():
            yield location_label(location, settings.labels.location)
    elif what == "operators":
        for operator in StoredOperatorBook(stock.engine).operators():
            yield operator_label(operator.badge, operator.name, settings.labels.operator)
    else:
        for item in stock.items():
            yield item_label(item)
