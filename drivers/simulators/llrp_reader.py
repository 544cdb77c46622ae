"""The reader's side of LLRP without I/O: answers to requests, the life of ROSpecs, reports as they were asked for."""

import struct
from collections.abc import Callable

from drivers.protocols.llrp.capabilities import Capabilities, capabilities_body
from drivers.protocols.llrp.events import LlrpStatus, event_body, rospec_event
from drivers.protocols.llrp.framing import Framer, Message
from drivers.protocols.llrp.report import TagReport, report_body
from drivers.protocols.llrp.wire import MessageType, P, StatusCode, find, message, tlv, walk
from drivers.simulators.llrp_access import AccessSpecs
from drivers.simulators.llrp_rospec import Refused, Rospec, RospecState, deep, parse_rospec, selected

_OK = LlrpStatus(StatusCode.SUCCESS)
_RESPONSE = 10
_ROSPEC_EVENTS = 2

SIMULATED = Capabilities(
    max_antennas=4,
    manufacturer=0,
    model=1,
    firmware="scanstation-simulator 1",
    powers=tuple((index, 10.0 + 0.25 * (index - 1)) for index in range(1, 82)),
    modes=(0, 1, 2, 3, 1000, 1002),
    hopping=False,
)
"""What the simulated reader can do unless told otherwise."""


