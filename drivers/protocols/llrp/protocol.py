"""The client side of LLRP as a state machine: greeting, configuration, inventory, reports; no I/O.

The reader speaks first.  Then each request waits for its answer: GET_READER_CAPABILITIES, SET_READER_CONFIG,
DELETE_ROSPEC (all), ADD_ROSPEC, ENABLE_ROSPEC, START_ROSPEC; from then on tags come by themselves.  A notice of the
kind ``ready`` says that the inventory runs, one of the kind `LOST` that this connection is of no more use.
"""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum

from drivers.errors import Reason
from drivers.protocols.base import LOST, Frame, Life, Notice, Output
from drivers.protocols.llrp import requests
from drivers.protocols.llrp.capabilities import Capabilities, parse_capabilities
from drivers.protocols.llrp.events import ReaderEvent, parse_events, parse_status
from drivers.protocols.llrp.framing import Framer, Message
from drivers.protocols.llrp.options import Options
from drivers.protocols.llrp.report import ReportParser, TagReport
from drivers.protocols.llrp.wire import MessageType, message, name_of
from drivers.protocols.stream import StreamProtocol, noise
from drivers.read import Carrier

MISSED_KEEPALIVES = 3
"""After this many periods without a sign of life the wire is dead."""

_RESPONSE = 10  # the type of a response is that of its request plus ten
_STEPS = (
    MessageType.GET_READER_CAPABILITIES,
    MessageType.SET_READER_CONFIG,
    MessageType.DELETE_ROSPEC,
    MessageType.ADD_ROSPEC,
    MessageType.ENABLE_ROSPEC,
    MessageType.START_ROSPEC,
)
_MEMORY_STEPS = (MessageType.DELETE_ACCESSSPEC, MessageType.ADD_ACCESSSPEC, MessageType.ENABLE_ACCESSSPEC)
"""Before the ROSpec is enabled, where memory is read too."""
_MAY_FAIL = frozenset({MessageType.DELETE_ROSPEC, MessageType.DELETE_ACCESSSPEC})
_BUSY = frozenset({1, 2})  # statuses of a ConnectionAttemptEvent: another connection holds the reader
_INFORMATION = 4  # another client tried and was refused: nothing for us to do


class Phase(StrEnum):
    """Where a connection stands."""

    GREETING = "greeting"
    SETTING_UP = "setting up"
    RUNNING = "running"
    LOST = "lost"


