"""How every command prints: text for people, JSON lines for programs, exit codes that mean something."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from typing import Any, NoReturn

import typer


class Exit(IntEnum):
    """Exit codes of every command."""

    OK = 0
    FINDINGS = 1  # it worked, and what it found is not good (a broken chain, an error in a file, a missed error)
    USAGE = 2
    FAILED = 3  # it could not do its work; the message says why and what to do


_WIDE = 200
"""Columns of a table that goes to a file or a pipe."""


def log_to_stderr(level: int = 20) -> None:
    """Send log lines of ``level`` (20: INFO) and above to standard error, where they do not mix with results."""
    import structlog

    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )


def say(text: str) -> None:
    """Print a line for people."""
    typer.echo(text)


def emit(value: Any) -> None:
    """Print one JSON line for programs."""
    typer.echo(json.dumps(value, ensure_ascii=False, sort_keys=False, default=str))


def fail(message: str, remedy: str = "", code: Exit = Exit.FAILED) -> NoReturn:
    """End with a message on standard error: what happened, then how to mend it."""
    typer.echo(f"scanstation: {message}", err=True)
    if remedy:
        typer.echo(f"  remedy: {remedy}", err=True)
    raise typer.Exit(code)


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows for people, aligned; numbers to the right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    grid = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        grid.add_row(*("" if cell is None else str(cell).replace("[", "\\[") for cell in row))
    Console(width=None if sys.stdout.isatty() else _WIDE).print(grid)


@contextmanager
def progress(title: str) -> Iterator[Any]:
    """A progress bar on standard error; call the yielded ``advance(done, total)``."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=False) as bar:
        task = bar.add_task(title, total=None)

        def advance(done: int, total: int | None = None) -> None:
            bar.update(task, completed=done, total=total)

        yield advance


def lines_or_stdin(values: Sequence[str]) -> Iterator[str]:
    """The arguments, or the lines of standard input where there are none."""
    if values:
        yield from values
    else:
        for line in sys.stdin:
            if text := line.rstrip("\r\n"):
                yield text
