"""What a Zebra SSI scanner has handed over and whether it was told so: the base of "counted once".

SSI numbers nothing: a packet that is sent again differs from the first copy only by one bit.  So the host remembers
the last packet and gives every delivery an id of its own (`Frame.read_id`); a repeat has the id of the first copy.
Kept in a slot, this outlives the process, and a delivery that comes again after the host died keeps its id.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Where the last packet stands."""

    NONE = "none"
    PART = "part"  # acknowledged at once, the message goes on
    PENDING = "pending"  # delivered, not yet durable
    DONE = "done"  # durable and acknowledged


@dataclass
class Custody:
    """The last packet: its ``digest``, its stage, and what was delivered with it.

    ``series`` makes ids unique among all hosts and scanners; ``number`` counts deliveries.
    """

    series: str
    number: int = 0
    digest: str = ""
    stage: Stage = Stage.NONE
    code_type: int = 0
    payload: str = ""  # hex

    @property
    def read_id(self) -> str:
        """The id of the last delivery."""
        return f"ssi-{self.series}-{self.number}"

    def to_bytes(self) -> bytes:
        """As a slot keeps it."""
        return json.dumps(asdict(self)).encode()


def digest_of(packet: bytes) -> str:
    """What a packet and its repeat have in common: opcode and data, not the status with its bit."""
    return hashlib.sha256(packet[1:2] + packet[4:-2]).hexdigest()[:32]


def restore(value: bytes, series: str) -> Custody:
    """The custody in a slot; a new one named ``series`` when the slot is empty or spoilt."""
    try:
        kept = Custody(**json.loads(value))
        kept.stage = Stage(kept.stage)
        bytes.fromhex(kept.payload)
        return kept if isinstance(kept.number, int) and kept.series else Custody(series)
    except (ValueError, TypeError):
        return Custody(series)