class LlrpProtocol(StreamProtocol[Message]):
    """Sans-I/O LLRP client that runs one inventory; a `drivers.protocols.base.WireProtocol`."""

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.phase = Phase.LOST
        self.reader = Capabilities()
        self._framer = Framer(join=True)
        self._reports = ReportParser()
        self._step = 0
        self._steps = (*_STEPS[:4], *_MEMORY_STEPS, *_STEPS[4:]) if self._reads_memory else _STEPS
        self._last_id = 0
        self._handlers: dict[int, Callable[[Message, Output], None]] = {
            MessageType.RO_ACCESS_REPORT: self._on_report,
            MessageType.KEEPALIVE: self._on_keepalive,
            MessageType.READER_EVENT_NOTIFICATION: self._on_events,
            MessageType.ERROR_MESSAGE: self._on_error,
            MessageType.CLOSE_CONNECTION_RESPONSE: self._on_closed,
        }

    @property
    def _reads_memory(self) -> bool:
        return bool(self.options.tid or self.options.user)

    @property
    def ready(self) -> bool:
        """Whether the handshake is over and the inventory runs."""
        return self.phase is Phase.RUNNING

    def connected(self) -> Sequence[bytes]:
        """Start afresh; the reader speaks first, so nothing is sent."""
        self._framer.clear()
        self._reports = ReportParser()
        self.phase = Phase.GREETING
        self.reader = Capabilities()
        self._step = 0
        return ()

    def pieces(self, data: bytes, output: Output) -> Iterator[Message]:
        """The messages of the reader."""
        del output
        return self._framer.feed(data)

    def take(self, received: Message, output: Output) -> None:
        """Deal with a message: tags, answers to send at once, notices."""
        self._handlers.get(received.kind, self._on_response)(received, output)

    def life(self, piece: Message) -> Life | None:
        """It reads while the inventory runs: it tells the end of it by itself."""
        del piece
        return Life.READING if self.phase is Phase.RUNNING else None

    def thrown(self) -> Notice | None:
        """The bytes that are no LLRP."""
        size, self._framer.dropped = self._framer.dropped, 0
        return noise(size, "LLRP") if size else None

    def idle(self, elapsed: float) -> Output:
        """Declare the wire dead when nothing came for ``elapsed`` seconds though something had to."""
        output = Output()
        if self.phase is Phase.RUNNING and elapsed >= MISSED_KEEPALIVES * self.options.keepalive:
            text = f"no sign of life for {elapsed:.1f} s ({MISSED_KEEPALIVES} keepalives missed)"
            self._lose(output, Reason.TIMEOUT, text, "check the reader's power and its network cable")
        elif self.phase is Phase.GREETING and elapsed >= self.options.answer:
            text = f"connected, but no LLRP greeting within {self.options.answer:g} s"
            self._lose(output, Reason.TIMEOUT, text, "check that host and port are those of an LLRP reader (port 5084)")
        elif self.phase is Phase.SETTING_UP and elapsed >= self.options.answer:
            text = f"{self._steps[self._step].name} was not answered within {self.options.answer:g} s"
            self._lose(output, Reason.TIMEOUT, text, "restart the reader when this happens again")
        return output

    def closing(self) -> Sequence[bytes]:
        """Stop and delete the inventory and say goodbye, without waiting for the answers."""
        if self.phase not in (Phase.SETTING_UP, Phase.RUNNING):
            return ()
        self.phase = Phase.LOST
        number = requests.rospec_number(requests.ROSPEC_ID)
        return (
            self._request(MessageType.STOP_ROSPEC, number),
            self._request(MessageType.DELETE_ROSPEC, number),
            *self._without_reads(),
            self._request(MessageType.CLOSE_CONNECTION),
        )

    def _without_reads(self) -> list[bytes]:
        if not self._reads_memory:
            return []
        return [self._request(MessageType.DELETE_ACCESSSPEC, requests.access_number())]

    # -- what the reader sends ---------------------------------------------------------------------------------

    def _on_report(self, received: Message, output: Output) -> None:
        tags, bad = self._reports.parse(received.body)
        output.frames.extend(map(_frame, tags))
        if bad:
            text = f"{bad} tag reports without a readable EPC"
            output.notices.append(Notice(kind="unreadable", text=text, fields={"tags": bad}))

    def _on_keepalive(self, received: Message, output: Output) -> None:
        output.replies.append(message(MessageType.KEEPALIVE_ACK, received.id, version=received.version))

    def _on_events(self, received: Message, output: Output) -> None:
        for event in parse_events(received.body):
            if event.name == "ConnectionAttemptEvent":
                self._on_greeting(event, output)
            elif event.name == "ConnectionCloseEvent":
                self._lose(output, Reason.UNPLUGGED, event.text, "the station connects again by itself")
            elif self._ended(event):
                text = "the reader ended the inventory by itself"
                self._lose(output, Reason.UNPLUGGED, text, "check that no other program controls the reader")
            else:
                output.notices.append(Notice(kind=event.name, text=event.text, fields=event.fields))

    def _ended(self, event: ReaderEvent) -> bool:
        ours = event.fields.get("rospec_id") == requests.ROSPEC_ID
        return self.phase is Phase.RUNNING and event.name == "ROSpecEvent" and ours and event.fields["type"] != 0

    def _on_greeting(self, event: ReaderEvent, output: Output) -> None:
        status = event.fields["status"]
        if status == _INFORMATION:
            output.notices.append(Notice(kind=event.name, text=event.text, fields=event.fields))
        elif status in _BUSY:
            remedy = "close the other program that reads this reader, or restart the reader to end a stale connection"
            self._lose(output, Reason.BUSY, event.text, remedy)
        elif status:
            self._lose(output, Reason.REFUSED, event.text, "restart the reader; its log says why it refuses")
        elif self.phase is Phase.GREETING:
            self.phase = Phase.SETTING_UP
            self._send_step(output)

    def _on_response(self, received: Message, output: Output) -> None:
        step = self._steps[self._step] if self.phase is Phase.SETTING_UP else None
        if step is None or received.kind != step + _RESPONSE or received.id != self._last_id:
            name = name_of(MessageType, received.kind)
            output.notices.append(
                Notice(kind="unexpected", text=f"{name} was not asked for", fields={"id": received.id})
            )
            return
        status = parse_status(received.body)
        if status is None or not (status.ok or step in _MAY_FAIL):
            self._refused(step, "no LLRPStatus in the answer" if status is None else str(status), output)
            return
        if step is MessageType.GET_READER_CAPABILITIES:
            self.reader = parse_capabilities(received.body)
            if mistakes := check_options(self.options, self.reader):
                self._lose(output, Reason.BAD_URL, "; ".join(mistakes), "correct the options in the URL of the device")
                return
        self._step += 1
        if self._step < len(self._steps):
            self._send_step(output)
        else:
            self.phase = Phase.RUNNING
            output.notices.append(
                Notice(kind="ready", text="the inventory runs", fields={"firmware": self.reader.firmware})
            )

    def _on_error(self, received: Message, output: Output) -> None:
        status = parse_status(received.body)
        words = str(status) if status else "no reason given"
        if self.phase is Phase.SETTING_UP and received.id in (0, self._last_id):
            self._refused(self._steps[self._step], words, output)
        else:
            output.notices.append(Notice(kind="error", text=f"the reader reports an error: {words}"))

    def _on_closed(self, received: Message, output: Output) -> None:
        del received
        self._lose(output, Reason.UNPLUGGED, "the reader closed the connection", "the station connects again by itself")

    # -- what we send ------------------------------------------------------------------------------------------

    def _send_step(self, output: Output) -> None:
        step = self._steps[self._step]
        if step is MessageType.GET_READER_CAPABILITIES:
            body = requests.get_capabilities()
        elif step is MessageType.SET_READER_CONFIG:
            body = requests.set_config(self.options)
        elif step is MessageType.ADD_ROSPEC:
            body = requests.add_rospec(self.options, self.reader)
        elif step is MessageType.ADD_ACCESSSPEC:
            body = requests.add_access(self.options)
        elif step in (MessageType.DELETE_ACCESSSPEC, MessageType.ENABLE_ACCESSSPEC):
            body = requests.access_number()
        elif step is MessageType.DELETE_ROSPEC:
            body = requests.rospec_number(requests.ALL_ROSPECS)
        else:
            body = requests.rospec_number(requests.ROSPEC_ID)
        output.replies.append(self._request(step, body))

    def _request(self, kind: MessageType, body: bytes = b"") -> bytes:
        self._last_id = self._last_id % 0xFFFFFFFF + 1
        return message(kind, self._last_id, body)

    def _refused(self, step: MessageType, words: str, output: Output) -> None:
        remedy = "correct the options in the URL of the device; these words are the reader's own"
        self._lose(output, Reason.REFUSED, f"{step.name} refused: {words}", remedy)

    def _lose(self, output: Output, reason: Reason, text: str, remedy: str) -> None:
        if self.phase is not Phase.LOST:
            self.phase = Phase.LOST
            output.notices.append(Notice(kind=LOST, text=text, fields={"reason": reason, "remedy": remedy}))


