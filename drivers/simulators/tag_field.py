"""A field of UHF tags in front of an antenna: which tags answer in an inventory round, how loud, and as what.

The defaults are assumptions in the range of published measurements: read probabilities of 60 to 70 % a round are
common (SMURF, VLDB 2006), metal and liquids bring them down to 20 %, tags of the neighbouring bay answer seldom and
10 to 20 dB lower, and about one read in 100,000 is a ghost: noise that passed the CRC of the air interface.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

NEAR, TYPICAL, SHIELDED, STRAY = 0.95, 0.65, 0.2, 0.05
"""Probability that one inventory round reads a tag: in the open, in a box, on metal or liquid, in the next bay."""

GHOSTS_PER_READ = 1e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldTag:
    """A tag: its EPC bytes, the chance of being read in a round, and its median RSSI in dBm on ``antenna``."""

    epc: bytes
    probability: float = TYPICAL
    rssi_dbm: float = -55.0
    antenna: int = 1


@dataclass(frozen=True, slots=True)
class TagRead:
    """One answer of one tag in one round; ``ghost`` marks noise that no tag sent."""

    epc: bytes
    antenna: int
    rssi_dbm: float
    ghost: bool = False


class TagField:
    """Tags in range of a reader, inventoried round by round; deterministic for a seed."""

    def __init__(
        self,
        tags: Sequence[FieldTag],
        rng: random.Random,
        *,
        spread_db: float = 2.0,
        duplicates: tuple[int, int] = (1, 1),
        ghosts: float = GHOSTS_PER_READ,
    ) -> None:
        self._tags = tuple(tags)
        self._rng = rng
        self._spread = spread_db
        self._duplicates = duplicates
        self._ghosts = ghosts

    def round(self) -> list[TagRead]:
        """Return the answers of one round in the order of the air: each tag that was read, maybe several times."""
        reads: list[TagRead] = []
        for tag in self._tags:
            if self._rng.random() < tag.probability:
                for _ in range(self._rng.randint(*self._duplicates)):
                    loud = self._rng.gauss(tag.rssi_dbm, self._spread)
                    reads.append(TagRead(tag.epc, tag.antenna, loud))
                    if self._rng.random() < self._ghosts:
                        reads.append(TagRead(self._rng.randbytes(len(tag.epc)), tag.antenna, loud - 10, ghost=True))
        self._rng.shuffle(reads)
        return reads


def stray_of(tag: FieldTag, epc: bytes, rng: random.Random) -> FieldTag:
    """Return a tag of the neighbouring bay: seldom read, 10 to 20 dB below ``tag`` (normal, standard deviation 4)."""
    return replace(tag, epc=epc, probability=STRAY, rssi_dbm=tag.rssi_dbm - rng.gauss(15.0, 4.0))
