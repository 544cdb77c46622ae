"""What an import needs of the store; the stock store has it."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from scanstation.stock.catalogue import Catalogue


class ImportSession(Protocol):
    """One transaction of an import: everything written in it is kept, or nothing."""

    def known_items(self, items: Iterable[str]) -> set[str]:
        """Those of ``items`` that exist."""

    def known_locations(self, locations: Iterable[str]) -> set[str]:
        """Those of ``locations`` that exist."""

    def write(self, table: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> int:
        """Add rows or change those whose key exists, only in the columns ``names``; return how many were new or set.

        ``table`` is a word of `scanstation.exchange.columns.TABLES`.  Movements are booked, each key once.
        """

    def repack(self, units: Iterable[str], inside: Mapping[str, str]) -> None:
        """Forget what these logistic units held and where they stood, and note in which unit each stands now."""

    def clear(self, table: str) -> None:
        """Remove all rows of a table that has no key of its own (reservations)."""


class ImportTarget(Catalogue, Protocol):
    """A place to import to, which knows what was imported before."""

    def importing(self, *, history: bool = False) -> AbstractContextManager[ImportSession]:
        """Begin a transaction that ends with the ``with`` block, rolled back when anything is raised in it."""
