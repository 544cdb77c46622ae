"""The stock file: everything but the journal, behind one object.

>>> store = open_stock(":memory:")
>>> store.put_items([Item(item="4711", name="Tea")])
>>> store.names(["4711"])
{'4711': 'Tea'}
"""

from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from scanstation.stock.model import Item
from scanstation.store import schema
from scanstation.store.adjustments import AdjustmentTables
from scanstation.store.catalogue import CatalogueTables
from scanstation.store.engine import explain, make_engine, reading
from scanstation.store.importing import ImportTables
from scanstation.store.inputs import ReconcileInputs
from scanstation.store.migrate import upgrade
from scanstation.store.promises import PromiseTables
from scanstation.store.records import RecordTables

__all__ = ["Item", "StockStore", "open_stock"]


class StockStore(CatalogueTables, RecordTables, PromiseTables, AdjustmentTables, ReconcileInputs, ImportTables):
    """Items, locations, records, movements, promises, audits: the repositories of one stock file.

    Every method is one transaction of its own; an iterator reads one state of the file from its first row to its
    last.  Safe to use from several threads and processes.
    """

    def counts(self) -> dict[str, int]:
        """Rows of every table, for `scanstation stock` and `doctor`."""
        with reading(self.engine) as connection:
            return {
                name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in schema.metadata.tables.items()
            }

    def close(self) -> None:
        """Close the connections; on SQLite the last one to close folds the write-ahead log into the file."""
        self.watch.close()
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_stock(path_or_url: str | Path) -> StockStore:
    """Open a stock file or database, made or upgraded to this release's schema where needed.

    ``path_or_url``: a path (SQLite) or ``postgresql://user@host/database``.  Raises `StoreError`: BAD_ADDRESS,
    CANNOT_OPEN, NOT_A_STOCK_FILE, NEWER_SCHEMA.
    """
    engine = make_engine(path_or_url)
    try:
        upgrade(engine)
    except DatabaseError as error:
        engine.dispose()
        raise explain(error, path_or_url) from error
    except Exception:
        engine.dispose()
        raise
    return StockStore(engine)
