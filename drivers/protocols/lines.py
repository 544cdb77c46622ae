"""The line protocol of serial and TCP scanners: data between an optional prefix and a terminator.

The wire has no checksum, so the protocol accepts only what can be a label: text in the configured character set
without control characters, except TAB and the separators of ISO/IEC 15434 and GS1 (EOT, FS, GS, RS, US).
Everything else becomes a `Notice`, never a read.

A scanner that sends no terminator, or another one, is told of and never believed by a pause: what stopped for
`STOPPED` seconds and went on then is two codes with their border lost, and no read.
"""

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from drivers.protocols.aim import named, split_aim
from drivers.protocols.base import Frame, Notice, Output
from drivers.protocols.line_ends import no_end
from drivers.protocols.stream import StreamProtocol
from drivers.read import Verdict
from drivers.url import Options

LONGEST_LINE = 8192
"""Bytes.  The longest symbol in use, a QR code of digits, holds 7,089."""

STOPPED = 2.0
"""Seconds of silence inside a line after which it is not whole."""

_SEPARATORS = b"\t\x04\x1c\x1d\x1e\x1f"
_FORBIDDEN = bytes(c for c in [*range(0x20), 0x7F] if c not in _SEPARATORS)
_SHOWN = 32


class Aim(StrEnum):
    """What to do about an AIM identifier at the start of a line."""

    STRIP = "strip"  # take it off where there is one
    KEEP = "keep"  # the scanner sends none: what looks like one is data
    REQUIRE = "require"  # a line without one is noise: the strictest way to use a wire without checksum


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSettings:
    """How the scanner frames its lines.

    ``terminators``: any of them ends a line; empty lines are skipped, so ``(CR, LF)`` reads CR LF too.
    ``no_read``: the line with which a fixed reader reports that it saw nothing (Keyence: ``ERROR``); empty for none.
    ``charset``: a Python codec, or "" to accept any bytes.
    ``replies``: what the scanner is sent when a read is durable, by its verdict; nothing for those left out.
    """

    prefix: bytes = b""
    terminators: tuple[bytes, ...] = (b"\r", b"\n")
    no_read: bytes = b"ERROR"
    aim: Aim = Aim.STRIP
    charset: str = "utf-8"
    longest: int = LONGEST_LINE
    replies: Mapping[Verdict, bytes] = field(default_factory=dict)


STX_ETX = LineSettings(prefix=b"\x02", terminators=(b"\x03",))
FRAMINGS = {
    "any": LineSettings(),
    "cr": LineSettings(terminators=(b"\r",)),
    "lf": LineSettings(terminators=(b"\n",)),
    "crlf": LineSettings(terminators=(b"\r\n",)),
    "stx-etx": STX_ETX,
}


