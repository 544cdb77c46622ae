"""Tags and codes of the Zebra IoT Connector, as MQTT and HTTP carry them.

Fixed readers (FX, FXR, ATR): ``{"type", "timestamp", "data": {"idHex", "format", "antenna", "peakRssi", "reads",
"PC", "TID", ...}}``, also several in an array.  Sleds (RFD40, RFD90): ``{"type", "timestamp", "data": {"tagData":
[{"EPCid", "peakRssi", "seenCount", "lastSeenTime" (ms), ...}], "barcodeData": [{"symbology", "decodedBarcode"}]}}``.
Which fields are there the mode and the metadata that were switched on say.  ``format`` says what ``idHex`` holds: the
EPC (``epc``, ``uii`` is its name in ISO/IEC 18000-63), the chip number (``tid``) or something else; then the EPC is
taken from ``EPC`` or cut off by the length in ``PC``, or the event is refused.  Everything else on the stream (BLE,
alerts, heartbeats, inputs and outputs) is a notice; the heartbeat of a fixed reader says in ``data.radio_control``
(``data`` where it is flat) whether its ``radioActivity`` is "active".
"""

import re
from collections.abc import Iterable
from typing import Any

from drivers.protocols.base import Frame, Life
from drivers.protocols.iot_json import JsonProtocol, decode_events, tag_frame
from drivers.protocols.json_values import epc_of, hex_of, number, plain, timestamp_of, whole
from drivers.url import Options

LONGEST_CODE = 7089
_MOST_MILLISECONDS = 2**42
_ID_NAMES = ("idHex", "EPCid", "EPC")
_OF_TAGS = frozenset({*_ID_NAMES, "format", "TID", "peakRssi"})
"""Only what tells of a tag has these."""
_BEACON = "ble"  # a Bluetooth beacon that the reader hears beside the tags
_OF_EPC = frozenset({"epc", "uii"})
_BATCHES = ("tagData", "tags", "barcodeData")
_SYMBOLOGIES = {"CODE_39": ("]A0", "CODE39")}
"""What a sled calls a symbology -> AIM identifier and name; its documentation has this one."""
_FRACTION = re.compile(r"\.\d+")
_IN_HEX = {"TID": "tid", "USER": "user", "XPC": "xpc", "CRC": "crc"}
_PLAIN = {"channel": "channel", "phase": "phase"}


def zebra_singles(event: Any) -> Iterable[Any]:
    """The records of an event with several, each as an event of its own; any other event as it is."""
    data = event.get("data") if isinstance(event, dict) else None
    if isinstance(data, list):
        batches = [data]
    else:
        batches = (
            [data[name] for name in _BATCHES if isinstance(data.get(name), list)] if isinstance(data, dict) else []
        )
    if not batches:
        return (event,)
    records = [record for batch in batches for record in batch]
    return [event | {"data": record, "place": place} for place, record in enumerate(records)]


def zebra_read(event: dict[str, Any], sender: str = "") -> Frame | None:
    """The read in an event that `zebra_singles` gave; ``sender`` goes before the id of a code."""
    data = event.get("data")
    if not isinstance(data, dict):
        return None
    if "decodedBarcode" in data:
        return _code(data, event, sender)
    if _OF_TAGS.isdisjoint(data):
        return None
    form = str(data.get("format") or "epc").lower()
    if form == _BEACON:
        return None
    fields: dict[str, Any] = {
        **({"tid": epc_of(data.get("idHex"))} if form == "tid" else {"epc": _epc(data, form)}),
        "antenna": whole(data, "antenna", 0, 255),
        "rssi_dbm": number(data, "peakRssi", 1.0),
        "timestamp": timestamp_of(event.get("timestamp")),
    }
    reads = whole(data, "reads" if "reads" in data else "seenCount", 0, 2**53)
    if reads is not None:
        fields["reads"] = reads
    if pc := hex_of(data.get("PC"), 2):
        fields["pc"] = pc
    last_seen = whole(data, "lastSeenTime", 0, _MOST_MILLISECONDS)
    return tag_frame(fields | _extras(data), None if last_seen is None else last_seen * 1000)


def _epc(data: dict[str, Any], form: str) -> str:
    """The EPC of a tag event in hex; ValueError where ``form`` does not tell which part of it that is."""
    names = [name for name in _ID_NAMES if name in data and (form in _OF_EPC or name != "idHex")]
    if names:
        return epc_of(data[names[0]])
    if form in _OF_EPC:
        raise ValueError(f"a tag event without any of {', '.join(_ID_NAMES)}")
    pc = hex_of(data.get("PC"), 2)
    if form.startswith("epc") and pc and (size := 4 * (int(pc, 16) >> 11)):
        held = epc_of(data.get("idHex"))
        if len(held) >= size:
            return held[:size]
    raise ValueError(f"a tag event of format {form[:24]!r} does not tell its EPC: set the format of the reader to epc")


def zebra_life(event: dict[str, Any]) -> Life:
    """Whether the reader reads, as an event without a read says: a heartbeat tells the activity of the radio."""
    data = event.get("data")
    radio = data.get("radio_control", data) if isinstance(data, dict) else None
    activity = radio.get("radioActivity") if isinstance(radio, dict) else None
    return {"active": Life.READING, "inactive": Life.IDLE}.get(str(activity), Life.ALIVE)


def _extras(data: dict[str, Any]) -> dict[str, Any]:
    """What more the reader was told to say; what cannot be understood of it is left out."""
    found: dict[str, Any] = {ours: text for name, ours in _IN_HEX.items() if (text := hex_of(data.get(name)))}
    told = {ours: plain(data.get(name)) for name, ours in _PLAIN.items()}
    return found | {name: value for name, value in told.items() if isinstance(value, int | float)}


def _code(data: dict[str, Any], event: dict[str, Any], sender: str) -> Frame:
    """A scanned code; it has an id where a time to the fraction of a second tells it from another scan of the same."""
    text = data["decodedBarcode"]
    payload = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else b""
    if not 0 < len(payload) <= LONGEST_CODE:
        raise ValueError(f"decodedBarcode is no text of 1 to {LONGEST_CODE} bytes")
    aim, name = _SYMBOLOGIES.get(str(data.get("symbology")), ("", None))
    at = timestamp_of(event.get("timestamp"))
    exact = at is not None and _FRACTION.search(at)
    return Frame(
        payload=payload,
        aim=aim,
        read_id=f"zebra-{sender}-{at}-{event.get('place', 0)}-{payload[:64].hex()}" if exact else None,
        fields={"data": text, "timestamp": at} | ({"aim": aim, "symbology": name} if aim else {}),
    )


def zebra_protocol(options: Options) -> JsonProtocol:
    """The protocol; no options."""
    del options
    return JsonProtocol(zebra_read, zebra_singles, zebra_life)


def decode_zebra(data: bytes) -> list[dict[str, Any]]:
    """The fields of every tag and code in the documents of ``data``; see `decode_events`."""
    return decode_events(JsonProtocol(zebra_read, zebra_singles), data)
