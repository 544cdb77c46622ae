"""A book in a real stock file, a clock that the test moves, and randomness from a seed."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scanstation.access import Access
from scanstation.store.access import StoredOperatorBook
from scanstation.store.engine import make_engine
from scanstation.store.migrate import upgrade


class Clock:
    """Microseconds since the epoch, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_700_000_000_000_000

    def __call__(self) -> int:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += round(seconds * 1_000_000)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(tmp_path: Path) -> Iterator[StoredOperatorBook]:
    engine = make_engine(tmp_path / "stock.db")
    upgrade(engine)
    yield StoredOperatorBook(engine)
    engine.dispose()


@pytest.fixture
def make_access(book: StoredOperatorBook, clock: Clock) -> Callable[..., Access]:
    """Build `Access` on the same book, as a restart of the station does."""

    def make(seed: int = 1, idle_s: int = 600) -> Access:
        return Access(book, clock=clock, random_bytes=random.Random(seed).randbytes, idle_s=idle_s)

    return make


@pytest.fixture
def access(make_access: Callable[..., Access]) -> Access:
    return make_access()
