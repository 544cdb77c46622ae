"""Journals on a real disk."""

import sqlite3
from contextlib import closing

import pytest

from scanstation.counting.events import CountEvent, EventKind
from scanstation.store.journal import SqliteJournal


def make_event(number=1, **more):
    more.setdefault("kind", EventKind.COUNTED)
    return CountEvent(ts=number, station="ST01", item=f"I{number}", qty=number, location="A1", audit="AUD", **more)


@pytest.fixture
def event():
    """Makes an event that is told apart by a number."""
    return make_event


@pytest.fixture
def path(tmp_path):
    """Where the journal lies."""
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path):
    """An open, empty journal."""
    with SqliteJournal(path, min_free_bytes=0) as journal:
        yield journal


@pytest.fixture
def written(path):
    """A closed journal of 20 events."""
    with SqliteJournal(path, min_free_bytes=0) as journal:
        for number in range(1, 21):
            journal.submit([make_event(number)])
    return path


@pytest.fixture
def sql(path):
    """Runs statements on the journal's file behind the program's back, with its triggers dropped."""

    def run(*statements):
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            for trigger in ("event_is_never_updated", "event_is_never_deleted"):
                connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
            for statement in statements:
                rows = connection.execute(*statement if isinstance(statement, tuple) else (statement,)).fetchall()
        return rows

    return run
