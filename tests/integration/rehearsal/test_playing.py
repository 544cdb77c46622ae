"""How a rehearsal is played: what the files of the folder cannot show."""

import tempfile
from pathlib import Path

import pytest

from scanstation.rehearsal import differences, play, read
from scanstation.rehearsal import playing as room
from scanstation.station.service import Station

NOW = "2026-12-01T08:00:00Z"
TABLES = {
    "items": [{"item": "LAMP", "name": "Desk lamp", "gtin": "9521141000038"}],
    "locations": [{"location": "A-01"}, {"location": "A-02"}],
}


def played(*steps, **more):
    return play(read({"now": NOW, "tables": TABLES, "steps": list(steps), **more}))


def scan(payload, **more):
    return {"do": "scan", "payload": payload, **more}


def test_a_later_audit_says_what_its_places_hold():
    result = played(
        {"do": "open", "audit": "AU1"},
        {"do": "sign_in", "operator": "C01"},
        scan("LOC-A-01"), scan("9521141000038"), scan("PARKED-1"), {"do": "close"},
        scan("LOC-A-02"), scan("9521141000038"), {"do": "close"}, {"do": "sign_out"},
        {"do": "open", "audit": "AU2"},
        {"do": "sign_in", "operator": "C02"},
        scan("LOC-A-01"), {"do": "quantity", "qty": 5}, scan("9521141000038"), scan("PARKED-2"),
    ).result  # fmt: skip
    assert [(row["location"], row["qty"]) for row in result.rows["booked"]] == [("A-01", 5), ("A-02", 1)]
    assert [row["payload"] for row in result.rows["parked"]] == ["PARKED-2"]


def test_a_tag_is_heard_so_often_and_time_passes():
    steps = [{"do": "tag", "epc": "3036451FD400008000000007", "times": times} for times in (1, 20)]
    story = played(*steps, {"do": "wait", "after": 0}).story
    assert [one.ts - story[0].ts for one in story] == [0, 5_000_000, 5_380_000]


def test_steps_move_the_time_and_nothing_else_does():
    story = played(
        {"do": "wait"},
        {"do": "wait", "after": 0.001},
        {"do": "wait", "at": "2026-12-01T11:00:00+02:00"},
        {"do": "wait"},
    ).story
    begin = 1_796_112_000_000_000
    assert [one.ts - begin for one in story] == [5_000_000, 5_001_000, 3_600_000_000, 3_605_000_000]


def test_the_same_file_comes_to_the_same_twice():
    steps = [
        {"do": "open", "audit": "AU1"},
        {"do": "sign_in", "operator": "C01"},
        scan("LOC-A-01"),
        scan("9521141000038"),
    ]
    assert played(*steps) == played(*steps)


def test_a_step_that_fails_is_told_and_the_rest_is_played(monkeypatch: pytest.MonkeyPatch):
    async def fail(self: Station) -> None:
        raise ZeroDivisionError("by hand")

    monkeypatch.setattr(Station, "undo", fail)
    done = played(
        {"do": "open", "audit": "AU1"}, {"do": "undo"}, {"do": "sign_in", "operator": "C01"}, scan("LOC-A-01")
    )
    assert done.result.rows["refused"] == [{"step": 2, "reason": "failed", "text": "ZeroDivisionError: by hand"}]
    assert done.result.verdicts == ("command",)
    assert [one.what for one in differences(None, done.result)] == ["step 2"]


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(room, "in_memory", lambda: tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    played({"do": "open", "audit": "AU1"}, {"do": "kill"})
    assert list(tmp_path.iterdir()) == []


def test_without_a_roomy_memory_folder_the_files_lie_where_temporary_files_do(tmp_path: Path, monkeypatch):
    for folder, room_asked in ((tmp_path / "none", 0), (tmp_path, 10**18)):
        monkeypatch.setattr(room, "SHARED_MEMORY", folder)
        monkeypatch.setattr(room, "ROOM", room_asked)
        assert room.in_memory() is None
        assert played({"do": "open", "audit": "AU1"}).result.rows["refused"] == []


def test_an_import_of_nothing_changes_nothing():
    done = played({"do": "import", "table": "items", "rows": []}, {"do": "import", "table": "reservations", "rows": []})
    assert done.result.rows["refused"] == []


def test_every_seat_shows_what_the_others_did():
    """A seat catches up after every step, not only when something is done at it."""
    seen = []

    async def look(self: Station) -> None:
        seen.append((self.settings.station, len(self.session.parked)))

    refresh = Station.refresh

    async def watched(self: Station) -> None:
        await refresh(self)
        await look(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Station, "refresh", watched)
        played(
            {"do": "open", "audit": "AU1"},
            {"do": "sign_in", "operator": "C01"},
            {"do": "sign_in", "operator": "C02", "seat": "2"},
            scan("LOC-A-01"),
            scan("PARKED-1"),
        )
    assert seen[-2:] == [("ST01", 1), ("ST01-2", 1)]
