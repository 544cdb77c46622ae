"""What is imported all the same, and should be looked at: numbers that look like something else the station reads."""

from dataclasses import dataclass

from scanstation.exchange.ports import ImportSession
from scanstation.exchange.problems import ProblemKind, ProblemLog
from scanstation.exchange.validate import Columns
from scanstation.identity.labels import LabelPrefixes
from scanstation.stock.lookalikes import lookalikes

_OWN_NUMBERS = {"items": "item", "codes": "code"}
"""Tables with numbers of the site's own that are scanned, and their columns."""


@dataclass(frozen=True, slots=True)
class Warner:
    """Looks through the chunks of a file; ``labels`` are the prefixes of the station's own labels."""

    labels: LabelPrefixes
    log: ProblemLog

    def look(self, table: str, numbers: list[int], columns: Columns, session: ImportSession) -> None:
        """Warn of rows; ``numbers`` are those of the rows, ``session`` knows what was imported before."""
        column = _OWN_NUMBERS.get(table)
        if column is not None:
            for place, found in lookalikes(columns.get(column, ()), self.labels):
                self.log.add(ProblemKind.LOOKALIKE, numbers[place], column, str(found), found.mend)
        elif table == "locations" and self.labels.location:
            self._places(numbers, columns, session)

    def _places(self, numbers: list[int], columns: Columns, session: ImportSession) -> None:
        """A place whose label reads as an item has its number: neither counts while a location is open."""
        labels = [None if place is None else self.labels.location + place for place in columns.get("location", ())]
        taken = session.known_items(label for label in labels if label is not None)
        for number, label in zip(numbers, labels, strict=True):
            if label in taken:
                why = f"its label {label[:40]!a} is the number of an item too: while a location is open it is parked"
                mend = "Give the item another number, or change location in [labels] of station.toml."
                self.log.add(ProblemKind.LOOKALIKE, number, "location", why, mend)