class LineProtocol(StreamProtocol[bytes]):
    """Sans-I/O decoder of lines; a `WireProtocol`.  Its buffer never holds more than the longest line and one feed."""

    def __init__(self, settings: LineSettings | None = None) -> None:
        self._settings = settings or LineSettings()
        self._buffer = bytearray()
        self._skipping = False
        self._stopped = False
        self._end = re.compile(b"|".join(map(re.escape, self._settings.terminators)))
        self._margin = max(map(len, self._settings.terminators)) - 1
        prefix = self._settings.prefix
        self._restarts = bool(prefix) and all(byte < 0x20 for byte in prefix)

    def connected(self) -> Sequence[bytes]:
        """Forget the half line of the wire that broke."""
        self._buffer.clear()
        self._skipping = self._stopped = False
        return ()

    def idle(self, elapsed: float) -> Output:
        """Note that the line under way has stopped."""
        self._stopped = self._stopped or (self.waits and elapsed >= STOPPED and not self._restarts)
        return Output()

    @property
    def waits(self) -> bool:
        """Whether part of a line came."""
        return bool(self._buffer.strip(b"\r\n"))

    def unended(self) -> Notice:
        """What waits for its terminator, and what to set so that it comes."""
        return no_end(bytes(self._buffer), self._settings.terminators)

    def pieces(self, data: bytes, output: Output) -> Iterator[bytes]:
        """The lines, without what ends them."""
        scanned = max(0, len(self._buffer) - self._margin)
        self._buffer += data
        start = 0
        for end in self._end.finditer(self._buffer, scanned):
            yield bytes(self._buffer[start : end.start()])
            start = end.end()
        del self._buffer[:start]
        self._bound(output)

    def ack(self, frame: Frame, verdict: Verdict) -> Sequence[bytes]:
        """What the settings say for this verdict: ACK, NAK, a beep; mostly nothing."""
        del frame
        reply = self._settings.replies.get(verdict, b"")
        return (reply,) if reply else ()

    def _bound(self, output: Output) -> None:
        """Throw away what is already too long: up to the next prefix that restarts a line, else the next terminator."""
        size, prefix = len(self._buffer), self._settings.prefix
        if self._restarts and (at := self._buffer.rfind(prefix)) > 0:
            output.notices.append(_noise(bytes(self._buffer[:at]), "it lost its end"))
            del self._buffer[:at]
        elif self._skipping:
            del self._buffer[: max(0, size - self._margin)]
        elif size > self._settings.longest + len(prefix) + self._margin:
            output.notices.append(self._too_long(size))
            self._skipping = not self._restarts
            del self._buffer[: size - max(self._margin, len(prefix) - 1)]

    def _too_long(self, size: int) -> Notice:
        text = f"a line of more than {self._settings.longest} bytes was thrown away"
        return Notice(kind="overflow", text=text, fields={"bytes": size})

    def take(self, line: bytes, output: Output) -> None:
        """Judge one line: a read, a missed read, or noise."""
        if self._skipping:
            self._skipping = self._stopped = False
            return
        if self._stopped:
            self._stopped = False
            output.notices.append(_noise(line, "it stopped in its middle; scan again"))
            return
        limit = self._settings.longest
        if len(line) > limit + len(self._settings.prefix) and not self._restarts:
            output.notices.append(self._too_long(len(line)))
            return
        data = self._after_prefix(line, output) if self._settings.prefix else line
        if not data:
            return
        if len(data) > limit:
            output.notices.append(self._too_long(len(data)))
        elif data == self._settings.no_read:
            output.notices.append(Notice(kind="no_read", text="the reader saw no code", fields={"no_read": True}))
        else:
            self._label(data, output)

    def _after_prefix(self, line: bytes, output: Output) -> bytes | None:
        """The data behind the prefix; None when there is none.

        A prefix of control characters (STX) cannot be data: when it comes again, the line before it lost its end.
        """
        prefix = self._settings.prefix
        at = line.rfind(prefix) if self._restarts else line.find(prefix)
        if at != 0 and line.strip(b"\r\n"):
            output.notices.append(_noise(line if at < 0 else line[:at], "no prefix in front"))
        return None if at < 0 else line[at + len(prefix) :]

    def _label(self, line: bytes, output: Output) -> None:
        aim, payload = ("", line) if self._settings.aim is Aim.KEEP else split_aim(line)
        why = self._why_noise(aim, payload)
        if why:
            output.notices.append(_noise(line, why))
            return
        fields: dict[str, Any] = {"data": payload.decode(self._settings.charset or "latin-1")}
        if aim:
            fields |= {"aim": aim} | named(aim)
        output.frames.append(Frame(payload=payload, aim=aim, fields=fields))

    def _why_noise(self, aim: str, payload: bytes) -> str:
        """Why this cannot be a label; "" when it can."""
        if self._settings.aim is Aim.REQUIRE and not aim:
            return "no AIM identifier in front"
        if not payload:
            return "an AIM identifier without data"
        if not self._settings.charset:
            return ""
        if payload.translate(None, _FORBIDDEN) != payload:
            return "control characters inside; if labels carry them, set charset=binary"
        try:
            payload.decode(self._settings.charset)
        except UnicodeDecodeError:
            return f"not {self._settings.charset}; set charset=latin-1 if the scanner sends that"
        return ""


def _noise(line: bytes, why: str) -> Notice:
    more = "..." if len(line) > _SHOWN else ""
    return Notice(kind="noise", text=f"not a label ({why}): {line[:_SHOWN].hex(' ')}{more}", fields={"hex": line.hex()})


def lines_protocol(options: Options) -> LineProtocol:
    """The protocol as a URL configures it: ``framing prefix suffix no_read aim charset``."""
    return LineProtocol(line_settings(options))


def line_settings(options: Options) -> LineSettings:
    """The settings in a URL: ``framing prefix suffix no_read aim charset``, and what is sent back by verdict.

    ``ok duplicate unknown refused error``: bytes for a scanner that waits for its host or beeps as that says, such as
    ``ok=%06&error=%15`` (ACK and NAK; a scanner that takes NAK as a wish to send again is not to get it).
    """
    framing = options.choice("framing", "any", FRAMINGS)
    suffix = options.octets("suffix", b"")
    charset = options.text("charset", "utf-8")
    try:
        codecs.lookup("utf-8" if charset == "binary" else charset)
    except LookupError:
        options.wrong("charset", f"{charset} is not known; take utf-8, latin-1, ascii, or binary for any bytes")
    return LineSettings(
        prefix=options.octets("prefix", framing.prefix),
        terminators=(suffix,) if suffix else framing.terminators,
        no_read=options.octets("no_read", framing.no_read),
        aim=options.choice("aim", "strip", {mode.value: mode for mode in Aim}),
        charset="" if charset == "binary" else charset,
        replies=_replies(options),
    )


def _replies(options: Options) -> dict[Verdict, bytes]:
    """By verdict; where nothing is set for a question, it sounds as what else waits for a person."""
    replies = {verdict: options.octets(verdict.value, b"") for verdict in Verdict}
    return replies | {Verdict.ASKED: replies[Verdict.ASKED] or replies[Verdict.UNKNOWN]}


def decode_lines(settings: LineSettings, data: bytes) -> list[dict[str, Any]]:
    """The fields of every complete line in ``data``, reads first, then missed reads."""
    output = LineProtocol(settings).feed(data)
    missed = [notice.fields for notice in output.notices if notice.kind == "no_read"]
    return [frame.fields for frame in output.frames] + missed


def decode_aim_lines(data: bytes) -> list[dict[str, Any]]:
    """`decode_lines` for lines that end in CR, LF or both."""
    return decode_lines(FRAMINGS["any"], data)


def decode_stx_etx(data: bytes) -> list[dict[str, Any]]:
    """`decode_lines` for STX data ETX."""
    return decode_lines(STX_ETX, data)
