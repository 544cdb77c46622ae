"""TSL sleds (1128, 2128) with ASCII protocol 2.0: lines ``NAME: value``, CR LF; an answer ends with an empty line.

``CS:`` repeats the command (``.iv`` inventory, ``.bc`` barcode), ``EP:`` begins a tag, ``RI: PC: ...`` belong to it,
``OK:`` or ``ER: number`` close the answer.  The trigger of the sled starts an answer without a command.

There is no checksum.  A line that cannot be read, or that a tag has already, may stand where ``EP:`` of the next tag
stood: it ends the tag, and what follows up to the next ``EP:`` belongs to none.
"""

import re
from collections.abc import Sequence
from typing import Any

from drivers.protocols.aim import named, split_aim
from drivers.protocols.base import Frame, Life, Notice, Output
from drivers.protocols.eci import text_of
from drivers.protocols.gen2 import words_fit
from drivers.protocols.lines import LineProtocol, LineSettings
from drivers.read import Carrier, Verdict
from drivers.url import Options

INVENTORY = b".iv -ron\r\n"
"""Inventory with RSSI; the settings stay for the trigger."""

ALERTS = {
    Verdict.OK: b".al -bon -voff -dsho -thig\r\n",
    Verdict.DUPLICATE: b".al -bon -voff -dmed -thig\r\n",
    Verdict.UNKNOWN: b".al -bon -von -dsho -tmed\r\n",
    Verdict.ASKED: b".al -bon -von -dsho -thig\r\n",
    Verdict.REFUSED: b".al -bon -von -dmed -tlow\r\n",
    Verdict.ERROR: b".al -bon -von -dlon -tlow\r\n",
}
"""The alert of each verdict: buzzer, vibrator, duration (sho med lon) and tone (low med hig) of the command ``.al``."""

_NO_TAG = "005"
_FIELD = re.compile(r"([A-Z]{2}): ?(.*)", re.DOTALL)
_HEX = re.compile(r"(?:[0-9A-Fa-f]{4})+")
_OF_TAG = {"CR": "crc", "RD": "data", "TD": "tid", "RI": "rssi_dbm", "PC": "pc", "IX": "index"}
_HEX_FIELDS = ("CR", "RD", "TD", "PC")
_LIKE_EPC = re.compile(r"[0-9A-Fa-f]{16,}")
_RSSI = re.compile(r"-?[0-9]{1,3}")
_INDEX = re.compile(r"[0-9]{1,9}")


class TslProtocol:
    """Sans-I/O decoder of a sled's answers; a `WireProtocol`.  A tag is a read when the line behind it is known."""

    def __init__(self, poll: bool = False, beep: bool = True) -> None:
        self._poll = poll
        self._beep = beep
        self._lines = LineProtocol(LineSettings(terminators=(b"\n",), no_read=b"", charset=""))
        self._tag: dict[str, Any] = {}
        self._answer: dict[str, Any] = {}
        self._damaged = False
        self.answers: list[dict[str, Any]] | None = None
        """Set to a list to collect whole answers (`decode_tsl`)."""

    def connected(self) -> Sequence[bytes]:
        """Forget the half answer and switch RSSI on."""
        self._lines.connected()
        self._tag, self._answer, self._damaged = {}, {}, False
        return (INVENTORY,)

    def feed(self, data: bytes) -> Output:
        """Take bytes in any portions."""
        output = Output()
        for portion in data.splitlines(keepends=True):  # one by one: what is thrown away has its place among the lines
            found = self._lines.feed(portion)
            if found.notices:
                self._damage(output)
                output.notices.extend(found.notices)
            for line in found.frames:
                self._line((line.aim.encode() + line.payload).removesuffix(b"\r").lstrip(b" \t"), output)
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
                self._damage(output)
                text = f"not a line of this protocol: {line[:32].hex(' ')}"
                output.notices.append(Notice(kind="noise", text=text, fields={"hex": line[:32].hex()}))
            else:
                self._end_tag(output)
            return
        name, value = match[1], match[2].strip()
        if name in ("CS", "EP", "OK", "ER", "BC"):
            self._end_tag(output)
            self._damaged = False
        if name == "CS":
            self._answer = {"command": value.split(" ", 1)[0]}
        elif name == "EP":
            self._begin_tag(value, output)
        elif name == "BC":
            aim, payload = split_aim(line[3:].removeprefix(b" "))
            if payload:
                fields = {"aim": aim, "data": text_of(payload, aim)} | named(aim)
                output.frames.append(Frame(payload=payload, aim=aim, fields=fields))
                self._answer |= fields
        elif name in ("OK", "ER"):
            self._end_answer(name == "OK", value, output)
        elif self._damaged:
            return
        elif self._tag:
            self._add(name, value, output)
        elif self.answers is not None and "rejected" not in self._answer:
            self._answer.setdefault("values", {})[name] = value

    def _begin_tag(self, value: str, output: Output) -> None:
        if _HEX.fullmatch(value):
            self._tag = {"epc": value.lower()}
        else:
            self._reject(f"no EPC: {value[:32]!r}", output)

    def _add(self, name: str, value: str, output: Output) -> None:
        field = _OF_TAG.get(name, "")
        if field in self._tag or (not field and _LIKE_EPC.fullmatch(value)):
            self._damage(output)
        elif (name == "RI" and _RSSI.fullmatch(value)) or (name == "IX" and _INDEX.fullmatch(value)):
            self._tag[field] = int(value)
        elif name in _HEX_FIELDS and _HEX.fullmatch(value) and (name != "PC" or len(value) == 4):
            self._tag[field] = value.lower()

    def _damage(self, output: Output) -> None:
        """What was read may have been the first line of a tag."""
        self._end_tag(output)
        self._damaged = True

    def _reject(self, why: str, output: Output) -> None:
        self._answer["rejected"] = self._answer.get("rejected", 0) + 1
        output.notices.append(Notice(kind="unreadable", text=why))

    def _end_tag(self, output: Output) -> None:
        tag, self._tag = self._tag, {}
        if not tag:
            return
        pc = int(tag["pc"], 16) if "pc" in tag else None
        if pc is not None and not words_fit(pc, len(tag["epc"]) // 4):
            self._reject(f"EPC {tag['epc']} is not as long as its PC {tag['pc']} says", output)
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
                pc=pc,
                tid=bytes.fromhex(tag["tid"]) if "tid" in tag else None,
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
