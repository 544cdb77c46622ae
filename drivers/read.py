"""`Read`: what a device delivered.  Nothing is interpreted yet."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum


class Carrier(StrEnum):
    """What kind of carrier the payload came from."""

    BARCODE = "barcode"
    EPC = "epc"  # EPC memory of a UHF tag, the bytes after the PC word
    TID = "tid"  # tag identification memory: names a chip, never an item
    KEYED = "keyed"  # typed by a person because no device read it


class Verdict(StrEnum):
    """What the host decided about a read; it chooses the tone and the light of the device."""

    OK = "ok"
    DUPLICATE = "duplicate"  # known already, not counted again
    UNKNOWN = "unknown"  # kept and parked, names nothing that we know
    ASKED = "asked"  # kept and parked with a question, which the next step may answer
    REFUSED = "refused"  # understood, but not allowed now (no location open, wrong place)
    ERROR = "error"  # a misread or a failure of the station: not counted


@dataclass(frozen=True, slots=True)
class Picture:
    """The frame in which a label was seen, kept as evidence: a JPEG file, named by the SHA-256 of its bytes (hex)."""

    jpeg: bytes = field(repr=False)
    sha256: str

    @classmethod
    def of(cls, jpeg: bytes) -> "Picture":
        """Name ``jpeg``."""
        return cls(jpeg, hashlib.sha256(jpeg).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One delivery of one device.

    ``payload`` holds the bytes of the symbol without framing and without AIM identifier, or the EPC memory of a
    tag after its PC word.  ``aim`` is the AIM symbology identifier (ISO/IEC 15424) such as ``]C1``, empty where
    the device does not say.  Times are microseconds since 1970-01-01 UTC; ``received_at`` is the station's,
    ``device_time`` the device's own (evidence only).  ``read_id`` is set where the same delivery may come
    again (a queue that is replayed, a retransmission): equal read_ids are one delivery.  Symbols that one pull of the
    trigger or one picture gave have the same ``trigger``, unique within the device; ``more`` says that another of them
    follows at once.
    """

    payload: bytes
    device: str
    received_at: int
    carrier: Carrier = Carrier.BARCODE
    aim: str = ""
    read_id: str | None = None
    device_time: int | None = None
    antenna: int | None = None
    rssi_dbm: float | None = None
    pc: int | None = None
    tid: bytes | None = None  # of a tag that was read by its EPC: its chip number, where the reader read that too
    user: bytes | None = None  # of its user memory, what the reader read
    seen_count: int | None = None
    region: tuple[tuple[float, float], ...] | None = None  # corners of the label in the frame, in pixels
    trigger: str | None = None
    more: bool = False
    picture: Picture | None = None  # the frame itself, where it is to be kept with the count; several reads share it


def together(reads: Sequence[Read], trigger: str) -> list[Read]:
    """Mark reads as the symbols that one pull of the trigger or one picture gave."""
    last = len(reads) - 1
    return [replace(read, trigger=trigger, more=place < last) for place, read in enumerate(reads)]
