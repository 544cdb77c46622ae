"""The project's own Read as JSON, for whatever speaks no protocol of its own: a script, a phone, a middleware.

::

    {"id": "5f0c2a9e-7d41", "data": "010952114112345410L7", "aim": "]C1", "time": "2026-11-26T09:30:00.25Z"}
    {"id": "5f0c2a9e-7d42", "epc": "3034257bf7194e4000001a85", "antenna": 2, "rssi_dbm": -57.5}

``id`` and one of ``data`` (text), ``hex`` (bytes), ``epc`` and ``tid`` (bytes in hex) must be there.  Documents come
singly, in an array, or one behind the other.  ``{"reading": true}`` is no read: a reader of tags says that it looks for
tags, with false that it does not.
"""

import re
from collections.abc import Callable
from typing import Any

from drivers.protocols.aim import named
from drivers.protocols.base import Frame, Life
from drivers.protocols.iot_json import JsonProtocol
from drivers.protocols.json_values import epc_of, microseconds, number, timestamp_of, whole
from drivers.read import Carrier
from drivers.url import Options

LONGEST_DATA = 7089
"""Bytes of the longest symbol in use (QR, digits only)."""

_ID = re.compile(r"[!-~]{1,128}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_PC = re.compile(r"[0-9A-Fa-f]{4}")


def _text(value: Any) -> bytes:
    data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else b""
    if not 0 < len(data) <= LONGEST_DATA:
        raise ValueError(f"data is no text of 1 to {LONGEST_DATA} bytes")
    return data


def _hex(value: Any) -> bytes:
    if not isinstance(value, str) or not _HEX.fullmatch(value) or len(value) > 2 * LONGEST_DATA:
        raise ValueError(f"hex {str(value)[:40]!r} is not 1 to {LONGEST_DATA} bytes in hex")
    return bytes.fromhex(value)


def _tag(value: Any) -> bytes:
    return bytes.fromhex(epc_of(value))


_PAYLOADS: dict[str, tuple[Carrier, Callable[[Any], bytes]]] = {
    "data": (Carrier.BARCODE, _text),
    "hex": (Carrier.BARCODE, _hex),
    "epc": (Carrier.EPC, _tag),
    "tid": (Carrier.TID, _tag),
}


def read_of(event: dict[str, Any], sender: str = "") -> Frame | None:
    """The read in an event, None for a sign of life; ValueError says what is wrong with it.

    ``sender`` goes before the id: two senders that both begin to count at 1 do not mean the same read.
    """
    names = [name for name in _PAYLOADS if name in event and not (name == "tid" and "epc" in event)]
    if not names and isinstance(event.get("reading"), bool):
        return None
    if len(names) != 1:
        raise ValueError(f"a read has one of {', '.join(_PAYLOADS)}; this one has {' and '.join(names) or 'none'}")
    [name] = names
    carrier, convert = _PAYLOADS[name]
    key, payload = (
        _matched(event, "id", _ID, "1 to 128 visible ASCII characters, unique for ever"),
        convert(event[name]),
    )
    if key is None:
        raise ValueError("id is missing: the same read sent again must be known by it")
    rssi, pc = number(event, "rssi_dbm", 1.0), _matched(event, "pc", _PC, "4 hex digits")
    time = timestamp_of(event.get("time"))
    if "time" in event and microseconds(time) is None:
        raise ValueError(
            f"time {str(event['time'])[:40]!r} is no ISO 8601 time with zone, such as 2026-11-26T09:30:00Z"
        )
    memory = {word: _tag(event[word]) for word in ("tid", "user") if name == "epc" and event.get(word) is not None}
    aim = _matched(event, "aim", _AIM, "an AIM identifier such as ]C1") or ""
    antenna = whole(event, "antenna", 0, 65535)
    optional = {"aim": aim or None, "antenna": antenna, "rssi_dbm": rssi, "pc": pc and pc.lower(), "timestamp": time}
    fields = {"id": key, name: payload.decode("utf-8", "replace") if name == "data" else payload.hex()} | named(aim)
    return Frame(
        payload=payload,
        carrier=carrier,
        aim=aim,
        antenna=antenna,
        rssi_dbm=None if rssi is None else float(rssi),
        pc=None if pc is None else int(pc, 16),
        tid=memory.get("tid"),
        user=memory.get("user"),
        device_time=microseconds(time),
        read_id=f"{sender}:{key}" if sender else key,
        fields=fields
        | {word: octets.hex() for word, octets in memory.items()}
        | {field: value for field, value in optional.items() if value is not None},
    )


def life_of_json(event: dict[str, Any]) -> Life:
    """What a sign of life says."""
    return Life.READING if event.get("reading") is True else Life.IDLE


def _matched(event: dict[str, Any], name: str, pattern: re.Pattern[str], words: str) -> str | None:
    value = event.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(f"{name} {str(value)[:40]!r} is not {words}")
    return value


def read_protocol(sender: str) -> JsonProtocol:
    """The protocol of what ``sender`` sends."""
    return JsonProtocol(lambda event: read_of(event, sender), life=life_of_json)


def json_protocol(options: Options) -> JsonProtocol:
    """The protocol on a wire; ``sender`` is set before the ids, so that those of several wires do not meet."""
    return read_protocol(options.text("sender", ""))


def decode_json(data: bytes) -> list[dict[str, Any]]:
    """The fields of every read in the documents of ``data``."""
    return [frame.fields for frame in read_protocol("").feed(data).frames]
