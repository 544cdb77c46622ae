"""The steps of a person at a seat: one small function a kind of step."""

from dataclasses import replace

from drivers import Carrier, Read
from drivers.read import together
from scanstation.audit import AuditState
from scanstation.counting.question import Answer
from scanstation.rehearsal import steps
from scanstation.rehearsal.parts import Symbol, payload_text
from scanstation.rehearsal.stage import WORST_FIRST, Did, Stage, read, told, verdict_of
from scanstation.station.service import Station
from scanstation.station.set_card import in_one

BETWEEN_READS_US = 20_000
"""Time between two reads of one tag."""


async def scan(stage: Stage, step: steps.Scan) -> Did:
    """A hand scanner reads a symbol."""
    seat = await stage.seat(step)
    return read(await seat.decision_of(_read(seat, step, step.device)))


async def frame(stage: Stage, step: steps.Frame) -> Did:
    """One picture or trigger gives several symbols: the worst verdict is told."""
    seat = await stage.seat(step)
    reads = together([_read(seat, symbol, step.device) for symbol in step.symbols], f"step {stage.number}")
    decisions = [decision for _, decision in await seat.take_set(reads)]
    worst = min(decisions, key=lambda one: WORST_FIRST.index(verdict_of(one)))
    events = tuple(event for one in decisions for event in one.events)
    verdict = verdict_of(worst)
    return Did(
        text=in_one(decisions).text, verdict=verdict, refused=verdict if verdict == "refused" else "", events=events
    )


async def tag(stage: Stage, step: steps.Tag) -> Did:
    """An RFID reader hears a tag."""
    seat = await stage.seat(step)
    verdict = ""
    for time in range(step.times):
        if time:
            stage.premises.time.now += BETWEEN_READS_US
        heard = Read(
            payload=bytes.fromhex(step.epc),
            device=step.device,
            received_at=seat.clock.now(),
            carrier=Carrier.EPC,
            antenna=step.antenna,
            rssi_dbm=step.rssi_dbm,
        )
        verdict = (await seat.take(heard)).value
    word = {"unknown": "parked", "error": "misread"}.get(verdict, verdict)
    text = {"ok": "heard: it counts when the location closes"}.get(word, "not taken: no location is open")
    return Did(text=text, verdict=word, refused=word if word == "refused" else "")


async def type_(stage: Stage, step: steps.Type) -> Did:
    """A person types a code."""
    return read(await (await stage.seat(step)).typed(step.code))


async def answer(stage: Stage, step: steps.Answer) -> Did:
    """A person answers what the card asks; an answer that is taken is ``ok``, also where it counts nothing."""
    none = getattr(step, step.given[0]) is None
    given = Answer(yes=step.yes, lot=step.lot, serial=step.serial, qty=step.qty, item=step.item, none=none)
    did = read(await (await stage.seat(step)).answer(given))
    return replace(did, verdict="ok") if did.verdict == "command" else did


async def sign_in(stage: Stage, step: steps.SignIn) -> Did:
    """A person takes the seat, and joins an audit."""
    seat = await stage.seat(step)
    signed = await seat.sign_in(step.operator)
    audit = step.audit or _open_audit(stage)
    if told(signed).refused or not audit:
        return told(signed)
    joined = await seat.choose_audit(audit)
    done = told(joined)
    return Did(text=f"{signed.text} {joined.text}", refused=done.refused, events=signed.events + joined.events)


async def sign_out(stage: Stage, step: steps.SignOut) -> Did:
    """The person leaves."""
    return told(await (await stage.seat(step)).sign_out())


async def quantity(stage: Stage, step: steps.Quantity) -> Did:
    """The keypad's quantity for the next scan."""
    return told(await (await stage.seat(step)).set_quantity(step.qty))


async def undo(stage: Stage, step: steps.Undo) -> Did:
    """Take back the last fact."""
    return told(await (await stage.seat(step)).undo())


async def close(stage: Stage, step: steps.Close) -> Did:
    """Close the open location."""
    return told(await (await stage.seat(step)).close_location())


async def reopen(stage: Stage, step: steps.Reopen) -> Did:
    """Open a closed location again."""
    return told(await (await stage.seat(step)).reopen_location(step.location))


async def correct(stage: Stage, step: steps.Correct) -> Did:
    """Bring a counted line to a quantity."""
    return told(await (await stage.seat(step)).correct_line(step.item, step.lot, step.qty))


async def mark(stage: Stage, step: steps.Mark) -> Did:
    """Mark counted units."""
    return told(await (await stage.seat(step)).mark(step.item, step.lot, step.qty, step.status))


async def resolve(stage: Stage, step: steps.Resolve) -> Did:
    """Say what a parked code is: the oldest of that payload that waits."""
    seat = await stage.seat(step)
    waiting = next(
        (event.seq for event in seat.session.parked if payload_text(event.payload or "") == step.payload), None
    )
    if waiting is None:
        return Did(text=f"No code {step.payload} waits in the audit of this seat.", refused="refused")
    return told(await seat.resolve_parked(waiting, step.item, step.qty))


def _read(seat: Station, symbol: Symbol, device: str) -> Read:
    return Read(payload=symbol.data, device=device, received_at=seat.clock.now(), aim=symbol.aim)


def _open_audit(stage: Stage) -> str:
    """The audit that was opened last, while it is still under way."""
    row = stage.premises.house.stock.audit(stage.audit) if stage.audit else None
    under_way = (AuditState.COUNTING, AuditState.RECONCILED)
    return row.audit if row is not None and row.state in under_way else ""