def check_options(options: Options, reader: Capabilities) -> list[str]:
    """Return what ``reader`` cannot do of ``options``, each in words; unknown capabilities refuse nothing."""
    mistakes = []
    beyond = [antenna for antenna in options.antennas if antenna > reader.max_antennas]
    if reader.max_antennas and beyond:
        mistakes.append(f"antennas={','.join(map(str, beyond))}: the reader has {reader.max_antennas}")
    powers = dict(reader.powers)
    if options.power is not None and powers and options.power not in powers:
        low, high = min(powers), max(powers)
        span = f"{low} ({powers[low]:g} dBm) to {high} ({powers[high]:g} dBm)"
        mistakes.append(f"power={options.power}: the reader knows the indexes {span}")
    if options.mode is not None and reader.modes and options.mode not in reader.modes:
        mistakes.append(f"mode={options.mode}: the reader knows {', '.join(map(str, reader.modes))}")
    return mistakes


def _frame(tag: TagReport) -> Frame:
    return Frame(
        payload=tag.epc,
        carrier=Carrier.EPC,
        antenna=tag.antenna,
        rssi_dbm=tag.rssi_dbm,
        pc=tag.pc,
        tid=tag.chip,
        user=tag.user,
        device_time=tag.first_seen if tag.last_seen is None else tag.last_seen,
        seen_count=tag.seen,
    )
