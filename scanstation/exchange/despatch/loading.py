"""A file of despatch advices into the table ``contents``: whole or not at all, every error at once."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from scanstation.exchange import cells
from scanstation.exchange.cells import CellError, shown
from scanstation.exchange.despatch.advice import BUYER, GTIN, Held, Number, Packing
from scanstation.exchange.despatch.amounts import base_units, number
from scanstation.exchange.despatch.desadv import read_desadv
from scanstation.exchange.despatch.segments import Message, is_advice, messages
from scanstation.exchange.despatch.x12 import read_856
from scanstation.exchange.problems import ProblemKind, ProblemLog
from scanstation.identity.plates import unit_key
from scanstation.stock.catalogue import Catalogue
from scanstation.stock.gtin import base_gtin, gtin14
from scanstation.stock.model import Item, Tracking

LARGEST = 100_000_000
"""Bytes of a file that is read at once; advices of a day have a few thousand."""

_READERS: Mapping[str, Callable[[Message, ProblemLog], Packing]] = {"DESADV": read_desadv, "856": read_856}
_HEAD = 512

Line = tuple[str, str, str]
"""(unit, item, lot)."""


@dataclass(slots=True)
class Loaded:
    """What a file holds: base units by unit, item and lot, and in which unit a unit stands."""

    held: Counter[Line] = field(default_factory=Counter)
    inside: dict[str, str] = field(default_factory=dict)
    units: set[str] = field(default_factory=set)


def is_advice_file(path: Path) -> bool:
    """Whether a file begins as an EDIFACT or X12 interchange does, whatever it is called."""
    try:
        with path.open("rb") as file:
            return is_advice(file.read(_HEAD).decode("latin-1").removeprefix("\xef\xbb\xbf"))
    except OSError:
        return False


def load(path: Path, catalogue: Catalogue, log: ProblemLog) -> Loaded:
    """Read a file; what is wrong with it goes into the log, by the number of its segment."""
    loaded = Loaded()
    if path.stat().st_size > LARGEST:
        log.add(ProblemKind.FILE, None, "", f"it has more than {LARGEST:,} bytes", "Split it.")
        return loaded
    data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    advices = [message for message in messages(text, log) if message.kind in _READERS]
    if not advices and not log.total:
        log.add(ProblemKind.FILE, None, "", "it holds no DESADV and no 856", "Other messages are not imported.")
    for message in advices:
        _Loader(loaded, catalogue, log, _READERS[message.kind](message, log)).load(message.place)
    return loaded


class _Loader:
    """Looks up what one message names."""

    def __init__(self, loaded: Loaded, catalogue: Catalogue, log: ProblemLog, packing: Packing) -> None:
        self._loaded, self._catalogue, self._log, self._packing = loaded, catalogue, log, packing
        self._items: dict[tuple[Number, ...], tuple[Item, int] | CellError] = {}

    def load(self, place: int) -> None:
        """Add what the message says to what the file holds."""
        keys = self._unit_keys()
        for line in self._packing.lines():
            try:
                self._add(line, [keys[unit] for unit in line.units if unit in keys])
            except CellError as error:
                self._log.add(error.kind, line.place, line.tag, str(error), error.mend)
        inside = {keys[unit]: keys[outer] for unit, outer in self._packing.inside().items() if {unit, outer} <= {*keys}}
        self._loaded.inside |= inside
        if not keys and not self._log.total:
            mend = "Nothing in it can be scanned as a whole; ask the sender for SSCCs or licence plates."
            self._log.add(ProblemKind.EMPTY, place, "", "the message names no logistic unit", mend)

    def _unit_keys(self) -> dict[str, str]:
        """The units of the message in the form that a scan gives, each once in the file."""
        keys: dict[str, str] = {}
        for unit, place in self._packing.units():
            if unit in keys:
                continue
            try:
                key = keys[unit] = cells.unit(unit_key(unit))
            except CellError as error:
                self._log.add(error.kind, place, "", str(error), error.mend)
                continue
            if key in self._loaded.units:
                mend = "Keep one of the messages that name it."
                self._log.add(ProblemKind.DUPLICATE, place, "", f"unit {key} is in the file already", mend)
            self._loaded.units.add(key)
        return keys

    def _add(self, line: Held, units: Sequence[str]) -> None:
        item, pieces = self._item(tuple(line.numbers))
        lot = _lot(item, line)
        each = self._each(line, item, pieces, len(line.units))
        for unit in units if each else ():
            self._loaded.held[unit, item.item, lot] += each

    def _each(self, line: Held, item: Item, pieces: int, units: int) -> int:
        """What each unit holds: as the line says it, or its share of the whole where that is even."""
        if not (line.total or line.each):
            raise CellError(ProblemKind.EMPTY, f"no quantity of {item.item}", "Ask the sender for QTY+12 or SN1.")
        each = self._amount(line.each) if line.each else None
        total = self._amount(line.total) if line.total else None
        if each is not None and (total is None or total == each * units):
            return base_units(item, each, line.measure, pieces, line.per_pack)
        assert total is not None
        whole = base_units(item, total, line.measure, pieces, line.per_pack)
        if whole % units:
            why = f"{whole} of {item.item} are in {units} units, and the line does not say how many are in each"
            raise CellError(ProblemKind.NUMBER, why, "Ask the sender for one level a unit, or for QTY+52.")
        return whole // units

    def _amount(self, text: str) -> Decimal:
        return number(text, self._packing.decimal)

    def _item(self, numbers: tuple[Number, ...]) -> tuple[Item, int]:
        """The only item that the numbers of a line name, and for how many pieces they stand."""
        if numbers not in self._items:
            self._items[numbers] = self._look_up(numbers)
        found = self._items[numbers]
        if isinstance(found, CellError):
            raise found
        return found

    def _look_up(self, numbers: tuple[Number, ...]) -> tuple[Item, int] | CellError:
        named = ", ".join(shown(number.text) for number in numbers) or "a line without a number"
        found: dict[str, tuple[Item, int]] = {}
        for kind in (GTIN, BUYER, ""):
            for one in numbers:
                if one.kind == kind or (not kind and one.kind not in (GTIN, BUYER)):
                    for item, pieces in self._meanings(one):
                        found.setdefault(item.item, (item, pieces))
            if found:
                break
        if not found:
            why, mend = f"the catalogue has no item for {named}", "Import the item or its number in codes first."
            return CellError(ProblemKind.UNKNOWN_ITEM, why, mend)
        if len(found) > 1:
            why = f"{named} may be any of {', '.join(sorted(found))}"
            return CellError(ProblemKind.UNKNOWN_ITEM, why, "Mend the codes, so that one item is meant.")
        return next(iter(found.values()))

    def _meanings(self, one: Number) -> list[tuple[Item, int]]:
        """Items of a number, each with its pieces: of a GTIN that is not listed those of the pack that it names."""
        catalogue, gtin = self._catalogue, gtin14(one.text)
        codes = list(catalogue.codes(one.text)) or (list(catalogue.codes(gtin)) if gtin else [])
        found = [(item, code.quantity) for code in codes if (item := catalogue.item(code.item)) is not None]
        if not found and gtin and gtin[0] in "12345678":
            for code in catalogue.codes(base_gtin(gtin)):
                item = catalogue.item(code.item)
                if item is not None and int(gtin[0]) in item.packs:
                    found.append((item, item.packs[int(gtin[0])] * code.quantity))
        if not found and one.kind != GTIN and (item := catalogue.item(one.text)) is not None:
            found.append((item, 1))
        return found


def _lot(item: Item, line: Held) -> str:
    """The lot, where the records tell lots apart."""
    lots = {lot for lot in line.lots if lot}
    if item.tracking is Tracking.NONE or not lots:
        return ""
    if len(lots) > 1:
        why = f"one quantity of {item.item} is of lots {', '.join(sorted(lots))}"
        raise CellError(ProblemKind.CHOICE, why, "Ask the sender for one line a lot.")
    return str(cells.Words(40)(lots.pop()))
