"""``scanstation journal``, ``scanstation backup`` and ``scanstation restore``."""

from pathlib import Path
from typing import Annotated

import typer

from scanstation.cli.house import station_settings
from scanstation.cli.output import Exit, emit, fail, progress, say, table

app = typer.Typer(help="The journal of count events: look at it, verify it.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="journal")
    root.command(
        "backup",
        help="Copy journal, stock file and pictures of a running station, verified.",
        epilog="Example: scanstation backup /mnt/safe/monday",
    )(backup_station)
    root.command(
        "restore",
        help="Put a backup in place of the station's files; the station must be stopped.",
        epilog="Example: scanstation restore /mnt/safe/monday",
    )(restore_station)


@app.command("verify", epilog="Example: scanstation journal verify --head 1204:9f2c...")
def verify_journal(
    path: Annotated[Path | None, typer.Option(help="Another journal file than the station's own.")] = None,
    head: Annotated[str | None, typer.Option(help="SEQ:HASH of the last event, as a report states it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The result as JSON.")] = False,
) -> None:
    """Check the whole chain; exit 1 and name the first event that was altered, removed or inserted."""
    from scanstation.store.journal_verify import verify

    source = path or station_settings().journal_path
    if not source.exists():
        fail(f"no journal at {source}", "give --path, or count something first")
    with progress("verifying") as advance:
        result = verify(source, head=_head(head), progress=advance)
    if as_json:
        emit({"ok": result.ok, "events": result.events, "head": result.head_hash, "fault": result.text})
    else:
        say(result.text)
    if not result.ok:
        raise typer.Exit(Exit.FINDINGS)


def _head(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    seq, colon, digest = text.partition(":")
    if not colon or not seq.isdigit():
        fail(f"not a head: {text!r}", "give SEQ:HASH as a report states it", Exit.USAGE)
    return int(seq), digest


@app.command("show", epilog="Example: scanstation journal show --after 1200")
def show(after: Annotated[int, typer.Option(help="Only events with a higher number.")] = 0) -> None:
    """Print events, one JSON line each."""
    from scanstation.counting.canonical import plain
    from scanstation.store.journal_read import read_events

    for event in read_events(station_settings().journal_path, after=after):
        emit(plain(event))


@app.command("present", epilog="Example: scanstation journal present DOCK-1")
def present(
    location: Annotated[str | None, typer.Argument(help="Only the tags of this location.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a tag.")] = False,
) -> None:
    """Show the tags that are at fixed antennas now: where, since when, and what each names."""
    from datetime import datetime

    from scanstation.counting.arrivals import tags_present
    from scanstation.counting.canonical import plain
    from scanstation.store.journal_read import read_events

    source = station_settings().journal_path
    if not source.exists():
        fail(f"no journal at {source}", "start the station once: scanstation serve")
    here = [event for event in tags_present(read_events(source)) if location in (None, event.location)]
    if as_json:
        for event in here:
            emit(plain(event))
        return
    rows = (
        (
            event.location,
            event.item or "unknown",
            event.serial or event.lot or "",
            event.payload,
            datetime.fromtimestamp(event.ts / 1e6).astimezone().isoformat(" ", "seconds"),
            event.device,
        )
        for event in here
    )
    table(("location", "item", "serial", "EPC", "since", "reader"), rows)


def backup_station(target: Annotated[Path, typer.Argument(help="A new folder.")]) -> None:
    """Copy journal, stock file and pictures consistently while the station runs, then verify the copy."""
    from scanstation.store.backup import backup

    settings = station_settings()
    result = backup(settings.journal_path, settings.stock_path, target, pictures=settings.pictures_path)
    say(f"{result.events} events, head {result.head_hash[:16]}, and {result.pictures} pictures saved to {target}")
    if result.altered:
        say(f"{result.altered} pictures had been altered before: they were copied as they are")


def restore_station(
    source: Annotated[Path, typer.Argument(help="The folder of a backup.")],
    force: Annotated[bool, typer.Option(help="Also over a journal that has events the backup lacks.")] = False,
) -> None:
    """Restore journal, stock file and pictures; refuses to lose events that the backup does not hold."""
    from scanstation.store.backup import restore

    settings = station_settings()
    files = settings.journal_path, settings.stock_path
    result = restore(source, *files, pictures=settings.pictures_path, force=force)
    say(f"{result.events} events and {result.pictures} pictures restored to {settings.data_dir}")
