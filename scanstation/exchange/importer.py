"""Import a file whole or not at all, with everything that is wrong with it told at once.

The file is read once, in chunks.  Rows are checked and, while nothing was found wrong, written into one transaction;
after the first problem the rest of the file is only checked, and the transaction is rolled back.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

from scanstation.exchange.columns import TABLES, Spec
from scanstation.exchange.despatch.loading import is_advice_file, load
from scanstation.exchange.ports import ImportSession, ImportTarget
from scanstation.exchange.problems import ImportReport, ProblemKind, ProblemLog, by_row
from scanstation.exchange.readers import Rows, UnreadableError, open_rows
from scanstation.exchange.validate import Columns, Validator, match_headers
from scanstation.exchange.warnings import Warner
from scanstation.identity.labels import LabelPrefixes

Progress = Callable[[int, int], None]
"""Called after every chunk with the rows done and the rows estimated in all."""


_USUAL_LABELS = LabelPrefixes()


class _Refused(Exception):
    """Rolls the transaction of a wrong file back."""


def import_file(
    path: str | Path,
    table: str,
    store: ImportTarget,
    *,
    progress: Progress | None = None,
    history: bool = False,
    labels: LabelPrefixes = _USUAL_LABELS,
) -> ImportReport:
    """Import a CSV, XLSX or Parquet file into ``table``, a word of `TABLES`; return what came of it.

    A file of despatch advices (EDIFACT DESADV, X12 856), known by its first characters, fills ``contents``.

    Rows whose key exists are changed in the columns that the file has; other rows of the table stay.  Reservations
    have no key: a file of them replaces the list.  A logistic unit holds exactly what the file lists for it.
    Movements are booked and change the stock records, each ``key`` once (without keys, the same file once); with
    ``history`` they are only kept, for records that contain them already.  Items and codes that look like something
    else the station reads, ``labels`` among it, are warned of.  Raises `ValueError` for an unknown table; what is wrong
    with the file is in the report.
    """
    path = Path(path)
    if table not in TABLES:
        raise ValueError(f"no table {table!r}: one of {', '.join(TABLES)}")
    log, warned = ProblemLog(path.name), ProblemLog(path.name)
    if is_advice_file(path):
        if table == "contents":
            return _import_advices(path, store)
        log.add(ProblemKind.FILE, None, "", "it is an EDI interchange", "Despatch advices fill the table contents.")
        return _report(log, table, 0, ())
    rows = 0
    ignored: tuple[str, ...] = ()
    try:
        with open_rows(path) as source, store.importing(history=history) as session:
            run = _Run(path, table, session, log, progress, Warner(labels, warned))
            ignored = run.prepare(source)
            rows = run.run(source)
            if log.total:
                raise _Refused
    except UnreadableError as error:
        log.add(ProblemKind.FILE if error.row is None else ProblemKind.SHAPE, error.row, "", str(error), error.mend)
    except _Refused:
        pass
    return _report(log, table, rows, ignored, warned)


def _import_advices(path: Path, store: ImportTarget) -> ImportReport:
    log = ProblemLog(path.name, noun="segment")
    loaded = load(path, store, log)
    if not log.total:
        with store.importing() as session:
            session.repack(loaded.units, loaded.inside)
            rows = [(*line, quantity) for line, quantity in sorted(loaded.held.items())]
            session.write("contents", ("unit", "item", "lot", "quantity"), rows)
    return _report(log, "contents", len(loaded.held), ())


def _report(
    log: ProblemLog, table: str, rows: int, ignored: tuple[str, ...], warned: ProblemLog | None = None
) -> ImportReport:
    return ImportReport(
        file=log.file,
        table=table,
        rows=0 if log.total else rows,
        errors=by_row(log.kept),
        error_count=log.total,
        counts={kind.value: count for kind, count in log.counts.items()},
        ignored=ignored,
        warnings=by_row(warned.kept) if warned else (),
        warning_count=warned.total if warned else 0,
    )


class _Run:
    """One file on its way into one transaction."""

    def __init__(
        self,
        path: Path,
        table: str,
        session: ImportSession,
        log: ProblemLog,
        progress: Progress | None,
        warner: Warner,
    ) -> None:
        self._warner = warner
        self._path, self._table, self._session, self._log, self._progress = path, table, session, log, progress
        self._spec: Spec = TABLES[table]
        self._written = 0

    def prepare(self, source: Rows) -> tuple[str, ...]:
        """Match the header; return the headers that are not used."""
        header, ignored = match_headers(source, self._spec, self._log)
        self._validator = Validator(self._spec, header, self._session, self._log)
        self._mark = _fingerprint(self._path) if self._table == "movements" else ""
        return ignored

    def run(self, source: Rows) -> int:
        """Check and write all chunks; return how many rows were written."""
        done = 0
        if self._table == "reservations":
            self._session.clear(self._table)
        for done_now, total, chunk in source.chunks:
            numbers, columns = self._validator.check(source.header_row + 1 + done, chunk)
            done = done_now
            self._warner.look(self._table, numbers, columns, self._session)
            if numbers and not self._log.total:
                self._write(numbers, columns)
            if self._progress is not None:
                self._progress(done, total)
        self._validator.finish()
        return self._written

    def _write(self, numbers: list[int], columns: Columns) -> None:
        columns.pop("kind", None)
        if self._mark:
            given = columns.get("key") or [None] * len(numbers)
            columns["key"] = [
                key or f"import:{self._mark}:{number}" for key, number in zip(given, numbers, strict=True)
            ]
        rows = list(zip(*columns.values(), strict=True))
        self._written += self._session.write(self._table, tuple(columns), rows)


def _fingerprint(path: Path) -> str:
    """What makes the rows of a file of movements without keys the same rows next time."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]
