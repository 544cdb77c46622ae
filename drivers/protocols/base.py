"""The shape of a protocol: bytes in, frames and replies out; no I/O, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol, runtime_checkable

from drivers.errors import Reason
from drivers.read import Carrier, Read, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One read as a protocol found it on the wire; the device adds its name and the time of receipt.

    ``token`` is set by a protocol that owes the peer an acknowledgement of this frame; the device hands it back
    to `WireProtocol.ack` when the read is durable.  ``fields`` holds the decoded wire fields by name, for people
    and for `drivers.protocols.decode`.
    """

    payload: bytes
    aim: str = ""
    carrier: Carrier = Carrier.BARCODE
    antenna: int | None = None
    rssi_dbm: float | None = None
    pc: int | None = None
    tid: bytes | None = None
    user: bytes | None = None
    device_time: int | None = None
    seen_count: int | None = None
    read_id: str | None = None
    token: Any = None
    fields: dict[str, Any] = field(default_factory=dict)

    def as_read(self, device: str, received_at: int) -> Read:
        """The read that this is at ``device``."""
        return Read(
            payload=self.payload,
            device=device,
            received_at=received_at,
            carrier=self.carrier,
            aim=self.aim,
            read_id=self.read_id,
            device_time=self.device_time,
            antenna=self.antenna,
            rssi_dbm=self.rssi_dbm,
            pc=self.pc,
            tid=self.tid,
            user=self.user,
            seen_count=self.seen_count,
        )


LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something the wire said that is not a read: a missed read, a reader event, bytes thrown away.

    Kind `LOST` makes the device drop the connection and connect anew: the peer is silent or refused to serve.  Its
    ``fields`` may hold ``reason`` (a `drivers.errors.Reason`) and ``remedy`` (words).
    """

    kind: str
    text: str = ""
    fields: dict[str, Any] = field(default_factory=dict)


NO_END = "no_end"
"""Kind of the notice that bytes came and what ends a read did not: they are no read, and somebody has to know."""

UNREADABLE = "unreadable"
"""Kind of the notice that something came that should be a read and is not understood."""


def lost(reason: Reason, text: str, remedy: str) -> Notice:
    """The notice that makes the device connect anew."""
    return Notice(kind=LOST, text=text, fields={"reason": reason, "remedy": remedy})


class Life(Enum):
    """What a wire said of its reader of tags: the silence of one that does not read is no evidence of anything."""

    READING = "reading"  # it looks for tags
    ALIVE = "alive"  # it is there; whether it looks for tags it said before
    IDLE = "idle"  # it does not look for tags


@dataclass(slots=True)
class Output:
    """What one `WireProtocol.feed` gave: reads in order, bytes to send at once, notices, the last sign of life."""

    frames: list[Frame] = field(default_factory=list)
    replies: list[bytes] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    life: Life | None = None

    def sign(self, life: Life | None) -> None:
        """Note a sign of life, the last of a portion; one that says less does not hide one that says more."""
        if life is not None and (life is not Life.ALIVE or self.life is None):
            self.life = life


class WireProtocol(Protocol):
    """A sans-I/O decoder.  It holds a bounded buffer, never raises on garbage and resynchronises at the next frame."""

    def connected(self) -> Sequence[bytes]:
        """Forget any half frame and return what must be sent first on a fresh connection."""

    def feed(self, data: bytes) -> Output:
        """Take bytes as they came, in any portions."""

    def ack(self, frame: Frame, verdict: Verdict) -> Sequence[bytes]:
        """Return what tells the device that ``frame`` is durable and how it was judged (may be nothing)."""

    def idle(self, elapsed: float) -> Output:
        """Called when nothing came for ``elapsed`` seconds: heartbeats, time-outs.  Mostly nothing."""

    def closing(self) -> Sequence[bytes]:
        """Return what a polite goodbye sends (may be nothing)."""


@runtime_checkable
class HasHandshake(Protocol):
    """A protocol that must agree with its peer before reads come; without it a device is ready once connected."""

    @property
    def ready(self) -> bool:
        """Whether the handshake is done."""


@runtime_checkable
class WaitsForEnd(Protocol):
    """A protocol whose reads end where the peer says so: a peer that is set up to say it otherwise is to be told of."""

    @property
    def waits(self) -> bool:
        """Whether something came that has not ended."""

    def unended(self) -> Notice:
        """The `NO_END` notice of what waits, with the ``remedy`` in its fields."""


class Slot(Protocol):
    """Where one value is kept beyond the process."""

    def read(self) -> bytes:
        """The value, ``b""`` for none."""

    def write(self, value: bytes) -> None:
        """Replace the value; may raise OSError."""


@runtime_checkable
class HasMemory(Protocol):
    """A protocol that must remember its last delivery when the host dies, to know the repeat of it."""

    def remember(self, slot: Slot) -> None:
        """Keep the memory in ``slot``, and go on from what it holds; before the first `WireProtocol.connected`."""


@runtime_checkable
class Redelivers(Protocol):
    """A protocol whose peer delivers again, by itself and for as long as it takes, what was not acknowledged."""

    redelivers: bool