class ReaderState:
    """A reader between power on and power off; one client at a time talks to it through `feed`.

    ``keepalive`` is the period in seconds that the client asked for (0: none), ``acknowledged`` the number of
    KEEPALIVE_ACK received, ``closing`` is set when the client said goodbye.
    """

    def __init__(self, clock: Callable[[], int], reader: Capabilities = SIMULATED) -> None:
        self._clock = clock
        self._reader = reader
        self._framer = Framer()
        self._last_id = 0
        self._rospec_events = False
        self.rospecs: dict[int, Rospec] = {}
        self.accesses = AccessSpecs()
        self.keepalive = 0.0
        self.acknowledged = 0
        self.closing = False
        self.requests: list[MessageType] = []

    def greet(self) -> None:
        """A new client is connected: forget what the last one left half said."""
        self._framer.clear()
        self.closing = False
        self.keepalive = 0.0

    @property
    def running(self) -> Rospec | None:
        """The ROSpec that is active now."""
        return next((spec for spec in self.rospecs.values() if spec.state is RospecState.ACTIVE), None)

    def next_id(self) -> int:
        """Return a fresh id for a message that the reader starts."""
        self._last_id += 1
        return self._last_id

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes of the client, return the answers in order."""
        answers: list[bytes] = []
        for received in self._framer.feed(data):
            answers += self._answer(received)
        return answers

    def report(self, tags: list[TagReport], flush: bool = False) -> list[bytes]:
        """Hand ``tags`` to the active inventory; return the reports that are due (all of them with ``flush``)."""
        spec = self.running
        if spec is None:
            return []
        heard = [tag for tag in tags if {0, tag.antenna} & set(spec.antennas)]
        spec.waiting += [
            self.accesses.read(selected(tag, spec), (tag.tid or b"", tag.user or b""), spec.number) for tag in heard
        ]
        reports = []
        while len(spec.waiting) >= spec.every or (flush and spec.waiting):
            due, spec.waiting = spec.waiting[: spec.every], spec.waiting[spec.every :]
            reports.append(message(MessageType.RO_ACCESS_REPORT, self.next_id(), report_body(due)))
        return reports

    def event(self, parameter: bytes) -> bytes:
        """Return a READER_EVENT_NOTIFICATION of now."""
        return message(MessageType.READER_EVENT_NOTIFICATION, self.next_id(), event_body(self._clock(), parameter))

    # -- requests ----------------------------------------------------------------------------------------------

    def _answer(self, received: Message) -> list[bytes]:
        if received.kind == MessageType.KEEPALIVE_ACK:
            self.acknowledged += 1
            return []
        if received.kind in (MessageType.ENABLE_EVENTS_AND_REPORTS, MessageType.GET_REPORT):
            self.requests.append(MessageType(received.kind))
            return self.report([], flush=True)
        handler = _HANDLERS.get(received.kind) or self._of_accesses(received.kind)
        if handler is None:
            status = LlrpStatus(StatusCode.M_UNSUPPORTED_MESSAGE, f"message type {received.kind} is not supported")
            return [message(MessageType.ERROR_MESSAGE, received.id, status.encode())]
        self.requests.append(MessageType(received.kind))
        try:
            more, after = handler(self, received.body)
            body = _OK.encode() + more
        except Refused as refusal:
            body, after = refusal.status.encode(), []
        except (struct.error, IndexError):
            body, after = LlrpStatus(StatusCode.M_PARAMETER_ERROR, "a parameter is cut short").encode(), []
        closing = received.kind == MessageType.CLOSE_CONNECTION
        kind = MessageType.CLOSE_CONNECTION_RESPONSE if closing else received.kind + _RESPONSE
        return [message(kind, received.id, body), *after]

    def _get_capabilities(self, body: bytes) -> tuple[bytes, list[bytes]]:
        del body
        return capabilities_body(self._reader), []

    def _get_config(self, body: bytes) -> tuple[bytes, list[bytes]]:
        del body
        period = round(self.keepalive * 1000)
        return tlv(P.KEEPALIVE_SPEC, struct.pack(">BI", 1 if period else 0, period)), []

    def _set_config(self, body: bytes) -> tuple[bytes, list[bytes]]:
        for kind, begin, stop in walk(body, 1, len(body)):
            if kind == P.KEEPALIVE_SPEC and stop - begin >= 5:
                periodic, period = struct.unpack_from(">BI", body, begin)
                self.keepalive = period / 1000 if periodic else 0.0
            elif kind == P.READER_EVENT_NOTIFICATION_SPEC:
                wanted = {
                    body[at + 1] for _, at, last in walk(body, begin, stop) if last - at >= 3 and body[at + 2] & 0x80
                }
                self._rospec_events = _ROSPEC_EVENTS in wanted
        return b"", []

    def _add(self, body: bytes) -> tuple[bytes, list[bytes]]:
        place = find(body, 0, len(body), P.ROSPEC)
        if place is None or place[1] - place[0] < 6:
            raise Refused(StatusCode.M_MISSING_PARAMETER, "ROSpec is missing")
        spec = parse_rospec(body, *place)
        if not spec.number or spec.number in self.rospecs:
            raise Refused(StatusCode.M_FIELD_ERROR, f"ROSpecID {spec.number} is not free")
        self._check(body, *place, spec)
        self.rospecs[spec.number] = spec
        return b"", []

    def _check(self, body: bytes, start: int, end: int, spec: Rospec) -> None:
        beyond = max(spec.antennas)
        if beyond > self._reader.max_antennas:
            raise Refused(StatusCode.A_OUT_OF_RANGE, f"there is no antenna {beyond}")
        for at in deep(body, start + 6, end, P.RF_TRANSMITTER):
            power = int.from_bytes(body[at + 4 : at + 6], "big")
            if power not in dict(self._reader.powers):
                raise Refused(StatusCode.M_FIELD_ERROR, f"transmit power index {power} is not in the table")
        for at in deep(body, start + 6, end, P.C1G2_RF_CONTROL):
            mode = int.from_bytes(body[at : at + 2], "big")
            if mode not in self._reader.modes:
                raise Refused(StatusCode.M_FIELD_ERROR, f"RF mode {mode} is not in the table")

    def _delete(self, body: bytes) -> tuple[bytes, list[bytes]]:
        for spec in self._named(body):
            del self.rospecs[spec.number]
        return b"", []

    def _enable(self, body: bytes) -> tuple[bytes, list[bytes]]:
        after: list[bytes] = []
        for spec in self._named(body):
            if spec.state is RospecState.DISABLED:
                spec.state = RospecState.INACTIVE
                after += self._begin(spec) if spec.immediate else []
        return b"", after

    def _disable(self, body: bytes) -> tuple[bytes, list[bytes]]:
        for spec in self._named(body):
            spec.state = RospecState.DISABLED
        return b"", []

    def _start(self, body: bytes) -> tuple[bytes, list[bytes]]:
        (spec,) = self._named(body)[:1] or (None,)
        if spec is None or spec.state is RospecState.DISABLED:
            raise Refused(StatusCode.M_FIELD_ERROR, "the ROSpec is not enabled")
        return b"", self._begin(spec)

    def _stop(self, body: bytes) -> tuple[bytes, list[bytes]]:
        after: list[bytes] = []
        for spec in self._named(body):
            if spec.state is RospecState.ACTIVE:
                after += self.report([], flush=True)
                spec.state = RospecState.INACTIVE
                after += [self.event(rospec_event(1, spec.number))] if self._rospec_events else []
        return b"", after

    def _of_accesses(self, kind: int) -> Callable[["ReaderState", bytes], tuple[bytes, list[bytes]]] | None:
        act = self.accesses.handlers.get(kind)
        return None if act is None else lambda _, body: (act(body), [])

    def _list(self, body: bytes) -> tuple[bytes, list[bytes]]:
        del body
        return b"".join(spec.raw for spec in self.rospecs.values()), []

    def _close(self, body: bytes) -> tuple[bytes, list[bytes]]:
        del body
        self.closing = True
        return b"", []

    def _begin(self, spec: Rospec) -> list[bytes]:
        spec.state = RospecState.ACTIVE
        return [self.event(rospec_event(0, spec.number))] if self._rospec_events else []

    def _named(self, body: bytes) -> list[Rospec]:
        number = int.from_bytes(body[:4], "big")
        if number == 0:
            return list(self.rospecs.values())
        if number not in self.rospecs:
            raise Refused(StatusCode.M_FIELD_ERROR, f"there is no ROSpec {number}")
        return [self.rospecs[number]]


_HANDLERS: dict[int, Callable[[ReaderState, bytes], tuple[bytes, list[bytes]]]] = {
    MessageType.GET_READER_CAPABILITIES: ReaderState._get_capabilities,
    MessageType.GET_READER_CONFIG: ReaderState._get_config,
    MessageType.SET_READER_CONFIG: ReaderState._set_config,
    MessageType.ADD_ROSPEC: ReaderState._add,
    MessageType.DELETE_ROSPEC: ReaderState._delete,
    MessageType.ENABLE_ROSPEC: ReaderState._enable,
    MessageType.DISABLE_ROSPEC: ReaderState._disable,
    MessageType.START_ROSPEC: ReaderState._start,
    MessageType.STOP_ROSPEC: ReaderState._stop,
    MessageType.GET_ROSPECS: ReaderState._list,
    MessageType.CLOSE_CONNECTION: ReaderState._close,
}
