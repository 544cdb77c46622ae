"""How to run the inventory: the options of an ``llrp://`` URL, checked all at once."""

from collections.abc import Mapping
from dataclasses import dataclass

EXAMPLE = "llrp://reader-7:5084?antennas=1,2&power=81&session=2&every=1&mode=1002"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """An inventory.

    ``antennas`` empty means all; ``power`` is an index into the reader's own power table, ``mode`` an RF mode id it
    lists (None: the reader's default); ``session`` the C1G2 session 0 to 3 (2 suits many tags that stand still);
    ``every`` the number of tags a report waits for; ``population`` the number of tags expected in the field;
    ``keepalive`` the period of liveness messages and ``answer`` how long a request may wait, in seconds.
    """

    antennas: tuple[int, ...] = ()
    power: int | None = None
    mode: int | None = None
    session: int = 2
    every: int = 1
    population: int = 32
    keepalive: float = 2.0
    answer: float = 5.0


_WHOLE = {
    "power": (0, 0xFFFF),
    "mode": (0, 0xFFFF),
    "session": (0, 3),
    "every": (1, 0xFFFF),
    "population": (1, 0xFFFF),
}
_SECONDS = {"keepalive": (0.05, 3600.0), "answer": (0.05, 600.0)}
KNOWN = ("antennas", *_WHOLE, *_SECONDS)


def parse_options(query: Mapping[str, str]) -> Options:
    """Return the options of a URL's query; raise ValueError that names every mistake and what is allowed."""
    values: dict[str, object] = {}
    mistakes: list[str] = []
    for key, text in query.items():
        try:
            values[key] = _parse(key, text)
        except ValueError as error:
            mistakes.append(f"{key}={text}: {error}")
    if mistakes:
        raise ValueError("; ".join(mistakes))
    return Options(**values)  # type: ignore[arg-type]


def _parse(key: str, text: str) -> object:
    if key == "antennas":
        return _antennas(text)
    if key in _WHOLE:
        low, high = _WHOLE[key]
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(text)
    if key in _SECONDS:
        return _seconds(text, *_SECONDS[key])
    raise ValueError("unknown option; known are " + ", ".join(KNOWN))


def _antennas(text: str) -> tuple[int, ...]:
    parts = text.split(",")
    if not all(part.isascii() and part.isdigit() and 1 <= int(part) <= 0xFFFF for part in parts):
        raise ValueError("must be antenna numbers from 1 joined by commas, such as 1,2,4")
    return tuple(dict.fromkeys(map(int, parts)))


def _seconds(text: str, low: float, high: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not low <= value <= high:
        raise ValueError(f"must be seconds from {low} to {high}")
    return value
