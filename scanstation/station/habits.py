"""How a device gives the symbols of one label, and how it guards itself against reading one twice."""

from dataclasses import dataclass

from drivers import Carrier, Read
from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.joining import Moment

ONE, SET = "one", "set"
"""What `LabelHabit.label_set` may say, besides nothing."""


_LONGEST_US = 5_000_000
"""No `LabelHabit.reread_us` is longer."""

_Symbol = tuple[str, bytes]
"""AIM identifier and payload."""


@dataclass(frozen=True, slots=True)
class LabelHabit:
    """Settings of one device.

    ``label_set``: ``one`` says that every scan is a label of its own; ``set`` that one pull of the trigger sends all
    symbols of a label, each within ``set_us`` microseconds of the one before; without it what is in doubt is asked.
    ``reread_us`` is the time within which nobody can present another unit with the same symbol; 0 for a device that
    sees to that itself.
    """

    label_set: str = ""
    set_us: int = 150_000
    reread_us: int = 150_000


class Rereads:
    """Remembers what each device read a moment ago: the same symbol again at once is the same read."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[_Symbol, tuple[Moment, Decision]]] = {}

    def again(self, read: Read, within_us: int) -> Decision | None:
        """What the same read came to a moment ago; None for another read."""
        seen = self._seen.get(read.device, {}).get((read.aim, read.payload))
        if seen is None or _untimed(read):
            return None
        at, decision = seen
        if not 0 <= _moment(read).after(at) < within_us:
            return None
        self._seen[read.device][read.aim, read.payload] = (_moment(read), decision)
        return decision

    def note(self, read: Read, decision: Decision) -> None:
        """Keep what a read came to; one that was refused or misread may be tried again at once."""
        now = _moment(read)
        kept = {
            symbol: (at, known)
            for symbol, (at, known) in self._seen.get(read.device, {}).items()
            if now.received - at.received < _LONGEST_US and symbol != (read.aim, read.payload)
        }
        if decision.outcome not in (Outcome.REFUSED, Outcome.ERROR) and not _untimed(read):
            kept[read.aim, read.payload] = (now, decision)
        self._seen[read.device] = kept


def same_read(decision: Decision) -> Decision:
    """The answer to the same read again: nothing more counts; what waits for a person goes on waiting."""
    waits = decision.outcome in (Outcome.ASKED, Outcome.UNKNOWN)
    outcome = decision.outcome if waits else Outcome.DUPLICATE
    text = decision.text if waits else "The same read again: it counts once"
    return Decision(
        outcome=outcome,
        text=text,
        code=decision.code,
        item=decision.item,
        name=decision.name,
        lot=decision.lot,
        serial=decision.serial,
        question=decision.question,
    )


def _untimed(read: Read) -> bool:
    """Whether its time says nothing: typed by hand, seen by a camera (which follows its labels itself), or delivered
    from a queue that does not tell when it was read."""
    return (
        read.carrier is not Carrier.BARCODE
        or read.region is not None
        or (read.read_id is not None and read.device_time is None)
    )


def _moment(read: Read) -> Moment:
    return Moment(received=read.received_at, device=read.device_time)
