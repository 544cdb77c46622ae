"""What is wrong with a file: every fault with its place, its reason and how to mend it."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

KEPT = 1_000
"""Problems that are kept word for word; the rest is counted by kind, so that a broken file cannot fill memory."""


class ProblemKind(StrEnum):
    """The kind of a fault in a file."""

    FILE = "file"  # missing, unreadable, of no known kind
    MISSING_COLUMN = "missing_column"
    DOUBLE_COLUMN = "double_column"
    SHAPE = "shape"  # a row with more or fewer cells than the header, broken quoting
    EMPTY = "empty"
    NUMBER = "number"
    DECIMAL_COMMA = "decimal_comma"
    NEGATIVE = "negative"
    RANGE = "range"
    DUPLICATE = "duplicate"
    UNKNOWN_ITEM = "unknown_item"
    UNKNOWN_LOCATION = "unknown_location"
    CHECK_DIGIT = "check_digit"
    CODE = "code"
    DATE = "date"
    TOO_LONG = "too_long"
    CHARACTER = "character"
    CHOICE = "choice"
    FORMULA = "formula"  # the error of a spreadsheet formula, such as #N/A
    LOOKALIKE = "lookalike"  # a warning: a number that looks like something else the station reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault.  ``row`` counts as a spreadsheet does (the header is mostly row 1); None speaks of the whole file.

    ``noun`` says what is counted: of a message its segments, and ``column`` is then the tag of the segment.
    """

    file: str
    row: int | None
    column: str
    kind: ProblemKind
    why: str
    mend: str
    noun: str = "row"

    def __str__(self) -> str:
        place = self.file if self.row is None else f"{self.file}, {self.noun} {self.row}"
        column = f", column {self.column}" if self.column else ""
        if self.noun != "row":
            column = f" ({self.column})" if self.column else ""
        return f"{place}{column}: {self.why}. {self.mend}"


@dataclass(slots=True)
class ProblemLog:
    """Collects the problems of one file; ``noun`` is that of `Problem`."""

    file: str
    noun: str = "row"
    kept: list[Problem] = field(default_factory=list)
    counts: Counter[ProblemKind] = field(default_factory=Counter)

    def add(self, kind: ProblemKind, row: int | None, column: str, why: str, mend: str) -> None:
        """Note a problem; it is kept word for word while there is room."""
        self.counts[kind] += 1
        if len(self.kept) < KEPT:
            self.kept.append(
                Problem(file=self.file, row=row, column=column, kind=kind, why=why, mend=mend, noun=self.noun)
            )

    @property
    def total(self) -> int:
        """All problems, kept or only counted."""
        return self.counts.total()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What came of an import.  With problems nothing was imported and ``rows`` is 0.

    ``errors`` holds the first 1,000 problems by row, ``counts`` all of them by kind, ``error_count`` their number.
    ``rows`` is the number of rows added or set (for movements: those that were new).  ``ignored`` names the columns
    of the file that nothing was done with.  ``warnings`` holds the first 1,000 rows that were imported and should be
    looked at, ``warning_count`` their number.
    """

    file: str
    table: str
    rows: int
    errors: tuple[Problem, ...] = ()
    error_count: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()
    warning_count: int = 0

    @property
    def ok(self) -> bool:
        """Whether the file was imported."""
        return not self.error_count


def by_row(problems: list[Problem]) -> tuple[Problem, ...]:
    """Sort problems as a person works through the file: whole file first, then row by row."""
    return tuple(sorted(problems, key=lambda problem: (problem.row or 0, problem.column)))
