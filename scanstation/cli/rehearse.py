"""``scanstation rehearse``: plays audits that are written down in files, and holds them to what they expect."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanstation.cli.output import Exit, emit, fail, log_to_stderr, progress

if TYPE_CHECKING:
    from scanstation.rehearsal import Difference, Played
    from scanstation.rehearsal.telling import Line

COLOURS = {"good": typer.colors.GREEN, "doubt": typer.colors.YELLOW, "bad": typer.colors.RED}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "rehearse",
        help="Play audits from files through the real rooms, and hold what comes to what they expect.",
        epilog="Example: scanstation rehearse lamps.json. "
        "Exit code 1: something came otherwise; 2: a file is no rehearsal.",
    )(rehearse)


def rehearse(
    files: Annotated[
        list[Path], typer.Argument(help="Rehearsals: JSON files as docs/rehearsals.md says, or folders of them.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a file.")] = False,
    stories: Annotated[
        bool | None,
        typer.Option("--story/--no-story", help="Tell every step; else of one file, or where something differs."),
    ] = None,
) -> None:
    """Play every file; nothing of this station is touched."""
    import logging

    log_to_stderr(logging.ERROR)
    files = [file for path in files for file in (sorted(path.rglob("*.json")) if path.is_dir() else [path])]
    if not files:
        fail("no rehearsal in these folders", "name a JSON file, or a folder that has some", Exit.USAGE)
    told = stories if stories is not None else True if len(files) == 1 else None
    numbered = enumerate(_counted(files, as_json), start=1)
    ends = [
        _rehearse(file, f"[{number}/{len(files)}] " if len(files) > 1 else "", as_json, told)
        for number, file in numbered
    ]
    raise typer.Exit(max(ends))


def _rehearse(file: Path, place: str, as_json: bool, told: bool | None) -> Exit:
    """Play one file and print what came of it; without ``told`` the story is told where something differs."""
    from scanstation.rehearsal import RehearsalError, differences, play, read_file, telling

    try:
        played = play(read_file(file))
    except RehearsalError as error:
        if as_json:
            faults = [{"place": one.place, "why": one.why, "mend": one.mend} for one in error.faults]
            emit({"file": str(file), "faults": faults})
        else:
            _heading(place, file)
            _print(telling.faults(error.faults))
        return Exit.USAGE
    found = differences(played.rehearsal.expect, played.result)
    if as_json:
        emit(_as_json(file, played, found))
    else:
        _heading(place, file, played.rehearsal.title)
        if told or (told is None and found):
            _print(telling.story(played))
            _print(telling.outcome(played))
        _print(telling.judgement(found, played.rehearsal.expect is not None))
    return Exit.FINDINGS if found else Exit.OK


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


def _heading(place: str, file: Path, title: str = "") -> None:
    from scanstation.reports.words import visible

    typer.echo(f"{place}{file}" + (f": {visible(title)}" if title else ""))


def _print(lines: "Iterable[Line]") -> None:
    """Print lines; a terminal shows their tone in colour, unless NO_COLOR is set."""
    plain = bool(os.environ.get("NO_COLOR"))
    for line in lines:
        colour = None if plain else COLOURS.get(line.tone.value)
        typer.secho(line.text, fg=colour)
