"""What a reader says beside tags: the status of a request, and reader events."""

from dataclasses import dataclass, field
from typing import Any

from drivers.protocols.llrp.wire import P, StatusCode, find, name_of, tlv, walk

CONNECTION_ATTEMPT = {
    0: "success",
    1: "a connection that the reader started already exists",
    2: "another client is connected to the reader",
    3: "the reader refused the connection",
    4: "another client tried to connect",
}
"""Status of a ConnectionAttemptEvent in words (section 14.2.7.9 of the standard)."""

_NAMED: dict[int, tuple[str, str]] = {
    P.HOPPING_EVENT: ("HoppingEvent", "the reader hopped to another channel"),
    P.RF_SURVEY_EVENT: ("RFSurveyEvent", "a survey of the air began or ended"),
    P.SPEC_LOOP_EVENT: ("SpecLoopEvent", "a row of inventories began again"),
    P.AISPEC_EVENT: ("AISpecEvent", "an inventory with one set of antennas ended"),
}
"""Events that say no more than their name here."""
_ROSPEC_EVENT = {0: "started", 1: "ended", 2: "pre-empted"}


@dataclass(frozen=True, slots=True)
class LlrpStatus:
    """Result of a request: ``code`` 0 is success, ``text`` holds the reader's own words."""

    code: int
    text: str = ""

    @property
    def ok(self) -> bool:
        """Whether the request was carried out."""
        return self.code == StatusCode.SUCCESS

    def __str__(self) -> str:
        name = name_of(StatusCode, self.code)
        return f"{name}: {self.text}" if self.text else name

    def encode(self) -> bytes:
        """Return the LLRPStatus parameter."""
        text = self.text.encode()
        return tlv(P.LLRP_STATUS, self.code.to_bytes(2, "big"), len(text).to_bytes(2, "big"), text)


def parse_status(body: bytes) -> LlrpStatus | None:
    """Return the LLRPStatus of a response; None where it has none."""
    place = find(body, 0, len(body), P.LLRP_STATUS)
    if place is None or place[1] - place[0] < 4:
        return None
    begin = place[0]
    size = int.from_bytes(body[begin + 2 : begin + 4], "big")
    text = body[begin + 4 : min(begin + 4 + size, place[1])].decode("utf-8", "replace")
    return LlrpStatus(int.from_bytes(body[begin : begin + 2], "big"), text.strip("\0 "))


@dataclass(frozen=True, slots=True)
class ReaderEvent:
    """One event of a READER_EVENT_NOTIFICATION: ``name`` as in the standard, ``text`` for people."""

    name: str
    text: str
    fields: dict[str, Any] = field(default_factory=dict)


def parse_events(body: bytes) -> list[ReaderEvent]:
    """Return the events of a READER_EVENT_NOTIFICATION; those that this client does not know are left out."""
    place = find(body, 0, len(body), P.READER_EVENT_NOTIFICATION_DATA)
    if place is None:
        return []
    events: list[ReaderEvent] = []
    stamp: dict[str, Any] = {}
    for kind, begin, stop in walk(body, *place):
        value = body[begin:stop]
        if kind == P.UTC_TIMESTAMP and len(value) == 8:
            stamp = {"utc_us": int.from_bytes(value, "big")}
        elif event := _event(kind, value):
            event.fields.update(stamp)
            events.append(event)
    return events


def _event(kind: int, value: bytes) -> ReaderEvent | None:
    """Return the event of one parameter; None when it is unknown or cut short."""
    if kind == P.CONNECTION_ATTEMPT and len(value) >= 2:
        status = int.from_bytes(value[:2], "big")
        return ReaderEvent(
            "ConnectionAttemptEvent", CONNECTION_ATTEMPT.get(status, f"status {status}"), {"status": status}
        )
    if kind == P.CONNECTION_CLOSE:
        return ReaderEvent("ConnectionCloseEvent", "the reader closed the connection")
    if kind == P.ROSPEC_EVENT and len(value) >= 9:
        rospec = int.from_bytes(value[1:5], "big")
        text = f"inventory {rospec} {_ROSPEC_EVENT.get(value[0], value[0])}"
        return ReaderEvent("ROSpecEvent", text, {"type": value[0], "rospec_id": rospec})
    if kind == P.REPORT_BUFFER_LEVEL_WARNING and value:
        return ReaderEvent(
            "ReportBufferLevelWarningEvent", f"the reader's buffer is {value[0]} % full", {"percent": value[0]}
        )
    if kind == P.REPORT_BUFFER_OVERFLOW:
        return ReaderEvent("ReportBufferOverflowErrorEvent", "the reader's buffer overflowed: tag reports were lost")
    if kind == P.READER_EXCEPTION and len(value) >= 2:
        text = value[2 : 2 + int.from_bytes(value[:2], "big")].decode("utf-8", "replace")
        return ReaderEvent("ReaderExceptionEvent", text)
    if kind == P.ANTENNA_EVENT and len(value) >= 3:
        antenna = int.from_bytes(value[1:3], "big")
        word = "connected" if value[0] else "disconnected"
        fields = {"antenna": antenna, "connected": bool(value[0])}
        return ReaderEvent("AntennaEvent", f"antenna {antenna} {word}", fields)
    if kind == P.GPI_EVENT and len(value) >= 3:
        port, high = int.from_bytes(value[:2], "big"), bool(value[2] & 0x80)
        return ReaderEvent("GPIEvent", f"input {port} is {'high' if high else 'low'}", {"port": port, "high": high})
    if kind in _NAMED:
        return ReaderEvent(*_NAMED[kind])
    return None


def event_body(now: int, *events: bytes) -> bytes:
    """Return the body of a READER_EVENT_NOTIFICATION at ``now`` (microseconds UTC)."""
    return tlv(P.READER_EVENT_NOTIFICATION_DATA, tlv(P.UTC_TIMESTAMP, now.to_bytes(8, "big")), *events)


def connection_attempt(status: int) -> bytes:
    """Return a ConnectionAttemptEvent parameter."""
    return tlv(P.CONNECTION_ATTEMPT, status.to_bytes(2, "big"))


def connection_close() -> bytes:
    """Return a ConnectionCloseEvent parameter."""
    return tlv(P.CONNECTION_CLOSE)


def rospec_event(kind: int, rospec: int) -> bytes:
    """Return a ROSpecEvent parameter: ``kind`` 0 started, 1 ended."""
    return tlv(P.ROSPEC_EVENT, kind.to_bytes(1, "big"), rospec.to_bytes(4, "big"), bytes(4))


def antenna_event(antenna: int, connected: bool) -> bytes:
    """Return an AntennaEvent parameter."""
    return tlv(P.ANTENNA_EVENT, bytes([connected]), antenna.to_bytes(2, "big"))
