"""What labels there are to print, with what each is to name."""

from collections.abc import Iterator

from scanstation.identity import LabelPrefixes, Names
from scanstation.settings import Settings
from scanstation.station.commands import AUDIT, QUANTITY, WORDS
from scanstation.station.label_check import Wanted
from scanstation.station.viewing import OPEN_STATES
from scanstation.stock.labels import Choice, command_label, item_label, location_label, operator_label
from scanstation.store.access import StoredOperatorBook
from scanstation.store.stock import StockStore

KINDS = ("commands", "audits", "locations", "operators", "items")

QUANTITIES = (2, 3, 4, 5, 6, 10, 12, 20, 24, 50, 100)


def commands(settings: Settings, choice: Choice) -> Iterator[Wanted]:
    """Every command label of the station."""
    for word, meaning in WORDS.items():
        yield _command(word, meaning, settings, choice)
    for quantity in QUANTITIES:
        yield _command(f"{QUANTITY}{quantity}", f"{quantity} pieces at the next scan", settings, choice)


def _command(word: str, text: str, settings: Settings, choice: Choice) -> Wanted:
    label = command_label(word, text, settings.labels.command, choice)
    return Wanted(label=label, names=Names.COMMAND, key=word)


def stored(what: str, settings: Settings, stock: StockStore, choice: Choice) -> Iterator[Wanted]:
    """The labels of one kind that the stock file holds."""
    labels = settings.labels
    if what == "audits":
        for audit in stock.audits(states=OPEN_STATES):
            yield _command(f"{AUDIT}{audit.audit}", audit.name, settings, choice)
    elif what == "locations":
        for location in stock.locations():
            label = location_label(location, labels.location, choice)
            yield Wanted(label=label, names=Names.LOCATION, key=location.location)
    elif what == "operators":
        for operator in StoredOperatorBook(stock.engine).operators():
            label = operator_label(operator.badge, operator.name, labels.operator, choice)
            yield Wanted(label=label, names=Names.OPERATOR, key=operator.badge)
    else:
        for item in stock.items():
            yield Wanted(label=item_label(item, choice, labels.resolver), names=Names.TRADE_ITEM, key=item.item)


def badges(stock: StockStore) -> frozenset[str]:
    """The badges of all operators."""
    return frozenset(operator.badge for operator in StoredOperatorBook(stock.engine).operators())


def prefixes(settings: Settings) -> LabelPrefixes:
    """What the station's own labels begin with."""
    labels = settings.labels
    return LabelPrefixes(location=labels.location, operator=labels.operator, command=labels.command)
