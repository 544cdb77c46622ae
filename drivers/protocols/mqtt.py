"""MQTT 3.1.1 as a subscriber that acknowledges a message only when all its reads are durable.

The session is persistent and the subscription asks for QoS 1: what is published while the station is away waits at
the broker, and what was not acknowledged comes again.  So PUBACK is sent by `MqttProtocol.ack` and never before, in
the order of the messages (OASIS standard, 4.6).  What a message holds is read by another protocol.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from drivers.errors import Reason
from drivers.protocols import mqtt_packets as packets
from drivers.protocols.base import UNREADABLE, Frame, Notice, Output, WaitsForEnd, WireProtocol, lost
from drivers.protocols.mqtt_packets import Malformed, Packet, Packets
from drivers.read import Verdict

KEEPALIVE = 60
"""Seconds without a word from us after half as many more the broker gives us up."""

_ANSWER, _PING, _SILENT = 5.0, 10.0, 20.0  # seconds: to shake hands, until we ask, until we give the broker up
_PING_EVERY = 100  # packets: a stream that never pauses leaves no silence to ask in
_SUBSCRIPTION = 1  # packet identifier

_REFUSALS = {
    1: (Reason.PROTOCOL, "the broker does not speak MQTT 3.1.1", "switch 3.1.1 on at the broker"),
    2: (Reason.PERMISSION, "the broker refuses the client identifier", "set client=NAME in the URL"),
    3: (Reason.BUSY, "the broker is not available", "look into the broker's log"),
    4: (Reason.PERMISSION, "wrong user or password", "set user= and password= (or password_file=) in the URL"),
    5: (Reason.PERMISSION, "the broker lets this user not in", "set user= and password= in the URL, or allow the user"),
}
"""Return codes of CONNACK (3.2.2.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What is subscribed to, and as whom.

    ``client`` names the session at the broker and must be one station's alone; with ``clean`` the broker keeps none.
    """

    topic: str
    client: str
    clean: bool = False
    user: str = ""
    password: str = ""


@dataclass(slots=True)
class _Message:
    """A message at QoS 1 that waits for ``left`` of its reads to become durable."""

    packet_id: int
    left: int


class MqttProtocol:
    """The sans-I/O client; ``content`` reads the payload of each message.  A `WireProtocol` with a handshake."""

    redelivers = True

    def __init__(self, subscription: Subscription, content: WireProtocol) -> None:
        self.ready = False
        self._subscription = subscription
        self._content = content
        self._packets = Packets()
        self._messages: deque[_Message] = deque()
        self._asked = False
        self._unanswered = 0  # packets since we last said something
        self._met = False  # the broker had our session before

    def connected(self) -> Sequence[bytes]:
        """Forget what came by the connection before (it comes again) and say who we are."""
        self._packets.clear()
        self._messages.clear()
        self.ready = self._asked = False
        self._unanswered = 0
        wanted = self._subscription
        return (
            packets.connect(
                wanted.client,
                clean=wanted.clean,
                keepalive=KEEPALIVE,
                user=wanted.user,
                password=wanted.password,
            ),
        )

    def feed(self, data: bytes) -> Output:
        """Take bytes in any portions; what is no MQTT ends the connection."""
        output = Output()
        try:
            for packet in self._packets.feed(data):
                self._take(packet, output)
        except Malformed as error:
            self._packets.clear()
            remedy = "check that host and port are those of an MQTT broker, and tls=1 where it wants TLS"
            output.notices.append(lost(Reason.PROTOCOL, f"this is not MQTT: {error}", remedy))
        if self._unanswered >= _PING_EVERY:
            self._say(output, packets.PINGREQ)
        return output

    def ack(self, frame: Frame, verdict: Verdict) -> Sequence[bytes]:
        """Acknowledge the messages whose reads are all durable, in order."""
        del verdict
        if isinstance(frame.token, _Message):
            frame.token.left -= 1
        return self._finished()

    def idle(self, elapsed: float) -> Output:
        """Ask the broker for a sign of life; give it up when it gives none."""
        output = Output()
        if not self.ready and elapsed >= _ANSWER:
            remedy = "check that host and port are those of an MQTT broker, and tls=1 where it wants TLS"
            output.notices.append(lost(Reason.TIMEOUT, "the broker does not answer", remedy))
        elif elapsed >= _SILENT:
            output.notices.append(lost(Reason.TIMEOUT, "the broker is silent", "check broker and network"))
        elif elapsed >= _PING and not self._asked:
            self._asked = True
            self._say(output, packets.PINGREQ)
        return output

    def closing(self) -> Sequence[bytes]:
        """Say goodbye; the session stays at the broker."""
        return (packets.DISCONNECT,)

    def _take(self, packet: Packet, output: Output) -> None:
        match packet.kind:
            case packets.CONNACK:
                self._welcomed(packet.body, output)
            case packets.SUBACK:
                self._subscribed(packet.body, output)
            case packets.PUBLISH:
                self._published(packet, output)
            case packets.PINGRESP:
                self._asked = False

    def _welcomed(self, body: bytes, output: Output) -> None:
        if len(body) != 2:
            raise Malformed("a welcome (CONNACK) of another length")
        if body[1]:
            unknown = (Reason.PROTOCOL, f"the broker refuses the connection ({body[1]})", "look into the broker's log")
            output.notices.append(lost(*_REFUSALS.get(body[1], unknown)))
            return
        if self._met and not body[0] & 1 and not self._subscription.clean:
            text = "the broker has forgotten this station: what was published meanwhile may be lost"
            output.notices.append(Notice(kind="session", text=text))
        self._met = True
        self._say(output, packets.subscribe(_SUBSCRIPTION, self._subscription.topic, 1))

    def _subscribed(self, body: bytes, output: Output) -> None:
        granted = body[-1:]
        if granted == b"\x80" or not granted:
            text = f"the broker does not let this user read {self._subscription.topic}"
            output.notices.append(lost(Reason.PERMISSION, text, "allow the topic in the broker's access list"))
            return
        self.ready = True
        if granted == b"\x00":
            text = "the broker grants QoS 0 only: what is published while the station is away is lost"
            output.notices.append(Notice(kind="qos", text=text))

    def _published(self, packet: Packet, output: Output) -> None:
        message = packets.read_publication(packet)
        self._unanswered += 1
        found = Output()
        if message.retained:  # the last value of a topic, published at any time before: no event
            found.notices.append(Notice(kind="retained", text=f"a retained message on {message.topic} is no read"))
        else:
            self._content.connected()
            found = self._content.feed(message.payload + b"\n")
            if isinstance(self._content, WaitsForEnd) and self._content.waits:
                found.notices.append(replace(self._content.unended(), kind=UNREADABLE))
        output.notices += found.notices
        output.sign(found.life)
        if not message.qos:
            output.frames += found.frames
            return
        waiting = _Message(message.packet_id, len(found.frames))
        self._messages.append(waiting)
        output.frames += [replace(frame, token=waiting) for frame in found.frames]
        output.replies += self._finished()

    def _finished(self) -> list[bytes]:
        done: list[bytes] = []
        while self._messages and self._messages[0].left <= 0:
            done.append(packets.puback(self._messages.popleft().packet_id))
            self._unanswered = 0
        return done

    def _say(self, output: Output, words: bytes) -> None:
        self._unanswered = 0
        output.replies.append(words)
