"""TSL sleds (1128, 2128) with ASCII protocol 2.0: lines ``NAME: value``, CR LF; an answer ends with an empty line.

``CS:`` repeats the command (``.iv`` inventory, ``.bc`` barcode), ``EP:`` begins a tag, ``RI: PC: ...`` belong to it,
``OK:`` or ``ER: number`` close the answer.  The trigger of the sled starts an answer without a command.
"""

import re
from collections.abc import Sequence
from typing import Any

from drivers.protocols.aim import split_aim, text_of
from drivers.protocols.base import Frame, Life, Notice, Output
from drivers.protocols.lines import LineProtocol, LineSettings
from drivers.read import Carrier, Verdict
from drivers.url import Options

INVENTORY = b".iv -ron\r\n"
"""Inventory with RSSI; the settings stay for the trigger."""

ALERTS = {
    Verdict.OK: b".al -bon -voff -dsho -thig\r\n",
    Verdict.DUPLICATE: b".al -bon -voff -dmed -thig\r\n",
    Verdict.UNKNOWN: b".al -bon -von -dsho -tmed\r\n",
    Verdict.REFUSED: b".al -bon -von -dmed -tlow\r\n",
    Verdict.ERROR: b".al -bon -von -dlon -tlow\r\n",
}
"""The alert of each verdict: buzzer, vibrator, duration (sho med lon) and tone (low med hig) of the command ``.al``."""

_NO_TAG = "005"
_FIELD = re.compile(r"([A-Z]{2}): ?(.*)", re.DOTALL)
_HEX = re.compile(r"(?:[0-9A-Fa-f]{4})+")
_OF_TAG = {"CR": "crc", "RD": "data", "TD": "tid"}
_RSSI = re.compile(r"-?[0-9]{1,3}")


class TslProtocol:
    """Sans-I/O decoder of a sled's answers; a `WireProtocol`.  A tag is a read when the line behind it is known."""

    def __init__(self, poll: bool = False, beep: bool = True) -> None:
        self._poll = poll
        self._beep = beep
        self._lines = LineProtocol(LineSettings(terminators=(b"\n",), no_read=b"", charset=""))
        self._tag: dict[str, Any] = {}
        self._answer: dict[str, Any] = {}
        self.answers: list[dict[str, Any]] | None = None
        """Set to a list to collect whole answers (`decode_tsl`)."""

    def connected(self) -> Sequence[bytes]:
        """Forget the half answer and switch RSSI on."""
        self._lines.connected()
        self._tag, self._answer = {}, {}
        return (INVENTORY,)

    def feed(self, data: bytes) -> Output:
        """Take bytes in any portions."""
        output = Output()
        found = self._lines.feed(data)
        for line in found.frames:
            self._line((line.aim.encode() + line.payload).removesuffix(b"\r").lstrip(b" \t"), output)
        output.notices.extend(found.notices)
        return output

    def ack(self, frame: Frame, verdict: Verdict) -> Sequence[bytes]:
        """Beep and shake as a barcode was judged; nothing for tags: they come by the hundred, the sled beeps itself."""
        return (ALERTS[verdict],) if self._beep and frame.carrier is Carrier.BARCODE else ()

    def idle(self, elapsed: float) -> Output:
        """A tag whose answer stopped is given as it is; in poll mode the next round is asked for."""
        output = Output()
        if elapsed >= 1.0:
            self._end_tag(output)
            if self._poll:
                output.replies.append(INVENTORY)
        return output

    def closing(self) -> Sequence[bytes]:
        """Say nothing: the sled is as it was."""
        return ()

    def _line(self, line: bytes, output: Output) -> None:
        match = _FIELD.fullmatch(line.decode("utf-8", "replace"))
        if match is None:
            if line:
                text = f"not a line of this protocol: {line[:32].hex(' ')}"
                output.notices.append(Notice(kind="noise", text=text, fields={"hex": line[:32].hex()}))
            else:
                self._end_tag(output)
            return
        name, value = match[1], match[2].strip()
        if name in ("CS", "EP", "OK", "ER", "BC"):
            self._end_tag(output)
        if name == "CS":
            self._answer = {"command": value.split(" ", 1)[0]}
        elif name == "EP":
            self._begin_tag(value, output)
        elif name == "BC":
            aim, payload = split_aim(line[3:].removeprefix(b" "))
            if payload:
                fields = {"aim": aim, "data": text_of(payload)}
                output.frames.append(Frame(payload=payload, aim=aim, fields=fields))
                self._answer |= fields
        elif name in ("OK", "ER"):
            self._end_answer(name == "OK", value, output)
        elif self._tag:
            self._add(name, value)
        elif self.answers is not None and "rejected" not in self._answer:
            self._answer.setdefault("values", {})[name] = value

    def _begin_tag(self, value: str, output: Output) -> None:
        if _HEX.fullmatch(value):
            self._tag = {"epc": value.lower()}
        else:
            self._answer["rejected"] = self._answer.get("rejected", 0) + 1
            output.notices.append(Notice(kind="unreadable", text=f"no EPC: {value[:32]!r}"))

    def _add(self, name: str, value: str) -> None:
        if name == "RI" and _RSSI.fullmatch(value):
            self._tag["rssi_dbm"] = int(value)
        elif name == "PC" and _HEX.fullmatch(value) and len(value) == 4:
            self._tag["pc"] = value.lower()
        elif name in _OF_TAG and _HEX.fullmatch(value):
            self._tag[_OF_TAG[name]] = value.lower()
        elif name == "IX" and value.isdigit():
            self._tag["index"] = int(value)

    def _end_tag(self, output: Output) -> None:
        tag, self._tag = self._tag, {}
        if not tag:
            return
        if self.answers is not None:
            self._answer.setdefault("tags", []).append(tag)
        output.sign(Life.READING)
        rssi = tag.get("rssi_dbm")
        output.frames.append(
            Frame(
                payload=bytes.fromhex(tag["epc"]),
                carrier=Carrier.EPC,
                rssi_dbm=None if rssi is None else float(rssi),
                pc=int(tag["pc"], 16) if "pc" in tag else None,
                fields=tag,
            )
        )

    def _end_answer(self, well: bool, value: str, output: Output) -> None:
        answer, self._answer = self._answer | {"ok": well}, {}
        if answer.get("command") == ".iv" and (well or value == _NO_TAG):
            output.sign(Life.READING)
        if not well:
            answer["error"] = value
            text = f"the sled answered {answer.get('command', '')} with error {value}"
            if value != _NO_TAG:
                output.notices.append(Notice(kind="error", text=text, fields=answer))
        if self.answers is not None and ("tags" in answer or "rejected" not in answer):
            self.answers.append(answer)
        if self._poll and answer.get("command") == ".iv":
            output.replies.append(INVENTORY)


def tsl_protocol(options: Options) -> TslProtocol:
    """The protocol as a URL configures it: ``poll`` (1: read all the time, 0: when the trigger is pulled), ``beep``."""
    return TslProtocol(options.flag("poll", False), options.flag("beep", True))


def decode_tsl(data: bytes) -> list[dict[str, Any]]:
    """One dict for each closed answer in ``data``: command, tags, ok, error; none where every EPC is ``rejected``."""
    protocol = TslProtocol()
    protocol.answers = []
    protocol.feed(data)
    return protocol.answers
