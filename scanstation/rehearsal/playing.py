"""Plays the steps of a rehearsal through the real rooms, one after another, in simulated time."""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import structlog

from scanstation.errors import ScanstationError
from scanstation.rehearsal import at_the_office as office
from scanstation.rehearsal import at_the_seat as seat
from scanstation.rehearsal import steps
from scanstation.rehearsal.errors import RehearsalError
from scanstation.rehearsal.importing import import_tables
from scanstation.rehearsal.parts import Step, microseconds
from scanstation.rehearsal.premises import Premises, SimulatedTime
from scanstation.rehearsal.reading import Rehearsal
from scanstation.rehearsal.results import Result, result_of
from scanstation.rehearsal.site import site_policy, station_settings
from scanstation.rehearsal.stage import Did, Happening, Stage

log = structlog.get_logger()

PLAYERS: Mapping[type[Step], Callable[[Stage, Any], Awaitable[Did]]] = {
    steps.Scan: seat.scan,
    steps.Frame: seat.frame,
    steps.Tag: seat.tag,
    steps.Type: seat.type_,
    steps.Answer: seat.answer,
    steps.SignIn: seat.sign_in,
    steps.SignOut: seat.sign_out,
    steps.Quantity: seat.quantity,
    steps.Undo: seat.undo,
    steps.Close: seat.close,
    steps.Reopen: seat.reopen,
    steps.Correct: seat.correct,
    steps.Mark: seat.mark,
    steps.Resolve: seat.resolve,
    steps.Open: office.open_,
    steps.Import: office.import_,
    steps.Reconcile: office.reconcile,
    steps.Recount: office.recount,
    steps.Reject: office.reject,
    steps.Approve: office.approve,
    steps.Withdraw: office.withdraw,
    steps.Post: office.post,
    steps.Wait: office.wait,
    steps.Kill: office.kill,
}
"""Who plays which step."""


SHARED_MEMORY = Path("/dev/shm")
"""Where Linux keeps files in memory."""

ROOM = 1_000_000_000
"""Bytes that must be free there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A rehearsal that was played to its end: the story, and what came of it."""

    rehearsal: Rehearsal
    story: tuple[Happening, ...]
    result: Result


def play(rehearsal: Rehearsal) -> Played:
    """Play a rehearsal on files of its own, which are gone afterwards.

    :raises RehearsalError: where the importer refuses its tables; no step is played then.
    """
    with TemporaryDirectory(prefix="rehearsal-", dir=in_memory()) as folder:
        return asyncio.run(_play(rehearsal, Path(folder)))


def in_memory() -> Path | None:
    """A folder whose files are never written to a disk, where this machine has one with room; None elsewhere.

    Nothing of a rehearsal has to survive it, so it need not wait for a disk.
    """
    try:
        roomy = shutil.disk_usage(SHARED_MEMORY).free > ROOM
    except OSError:
        return None
    return SHARED_MEMORY if roomy and os.access(SHARED_MEMORY, os.W_OK) else None


async def _play(rehearsal: Rehearsal, folder: Path) -> Played:
    time = SimulatedTime(microseconds(rehearsal.now))
    settings = station_settings(rehearsal.station, folder)
    premises = Premises(folder, settings, site_policy(rehearsal.policy), time, rehearsal.seed)
    try:
        if faults := import_tables(premises.house.stock, folder, rehearsal.tables):
            raise RehearsalError(faults)
        stage = Stage(premises)
        story = [await _step(stage, number, step) for number, step in enumerate(rehearsal.steps, start=1)]
        happened = tuple(story)
        return Played(rehearsal=rehearsal, story=happened, result=result_of(stage, happened))
    finally:
        await premises.close()


async def _step(stage: Stage, number: int, step: Step) -> Happening:
    """Move the time, play one step, and let the other seats see what came of it."""
    time = stage.premises.time
    if step.at is not None:
        time.now = max(time.now, microseconds(step.at))
    else:
        time.now += step.pause_us
    stage.number, ts = number, time.now
    try:
        did = await PLAYERS[type(step)](stage, step)
    except ScanstationError as error:
        remedy = f" ({error.remedy})" if error.remedy else ""
        did = Did(text=f"{error}{remedy}", refused=_reason(error))
    except Exception as error:
        log.exception("a step failed", step=number)
        did = Did(text=f"{type(error).__name__}: {error}", refused="failed")
    await stage.premises.refresh()
    return Happening(number=number, step=step, ts=ts, did=did)


def _reason(error: ScanstationError) -> str:
    reason = getattr(error, "reason", None)
    return str(getattr(reason, "value", None) or type(error).__name__)
