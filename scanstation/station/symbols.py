"""`Symbol`: a read and what it names, and what events say of a read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from drivers import Carrier, Read
from scanstation.counting.events import Source
from scanstation.counting.joining import Moment
from scanstation.identity import Identity

SOURCES: Mapping[Carrier, Source] = {
    Carrier.BARCODE: Source.SCAN,
    Carrier.EPC: Source.RFID,
    Carrier.TID: Source.RFID,
    Carrier.KEYED: Source.TYPED,
}


@dataclass(frozen=True, slots=True)
class Symbol:
    """A read, what it names, and what its events note in their data."""

    read: Read
    identity: Identity
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def at(self) -> Moment:
        """When it was read."""
        return Moment(received=self.read.received_at, device=self.read.device_time)

    def origin(self) -> dict[str, Any]:
        """What its events say of where they come from."""
        return origin_of(self.read) | {"data": self.data}


def origin_of(read: Read) -> dict[str, Any]:
    """What events say of the read that made them."""
    return {
        "payload": payload_text(read),
        "aim": read.aim,
        "device": read.device,
        "source": source_of(read),
        "read_id": read.read_id,
    }


def symbol_text(symbol: Symbol) -> str:
    """What tells a symbol from another of the same package: its AIM identifier and its payload."""
    return symbol.read.aim + payload_text(symbol.read)


def payload_text(read: Read) -> str:
    """The payload as text: hex of a tag, else latin-1, which keeps every byte."""
    return read.payload.hex().upper() if read.carrier in (Carrier.EPC, Carrier.TID) else read.payload.decode("latin-1")


def source_of(read: Read) -> Source:
    """How this read came in; a label seen by a camera has a region."""
    return Source.CAMERA if read.region is not None else SOURCES[read.carrier]
