"""Fixed TCP readers (Keyence SR, Cognex, Datalogic): lines, with commands to the reader and its answers among them.

``LON`` switches the reading on, ``LOFF`` off; a reader that saw nothing sends ``ERROR``.  A command is answered by
``OK,command...`` or ``ER,command,number``.  A silent reader can be asked whether it still lives, because TCP alone
tells only that its cable is plugged in; other makes send a heartbeat line of their own.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from drivers.errors import Reason
from drivers.protocols.base import LOST, Frame, Notice, Output
from drivers.protocols.lines import FRAMINGS, LineProtocol, LineSettings, line_settings
from drivers.read import Verdict
from drivers.url import Options

TRIGGER_ON, TRIGGER_OFF, PING = b"LON\r", b"LOFF\r", b"KEYENCE\r"
PATIENCE = 3
"""Pings without any answer after which the reader is told to be lost."""

_ANSWER = re.compile(rb"(OK|ER),([A-Z0-9]{2,10})(?:,([\x20-\x7e]*))?")


class Trigger(StrEnum):
    """Who starts a reading: the reader's own sensor, we once after connecting, or we after every reading."""

    SENSOR = "sensor"
    ONCE = "once"
    ALWAYS = "always"


def answer_fields(line: bytes) -> dict[str, Any] | None:
    """The fields of an answer to a command; None for any other line.

    >>> answer_fields(b"ER,LON,01"), answer_fields(b"OK,LOFF")
    ({'command': 'LON', 'ok': False, 'error': '01'}, {'command': 'LOFF', 'ok': True})
    """
    match = _ANSWER.fullmatch(line)
    if match is None or (match[1] == b"ER" and not match[3]):
        return None
    fields: dict[str, Any] = {"command": match[2].decode("ascii"), "ok": match[1] == b"OK"}
    if match[3]:
        fields["value" if fields["ok"] else "error"] = match[3].decode("ascii")
    return fields


class TriggeredProtocol:
    """Lines with triggers and heartbeats; a `WireProtocol`.

    ``every``: seconds of silence after which the reader is pinged, 0 for never.  ``beat``: the line that the reader
    itself sends as a sign of life; it is no read.
    """

    def __init__(
        self,
        settings: LineSettings | None = None,
        *,
        trigger: Trigger = Trigger.SENSOR,
        on: bytes = TRIGGER_ON,
        off: bytes = TRIGGER_OFF,
        every: float = 0.0,
        ping: bytes = PING,
        beat: bytes = b"",
    ) -> None:
        self._lines = LineProtocol(settings)
        self._trigger, self._on, self._off = trigger, on, off
        self._every, self._ping, self._beat = every, ping, beat
        self._pings = 0

    def connected(self) -> Sequence[bytes]:
        """Forget the half line and start to read."""
        self._lines.connected()
        self._pings = 0
        return () if self._trigger is Trigger.SENSOR else (self._on,)

    def feed(self, data: bytes) -> Output:
        """Take bytes in any portions; answers and heartbeats are notices."""
        self._pings = 0
        output = self._lines.feed(data)
        output.frames = [frame for frame in output.frames if not self._is_word(frame, output)]
        missed = [notice for notice in output.notices if notice.kind == "no_read"]
        if self._trigger is Trigger.ALWAYS:
            output.replies.extend([self._on] * min(1, len(output.frames) + len(missed)))
        return output

    def ack(self, frame: Frame, verdict: Verdict) -> Sequence[bytes]:
        """What the settings of the lines say for this verdict; mostly nothing."""
        return self._lines.ack(frame, verdict)

    def idle(self, elapsed: float) -> Output:
        """Ask whether the reader lives; in the end it is lost."""
        output = self._lines.idle(elapsed)
        if self._every and elapsed >= self._every * (self._pings + 1):
            self._pings += 1
            if self._pings <= PATIENCE:
                output.replies.append(self._ping)
            else:
                remedy = "check the power of the reader; if it does not know the ping, set heartbeat=0 or another ping"
                text = f"the reader has not answered for {elapsed:.0f} s"
                output.notices.append(Notice(kind=LOST, text=text, fields={"reason": Reason.TIMEOUT, "remedy": remedy}))
        return output

    @property
    def waits(self) -> bool:
        """Whether part of a line came."""
        return self._lines.waits

    def unended(self) -> Notice:
        """What waits for its terminator."""
        return self._lines.unended()

    def closing(self) -> Sequence[bytes]:
        """Stop what was started."""
        return () if self._trigger is Trigger.SENSOR else (self._off,)

    def _is_word(self, frame: Frame, output: Output) -> bool:
        """Whether a line is no label but a word of the reader; it is told then."""
        line = frame.aim.encode() + frame.payload
        if self._beat and line == self._beat:
            output.notices.append(Notice(kind="alive", text="the reader lives"))
            return True
        fields = answer_fields(line)
        if fields is None:
            return False
        kind = "answer" if fields["ok"] else "error"
        text = f"the reader answered {fields['command']} with {fields.get('error', 'OK')}"
        output.notices.append(Notice(kind=kind, text=text, fields=fields))
        return True


def triggered_protocol(options: Options) -> TriggeredProtocol:
    """The protocol as a URL configures it: options of lines, and ``trigger on off heartbeat ping beat``."""
    settings = line_settings(options)
    return TriggeredProtocol(
        settings,
        trigger=options.choice("trigger", "sensor", {one.value: one for one in Trigger}),
        on=options.octets("on", TRIGGER_ON),
        off=options.octets("off", TRIGGER_OFF),
        every=options.number("heartbeat", 0.0, 0.0, 3600.0),
        ping=options.octets("ping", PING),
        beat=options.octets("beat", b""),
    )


def decode_keyence(data: bytes) -> list[dict[str, Any]]:
    """The fields of every complete line in ``data``: reads, missed reads, answers to commands."""
    output = TriggeredProtocol(FRAMINGS["any"]).feed(data)
    told = [notice.fields for notice in output.notices if notice.kind in ("no_read", "answer", "error")]
    return [frame.fields for frame in output.frames] + told
