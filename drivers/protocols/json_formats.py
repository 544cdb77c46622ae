"""The formats in which readers and programs write their reads as JSON, by the word in ``?format=``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from drivers.protocols.base import UNREADABLE, Frame
from drivers.protocols.impinj_iot import impinj_life, impinj_read
from drivers.protocols.iot_json import JsonProtocol, LifeReader, Singles, alone
from drivers.protocols.read_json import life_of_json, read_of
from drivers.protocols.zebra_iotc import zebra_life, zebra_read, zebra_singles


@dataclass(frozen=True, slots=True)
class JsonFormat:
    """``read`` makes the read of an event by a sender, as `drivers.protocols.iot_json.EventReader`.

    ``life`` tells of an event without a read whether the reader reads.
    """

    read: Callable[[dict[str, Any], str], Frame | None]
    life: LifeReader
    singles: Singles = alone

    def protocol(self, sender: str) -> JsonProtocol:
        """The protocol of what ``sender`` sends."""
        return JsonProtocol(lambda event: self.read(event, sender), self.singles, self.life)


_CAPTURED = {"zebra-iotc-json": "zebra", "impinj-iot-json": "impinj", "json": "json"}
"""Wire format of a capture -> word."""


def refusals(wire_format: str, data: bytes) -> list[str]:
    """What the reads in captured bytes were rejected for, in words; nothing for a wire format that is no JSON."""
    word = _CAPTURED.get(wire_format)
    if word is None:
        return []
    return [notice.text for notice in FORMATS[word].protocol("").feed(data).notices if notice.kind == UNREADABLE]


FORMATS: Mapping[str, JsonFormat] = {
    "json": JsonFormat(read_of, life_of_json),
    "impinj": JsonFormat(lambda event, _: impinj_read(event), impinj_life),
    "zebra": JsonFormat(zebra_read, zebra_life, zebra_singles),
}
"""Word -> format."""
