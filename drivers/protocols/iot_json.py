"""The events of readers as JSON: cut out of a stream, single, in an array or as a batch, each read by its format."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from drivers.protocols.base import NO_END, UNREADABLE, Frame, Life, Notice, Output
from drivers.protocols.documents import Documents
from drivers.protocols.json_values import microseconds
from drivers.protocols.stream import StreamProtocol, noise
from drivers.read import Carrier

EventReader = Callable[[dict[str, Any]], Frame | None]
"""From an event to its read; None for an event without one; ValueError says what is wrong with it."""

Singles = Callable[[Any], Iterable[Any]]
"""From an event to the events in it."""


LifeReader = Callable[[dict[str, Any]], Life]
"""From an event without a read to what it says of the reader."""


def alive(event: dict[str, Any]) -> Life:
    """An event that says no more than that the reader is there."""
    del event
    return Life.ALIVE


def alone(event: Any) -> Iterable[Any]:
    """An event that holds no others."""
    return (event,)


class JsonProtocol(StreamProtocol[bytes]):
    """Sans-I/O decoder of a stream of events, or of single documents; a `WireProtocol`.

    ``singles`` takes an event apart that holds several reads; ``life`` tells of one without a read whether the reader
    reads.  Empty lines, with which some keep a stream alive, are a sign of life too.
    """

    def __init__(self, reader: EventReader, singles: Singles = alone, life: LifeReader = alive) -> None:
        self._reader = reader
        self._singles = singles
        self._life = life
        self._documents = Documents()

    def connected(self) -> Sequence[bytes]:
        """Forget the half document."""
        self._documents.clear()
        self._documents.thrown = 0
        return ()

    def feed(self, data: bytes) -> Output:
        """Take bytes in any portions."""
        output = super().feed(data)
        output.sign(Life.ALIVE if data.isspace() else None)
        return output

    def life(self, piece: bytes) -> Life | None:
        """Nothing beside what its events say."""
        del piece
        return None

    def pieces(self, data: bytes, output: Output) -> Iterator[bytes]:
        """The documents."""
        del output
        return self._documents.feed(data)

    def thrown(self) -> Notice | None:
        """The bytes that are no document."""
        size, self._documents.thrown = self._documents.thrown, 0
        return noise(size, "JSON document") if size else None

    @property
    def waits(self) -> bool:
        """Whether part of a document came."""
        return self._documents.waits

    def unended(self) -> Notice:
        """The document whose end did not come."""
        remedy = "look at what the reader or program sends: each event is one whole JSON document"
        return Notice(kind=NO_END, text="a JSON document came without its end", fields={"remedy": remedy})

    def take(self, document: bytes, output: Output) -> None:
        """Give the tags of a document, single or a batch."""
        try:
            value = json.loads(document)
        except ValueError as error:
            text = f"no JSON ({error}): {document[:48]!r}"
            output.notices.append(Notice(kind="noise", text=text, fields={"bytes": len(document)}))
            return
        for event in value if isinstance(value, list) else [value]:
            for single in self._singles(event):
                self._event(single, output)

    def _event(self, event: Any, output: Output) -> None:
        try:
            frame = read_event(event, self._reader)
        except (ValueError, OverflowError) as error:
            output.notices.append(Notice(kind=UNREADABLE, text=f"a read was rejected: {error}"))
            output.sign(Life.ALIVE)
            return
        output.sign(life_of(frame, event, self._life))
        if frame is None:
            kind = str(event.get("type") or event.get("eventType") or "event") if isinstance(event, dict) else "event"
            output.notices.append(Notice(kind="event", text=f"reader event {kind[:40]}", fields={"type": kind[:40]}))
            return
        output.frames.append(frame)


def read_event(event: Any, reader: EventReader) -> Frame | None:
    """The read in an event; ValueError where there should be one: a text alone may be a tag or a code."""
    if isinstance(event, str):
        raise ValueError(f"{event[:40]!r} is no event: an event is a JSON object")
    return reader(event) if isinstance(event, dict) else None


def life_of(frame: Frame | None, event: Any, tell: LifeReader) -> Life:
    """What an event says of its reader: a tag that it reads; a scanned code is of the same device, no more."""
    if frame is not None:
        return Life.READING if frame.carrier in (Carrier.EPC, Carrier.TID) else Life.ALIVE
    return tell(event) if isinstance(event, dict) else Life.ALIVE


def tag_frame(fields: dict[str, Any], device_time: int | None = None) -> Frame:
    """The read of a tag with these fields, at the time of the reader that they or ``device_time`` tell.

    Without ``epc`` it is one of its chip number.
    """
    rssi, pc, tid, user = fields["rssi_dbm"], fields.get("pc"), fields.get("tid"), fields.get("user")
    return Frame(
        payload=bytes.fromhex(fields["epc"] if "epc" in fields else fields["tid"]),
        carrier=Carrier.EPC if "epc" in fields else Carrier.TID,
        antenna=fields["antenna"],
        rssi_dbm=None if rssi is None else float(rssi),
        pc=None if pc is None else int(pc, 16),
        tid=bytes.fromhex(tid) if tid and "epc" in fields else None,
        user=bytes.fromhex(user) if user else None,
        seen_count=fields.get("reads"),
        device_time=microseconds(fields.get("timestamp")) if device_time is None else device_time,
        fields=fields,
    )


def decode_events(protocol: JsonProtocol, data: bytes) -> list[dict[str, Any]]:
    """The fields of every read in the documents of ``data``.

    Where one of a batch was rejected, the others say how many were ``accepted`` and ``rejected``.
    """
    output = protocol.feed(data)
    rejected = sum(notice.kind == UNREADABLE for notice in output.notices)
    counts = {"accepted": len(output.frames), "rejected": rejected} if rejected else {}
    return [frame.fields | counts for frame in output.frames]
