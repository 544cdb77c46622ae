"""How a device gives the symbols of one label, and how it guards itself against reading one twice."""

from dataclasses import dataclass

from drivers import Carrier, Read
from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.joining import Moment

ONE, SET = "one", "set"
"""What `LabelHabit.label_set` may say, besides nothing."""


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
    """Remembers the last read of each device: the same symbol again at once is the same read."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[bytes, str, Moment, Decision]] = {}

    def again(self, read: Read, within_us: int) -> Decision | None:
        """What the same read came to a moment ago; None for another read.

        A delivery that tells no time of its own may have waited anywhere, so its time of receipt says nothing.
        """
        last = self._last.get(read.device)
        if last is None or within_us <= 0 or _untimed(read):
            return None
        payload, aim, at, decision = last
        gap = _moment(read).after(at)
        if (payload, aim) != (read.payload, read.aim) or not 0 <= gap < within_us:
            return None
        self._last[read.device] = (payload, aim, _moment(read), decision)
        return decision

    def note(self, read: Read, decision: Decision) -> None:
        """Keep what a read came to; one that was refused or misread may be tried again at once."""
        if decision.outcome in (Outcome.REFUSED, Outcome.ERROR) or _untimed(read):
            self._last.pop(read.device, None)
        else:
            self._last[read.device] = (read.payload, read.aim, _moment(read), decision)


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
