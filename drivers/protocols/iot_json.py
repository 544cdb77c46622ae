"""Tags as JSON: Zebra IoT Connector (FX, FXR, ATR, RFD) and Impinj IoT device interface (R700).

Zebra: ``{"type", "timestamp", "data": {"idHex", "format", "antenna", "peakRssi", "reads", "PC"}}``; which fields of
``data`` are there depends on the mode; a batch is an array.  Impinj: ``{"eventType": "tagInventory", "timestamp",
"tagInventoryEvent": {"epc" (URL-safe base64) or "epcHex", "antennaPort", "peakRssiCdbm" (1/100 dBm)}}``.
Everything else on the stream (management, BLE, status) is a notice.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from drivers.protocols.base import Frame, Notice, Output
from drivers.protocols.documents import Documents
from drivers.protocols.stream import StreamProtocol, noise
from drivers.read import Carrier
from drivers.url import Options

LONGEST_EPC = 62
"""Bytes of EPC memory that the PC word can tell of (31 words)."""

_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_BASE64 = re.compile(r"[A-Za-z0-9_+/-]+={0,2}")
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)")

EventReader = Callable[[dict[str, Any]], Frame | None]
"""From an event to its read; None for an event without one; ValueError says what is wrong with it."""


class JsonProtocol(StreamProtocol[bytes]):
    """Sans-I/O decoder of a stream of events, or of single documents; a `WireProtocol`."""

    def __init__(self, reader: EventReader) -> None:
        self._reader = reader
        self._documents = Documents()

    def connected(self) -> Sequence[bytes]:
        """Forget the half document."""
        self._documents.clear()
        self._documents.thrown = 0
        return ()

    def pieces(self, data: bytes, output: Output) -> Iterator[bytes]:
        """The documents."""
        del output
        return self._documents.feed(data)

    def thrown(self) -> Notice | None:
        """The bytes that are no document."""
        size, self._documents.thrown = self._documents.thrown, 0
        return noise(size, "JSON document") if size else None

    def take(self, document: bytes, output: Output) -> None:
        """Give the tags of a document, single or a batch."""
        try:
            value = json.loads(document)
        except ValueError as error:
            text = f"no JSON ({error}): {document[:48]!r}"
            output.notices.append(Notice(kind="noise", text=text, fields={"bytes": len(document)}))
            return
        for event in value if isinstance(value, list) else [value]:
            self._event(event, output)

    def _event(self, event: Any, output: Output) -> None:
        try:
            frame = self._reader(event) if isinstance(event, dict) else None
        except (ValueError, OverflowError) as error:
            output.notices.append(Notice(kind="unreadable", text=f"a read was rejected: {error}"))
            return
        if frame is None:
            kind = str(event.get("type") or event.get("eventType") or "event") if isinstance(event, dict) else "event"
            output.notices.append(Notice(kind="event", text=f"reader event {kind[:40]}", fields={"type": kind[:40]}))
            return
        output.frames.append(frame)


def zebra_read(event: dict[str, Any]) -> Frame | None:
    """The read in a Zebra event."""
    fields = zebra_tag(event)
    return None if fields is None else _tag_frame(fields)


def impinj_read(event: dict[str, Any]) -> Frame | None:
    """The read in an Impinj event."""
    fields = impinj_tag(event)
    return None if fields is None else _tag_frame(fields)


def _tag_frame(fields: dict[str, Any]) -> Frame:
    rssi, pc = fields["rssi_dbm"], fields.get("pc")
    return Frame(
        payload=bytes.fromhex(fields["epc"]),
        carrier=Carrier.EPC,
        antenna=fields["antenna"],
        rssi_dbm=None if rssi is None else float(rssi),
        pc=None if pc is None else int(pc, 16),
        seen_count=fields.get("reads"),
        device_time=microseconds(fields.get("timestamp")),
        fields=fields,
    )


def zebra_tag(event: dict[str, Any]) -> dict[str, Any] | None:
    """The tag of a Zebra event."""
    data = event.get("data")
    if not isinstance(data, dict) or "idHex" not in data or data.get("format", "epc") != "epc":
        return None
    fields: dict[str, Any] = {
        "epc": epc_of(data["idHex"]),
        "antenna": whole(data, "antenna", 0, 255),
        "rssi_dbm": number(data, "peakRssi", 1.0),
        "timestamp": timestamp_of(event.get("timestamp")),
    }
    if (reads := whole(data, "reads", 0, 2**53)) is not None:
        fields["reads"] = reads
    if isinstance(data.get("PC"), str) and re.fullmatch(r"[0-9A-Fa-f]{4}", data["PC"]):
        fields["pc"] = data["PC"].lower()
    return fields


def impinj_tag(event: dict[str, Any]) -> dict[str, Any] | None:
    """The tag of an Impinj event."""
    tag = event.get("tagInventoryEvent")
    if event.get("eventType", "tagInventory") != "tagInventory" or not isinstance(tag, dict):
        return None
    return {
        "epc": epc_of(tag["epcHex"]) if "epcHex" in tag else _epc_base64(tag.get("epc")),
        "antenna": whole(tag, "antennaPort", 0, 255),
        "rssi_dbm": number(tag, "peakRssiCdbm", 0.01),
        "timestamp": timestamp_of(event.get("timestamp")),
    }


def epc_of(value: Any) -> str:
    """An EPC in lower case hex; ValueError for anything else."""
    if not isinstance(value, str) or not _HEX.fullmatch(value) or len(value) > 2 * LONGEST_EPC:
        raise ValueError(f"{str(value)[:80]!r} is no EPC of 1 to {LONGEST_EPC} bytes in hex")
    return value.lower()


def _epc_base64(value: Any) -> str:
    wrong = ValueError(f"{str(value)[:80]!r} is no EPC of 1 to {LONGEST_EPC} bytes in URL-safe base64")
    if not isinstance(value, str) or not _BASE64.fullmatch(value):
        raise wrong
    bare = value.rstrip("=").replace("+", "-").replace("/", "_")
    if len(bare) % 4 == 1 or ("=" in value and len(value) % 4):
        raise wrong
    data = base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    if len(data) > LONGEST_EPC:
        raise wrong
    return data.hex()


def whole(values: dict[str, Any], name: str, low: int, high: int) -> int | None:
    """A whole number, None where it is absent; ValueError where it is none."""
    value = values.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{name} {str(value)[:40]} is not a whole number from {low} to {high}")
    return value


def number(values: dict[str, Any], name: str, scale: float) -> float | None:
    """A number times ``scale`` (1 or 0.01), None where it is absent; ValueError where it is none."""
    value = values.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not -30_000 <= value <= 30_000:
        raise ValueError(f"{name} {str(value)[:40]} is not a number")
    return value if scale == 1.0 else value / 100


def timestamp_of(value: Any) -> str | None:
    """An ISO time whose zone has its colon; None for anything else."""
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    zone = match[3] if match[3] == "Z" or ":" in match[3] else match[3][:3] + ":" + match[3][3:]
    return match[1] + (match[2] or "") + zone


def microseconds(timestamp: str | None) -> int | None:
    """Microseconds since 1970-01-01 UTC of what `timestamp_of` gave."""
    match = _TIME.fullmatch(timestamp) if timestamp else None
    if match is None:
        return None
    try:
        whole = datetime.fromisoformat(match[1] + match[3])
        fraction = int(((match[2] or ".0")[1:] + "000000")[:6])
        return int(whole.timestamp()) * 1_000_000 + fraction
    except ValueError:
        return None


def zebra_protocol(options: Options) -> JsonProtocol:
    """Zebra IoT Connector; no options."""
    del options
    return JsonProtocol(zebra_read)


def impinj_protocol(options: Options) -> JsonProtocol:
    """Impinj IoT device interface; no options."""
    del options
    return JsonProtocol(impinj_read)


def decode_zebra(data: bytes) -> list[dict[str, Any]]:
    """The fields of every tag in the documents of ``data``; as `decode_impinj`."""
    return _decoded(zebra_read, data)


def decode_impinj(data: bytes) -> list[dict[str, Any]]:
    """The fields of every tag in the documents of ``data``.

    Where a tag of a batch was rejected, the others say how many were ``accepted`` and ``rejected``.
    """
    return _decoded(impinj_read, data)


def _decoded(reader: EventReader, data: bytes) -> list[dict[str, Any]]:
    output = JsonProtocol(reader).feed(data)
    rejected = sum(notice.kind == "unreadable" for notice in output.notices)
    counts = {"accepted": len(output.frames), "rejected": rejected} if rejected else {}
    return [frame.fields | counts for frame in output.frames]
