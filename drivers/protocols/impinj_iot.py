"""Tags of the Impinj IoT device interface (R700), as its event stream, its web hook and MQTT carry them.

``{"eventType": "tagInventory", "timestamp", "tagInventoryEvent": {"epc" (URL-safe base64) or "epcHex", "tid" or
"tidHex", "pc" (base64), "antennaPort", "peakRssiCdbm" and "transmitPowerCdbm" (1/100 dBm), "frequency" (kHz),
"phaseAngle" (degrees)}}``; which of them are there the reader's configuration says.  Every other event (the state of
the inventory, antennas, inputs) is a notice; ``{"eventType": "inventoryStatus", "inventoryStatusEvent":
{"inventoryStatus": "running"}}`` says that the reader reads, any other status that it does not.  A stream without news
is kept alive by an empty line every 30 seconds.
"""

from typing import Any

from drivers.protocols.base import Frame, Life
from drivers.protocols.iot_json import JsonProtocol, decode_events, tag_frame
from drivers.protocols.json_values import (
    bytes_of_base64,
    epc_of,
    epc_of_base64,
    hex_of,
    number,
    plain,
    timestamp_of,
    whole,
)
from drivers.url import Options

_OF_READER = frozenset({
    "inventoryStatus", "antennaConnected", "antennaDisconnected", "gpiTransition", "inventoryTerminated",
})  # fmt: skip
_OF_TAGS = frozenset({"epc", "epcHex", "tid", "tidHex", "peakRssiCdbm"})
"""Only what tells of a tag has these."""
_PLAIN = {"frequency": "frequency", "phaseAngle": "phase"}


def impinj_read(event: dict[str, Any]) -> Frame | None:
    """The read in an event."""
    tag = event.get("tagInventoryEvent")
    if event.get("eventType", "tagInventory") != "tagInventory" or not isinstance(tag, dict):
        _check_no_tag(event)
        return None
    fields: dict[str, Any] = {
        **_ids(tag),
        "antenna": whole(tag, "antennaPort", 0, 255),
        "rssi_dbm": number(tag, "peakRssiCdbm", 0.01),
        "timestamp": timestamp_of(event.get("timestamp")),
    }
    return tag_frame(fields | _extras(tag))


def _ids(tag: dict[str, Any]) -> dict[str, Any]:
    """The EPC, or the chip number of a tag that is told by that alone."""
    if tag.get("epcHex"):
        return {"epc": epc_of(tag["epcHex"])}
    if not tag.get("epc") and (tid := hex_of(tag.get("tidHex")) or bytes_of_base64(tag.get("tid")).hex()):
        return {"tid": tid}
    return {"epc": epc_of_base64(tag.get("epc"))}


def _check_no_tag(event: dict[str, Any]) -> None:
    """ValueError where an event that is not read tells of a tag after all."""
    kind = str(event.get("eventType", "tagInventory"))[:40]
    told = [value for value in event.values() if isinstance(value, dict) and not _OF_TAGS.isdisjoint(value)]
    if kind not in _OF_READER and (told or kind == "tagInventory"):
        raise ValueError(f"an event {kind} that tells of a tag is not understood")


def impinj_life(event: dict[str, Any]) -> Life:
    """Whether the reader reads, as an event without a tag says."""
    status = event.get("inventoryStatusEvent")
    if event.get("eventType") != "inventoryStatus" or not isinstance(status, dict):
        return Life.ALIVE
    return Life.READING if status.get("inventoryStatus") == "running" else Life.IDLE


def _extras(tag: dict[str, Any]) -> dict[str, Any]:
    """What more the reader was told to say; what cannot be understood of it is left out."""
    found: dict[str, Any] = {
        ours: value for theirs, ours in _PLAIN.items() if isinstance(value := plain(tag.get(theirs)), int | float)
    }
    if isinstance(power := plain(tag.get("transmitPowerCdbm")), int | float):
        found["tx_power_dbm"] = power / 100
    if tid := hex_of(tag.get("tidHex")) or bytes_of_base64(tag.get("tid")).hex():
        found["tid"] = tid
    if len(pc := bytes_of_base64(tag.get("pc"))) == 2:
        found["pc"] = pc.hex()
    return found


def impinj_protocol(options: Options) -> JsonProtocol:
    """The protocol; no options."""
    del options
    return JsonProtocol(impinj_read, life=impinj_life)


def decode_impinj(data: bytes) -> list[dict[str, Any]]:
    """The fields of every tag in the documents of ``data``; see `decode_events`."""
    return decode_events(JsonProtocol(impinj_read), data)
