"""``scanstation rehearse``: plays audits that are written down in files, and holds them to what they expect."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanstation.cli.output import Exit, emit, log_to_stderr, progress

if TYPE_CHECKING:
    from scanstation.rehearsal import Difference, Played, RehearsalError
    from scanstation.rehearsal.telling import Line

COLOURS = {"good": typer.colors.GREEN, "doubt": typer.colors.YELLOW, "bad": typer.colors.RED}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "rehearse",
        help="Play audits from files through the real rooms, and hold what comes to what they expect.",
        epilog="Example: scanstation rehearse tests/rehearsals/two-lamps-short.json. "
        "Exit code 1: something came otherwise; 2: a file is no rehearsal.",
    )(rehearse)


def rehearse(
    files: Annotated[list[Path], typer.Argument(help="Rehearsals: JSON files as docs/rehearsals.md says.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a file.")] = False,
    stories: Annotated[
        bool | None,
        typer.Option("--story/--no-story", help="Tell every step; else of one file, or where something differs."),
    ] = None,
) -> None:
    """Play every file; nothing of this station is touched."""
    import logging

    from scanstation.rehearsal import RehearsalError, differences, play, read_file

    log_to_stderr(logging.ERROR)
    worst = Exit.OK
    for number, file in enumerate(_counted(files, as_json), start=1):
        try:
            played = play(read_file(file))
        except RehearsalError as error:
            worst = Exit.USAGE
            _refused(file, error, as_json, number, len(files))
            continue
        found = differences(played.rehearsal.expect, played.result)
        if found and worst is Exit.OK:
            worst = Exit.FINDINGS
        if as_json:
            emit(_as_json(file, played, found))
        else:
            whole = stories if stories is not None else len(files) == 1 or bool(found)
            _heading(file, played.rehearsal.title, number, len(files))
            _told(played, found, whole)
    raise typer.Exit(worst)


def _counted(files: "Sequence[Path]", as_json: bool) -> "Iterator[Path]":
    """The files one by one; a bar tells a person how far it is where the lines go to a program."""
    if not (as_json and len(files) > 1 and sys.stderr.isatty()):
        yield from files
        return
    with progress("rehearsals") as advance:
        for done, file in enumerate(files):
            advance(done, len(files))
            yield file
        advance(len(files), len(files))


def _as_json(file: Path, played: "Played", found: "Sequence[Difference]") -> dict[str, Any]:
    title, expect = played.rehearsal.title, played.rehearsal.expect
    lines = [{"what": one.what, "expected": one.expected, "came": one.came} for one in found]
    return {"file": str(file), "title": title, "expects": expect is not None, "differences": lines} | (
        played.result.as_json()
    )


def _refused(file: Path, error: "RehearsalError", as_json: bool, number: int, of: int) -> None:
    from scanstation.rehearsal import telling

    if as_json:
        faults = [{"place": one.place, "why": one.why, "mend": one.mend} for one in error.faults]
        emit({"file": str(file), "faults": faults})
    else:
        _heading(file, "", number, of)
        _print(telling.faults(error.faults))


def _told(played: "Played", found: "Sequence[Difference]", whole: bool) -> None:
    from scanstation.rehearsal import telling

    if whole:
        _print(telling.story(played))
        _print(telling.outcome(played))
    _print(telling.judgement(found, played.rehearsal.expect is not None))


def _heading(file: Path, title: str, number: int, of: int) -> None:
    from scanstation.reports.words import visible

    place = f"[{number}/{of}] " if of > 1 else ""
    typer.echo(f"{place}{file}" + (f": {visible(title)}" if title else ""))


def _print(lines: "Iterable[Line]") -> None:
    """Print lines; a terminal shows their tone in colour, unless NO_COLOR is set."""
    plain = bool(os.environ.get("NO_COLOR"))
    for line in lines:
        colour = None if plain else COLOURS.get(line.tone.value)
        typer.secho(line.text, fg=colour)
