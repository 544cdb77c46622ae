"""How often fixed antennas read their tags, kept beside the journal so that a restart need not learn it anew.

It is a help and no fact: without it, a tag that went while the station was down leaves some minute later.
"""

import json
import math
from pathlib import Path
from typing import Any

import structlog

from drivers.transports.slot import FileSlot
from scanstation.counting.whereabouts import Rates, Spot, Whereabouts

KEPT_US = 60_000_000
"""So often the rates are kept while tags are watched."""

log = structlog.get_logger()


class KeptRates:
    """The file in which rates are kept."""

    def __init__(self, path: Path) -> None:
        self._slot = FileSlot(path)
        self._kept_at = 0

    def recall(self, where: Whereabouts) -> None:
        """Give the tags that a journal restored the rates that they had."""
        where.recall(decode_rates(self._slot.read()))

    def keep(self, where: Whereabouts) -> None:
        """Keep the rates as they are."""
        try:
            self._slot.write(encode_rates(where.rates()))
        except OSError as error:
            log.warning("the rates of tags are not kept for a restart", reason=str(error))

    def keep_at_times(self, where: Whereabouts, now: int) -> None:
        """Keep them where that was not done for `KEPT_US`."""
        if now - self._kept_at > KEPT_US:
            self._kept_at = now
            self.keep(where)


def encode_rates(rates: Rates) -> bytes:
    """As JSON: a list of [reader, antenna, {EPC: [reads, epochs]}]."""
    rows = [
        [reader, antenna, {epc: [round(value, 3) for value in evidence] for epc, evidence in known.items()}]
        for (reader, antenna), known in rates.items()
    ]
    return json.dumps(rows, separators=(",", ":")).encode()


def decode_rates(data: bytes) -> Rates:
    """What `encode_rates` wrote; whatever makes no sense is left out, since it is not needed."""
    try:
        rows = json.loads(data or b"[]")
    except (ValueError, RecursionError):
        return {}
    found: Rates = {}
    for row in rows if isinstance(rows, list) else ():
        match row:
            case [str(reader), None | int() as antenna, dict(known)]:
                found[Spot(reader, antenna)] = {
                    epc: (float(value[0]), float(value[1])) for epc, value in known.items() if _is_evidence(value)
                }
    return found


def _is_evidence(value: Any) -> bool:
    """Whether this is (reads, epochs): numbers above zero, no more reads than epochs."""
    match value:
        case [int() | float() as hits, int() | float() as epochs]:
            return math.isfinite(epochs) and 0 < hits <= epochs
    return False
