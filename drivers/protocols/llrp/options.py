"""How to run the inventory."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """An inventory.

    ``antennas`` empty means all; ``power`` is an index into the reader's own power table, ``mode`` an RF mode id it
    lists (None: the reader's default); ``session`` the C1G2 session 0 to 3 (2 suits many tags that stand still);
    ``every`` the number of tags a report waits for; ``population`` the number of tags expected in the field;
    ``tid`` and ``user`` are the words of these memories that are read of each tag beside its EPC, 0 for none;
    ``keepalive`` the period of liveness messages and ``answer`` how long a request may wait, in seconds.
    """

    antennas: tuple[int, ...] = ()
    power: int | None = None
    mode: int | None = None
    session: int = 2
    every: int = 1
    population: int = 32
    tid: int = 0
    user: int = 0
    keepalive: float = 2.0
    answer: float = 5.0
