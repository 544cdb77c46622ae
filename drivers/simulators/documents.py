"""A delivery as the JSON of a sender: the project's own Read, Impinj IoT, Zebra IoT Connector."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from drivers.device import Clock
from drivers.simulators.base import Delivery

Writer = Callable[[Delivery, str, int], dict[str, Any]]
"""From a delivery, its id and the time (microseconds UTC) to the document."""


def own(delivery: Delivery, key: str, at: int) -> dict[str, Any]:
    """The project's own Read."""
    event: dict[str, Any] = {"id": key, "time": _iso(at)}
    if delivery.epc:
        tag = {"epc": delivery.payload.hex(), "antenna": delivery.antenna, "rssi_dbm": delivery.rssi_dbm}
        return event | tag
    return event | {"hex": delivery.payload.hex()} | ({"aim": delivery.aim} if delivery.aim else {})


def impinj(delivery: Delivery, key: str, at: int) -> dict[str, Any]:
    """An event of the Impinj IoT device interface."""
    del key
    tag = {
        "epc": base64.urlsafe_b64encode(delivery.payload).decode("ascii"),
        "antennaPort": delivery.antenna,
        "peakRssiCdbm": round(delivery.rssi_dbm * 100),
    }
    return {"timestamp": _iso(at), "eventType": "tagInventory", "tagInventoryEvent": tag}


def zebra(delivery: Delivery, key: str, at: int) -> dict[str, Any]:
    """An event of the Zebra IoT Connector in its mode CUSTOM, with all that it may report."""
    data = {
        "eventNum": int(key.rpartition("-")[2]),
        "format": "epc",
        "idHex": delivery.payload.hex(),
        "antenna": delivery.antenna,
        "peakRssi": round(delivery.rssi_dbm),
        "reads": 1,
    }
    return {"type": "CUSTOM", "timestamp": _iso(at).replace("Z", "+0000"), "data": data}


WRITERS: dict[str, Writer] = {"json": own, "impinj": impinj, "zebra": zebra}
"""By the word in ``?format=``."""


class Documents:
    """Writes deliveries one after the other, each under an id of its own that begins with ``series``."""

    def __init__(self, form: str, series: str, clock: Clock) -> None:
        self._write = WRITERS[form]
        self._series = series
        self._clock = clock
        self._number = 0
        self.last = b"{}"

    def next(self, delivery: Delivery) -> bytes:
        """The next document; `last` keeps it."""
        self._number += 1
        self.last = json.dumps(self._write(delivery, f"{self._series}-{self._number}", self._clock())).encode()
        return self.last


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at / 1e6, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
