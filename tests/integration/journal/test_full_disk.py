"""A full disk stops counting loudly, before anything is lost."""

import json
import subprocess
import sys

import pytest

from scanstation.counting.errors import JournalError, JournalReason
from scanstation.store.journal import SqliteJournal
from scanstation.store.journal_read import read_events
from scanstation.store.journal_verify import verify

FILL = """
import json, resource, sys
from pathlib import Path
from scanstation.counting.errors import JournalError
from scanstation.counting.events import CountEvent, EventKind
from scanstation.store.journal import SqliteJournal

path, limit = Path(sys.argv[1]), int(sys.argv[2])
journal = SqliteJournal(path, min_free_bytes=0)
if limit:
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
acknowledged, waiting = 0, []
try:
    while True:
        event = CountEvent(kind=EventKind.COUNTED, ts=1, station="S", item="I" * 2000, qty=1)
        waiting = [journal.submit([event]) for _ in range(10)]
        for one in waiting:
            acknowledged = one.result(30)[0].seq
except JournalError:
    for one in waiting:
        if one.exception(30) is None:
            acknowledged = max(acknowledged, one.result()[0].seq)
    reason = journal.failure.reason
    try:
        journal.submit([event])
        later = None
    except JournalError as refused:
        later = refused.reason
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    journal.reopen()
    after = journal.submit([event]).result(30)[0].seq
else:
    after = None
print(json.dumps({"acknowledged": acknowledged, "reason": reason, "later": later, "after": after}))
"""


def fill(path, limit, *prefix):
    done = subprocess.run(
        [*prefix, sys.executable, "-c", FILL, str(path), str(limit)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_free_space_is_watched_before_it_is_gone(path, event):
    with SqliteJournal(path, min_free_bytes=2**62) as journal:
        waiting = journal.submit([event(1)])
        with pytest.raises(JournalError) as caught:
            waiting.result(10)
        assert caught.value.reason is JournalReason.DISK_FULL
        assert "all that was confirmed is safe" in caught.value.remedy
        with pytest.raises(JournalError) as caught:
            journal.submit([event(2)])
        assert caught.value.reason is JournalReason.STOPPED
        assert "is full" in str(caught.value)
        assert journal.failure.reason is JournalReason.DISK_FULL
    assert list(read_events(path)) == []


def test_when_the_file_may_not_grow_nothing_acknowledged_is_lost(path):
    told = fill(path, 600_000)
    assert told["acknowledged"] > 50
    assert told["reason"] in ("io", "disk_full")
    assert told["later"] == "stopped"
    events = list(read_events(path))
    assert told["acknowledged"] < told["after"] == len(events)
    assert verify(path).ok


def test_a_full_volume_stops_loudly(tmp_path):
    mount = tmp_path / "small"
    mount.mkdir()
    kept = tmp_path / "kept"
    kept.mkdir()
    shell = f'mount -t tmpfs -o size=1m none {mount} && "$@"; code=$?; cp {mount}/journal.db* {kept}; exit $code'
    prefix = ["unshare", "--map-root-user", "--mount", "sh", "-c", shell, "sh"]
    probe = ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", str(mount)]
    try:
        allowed = subprocess.run(probe, capture_output=True, timeout=60, check=False).returncode == 0
    except FileNotFoundError:
        allowed = False
    if not allowed:
        pytest.skip("a small volume needs user namespaces, which this machine does not allow")
    told = fill(mount / "journal.db", 0, *prefix)
    assert told["acknowledged"] > 50
    assert (told["reason"], told["later"]) == ("disk_full", "stopped")
    answer = verify(kept / "journal.db")
    assert answer.ok
    assert answer.events >= told["acknowledged"]
