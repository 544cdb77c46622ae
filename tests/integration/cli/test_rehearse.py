"""``scanstation rehearse``: what it prints, and its exit codes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from scanstation.cli.app import command_line

GOOD = {
    "title": "One lamp",
    "now": "2026-12-01T08:00:00Z",
    "tables": {
        "items": [{"item": "LAMP", "name": "Desk lamp", "gtin": "9521141000021"}],
        "locations": [{"location": "A-01"}],
    },
    "steps": [
        {"do": "open", "audit": "AU1"},
        {"do": "sign_in", "operator": "C01"},
        {"do": "scan", "payload": "LOC-A-01"},
        {"do": "scan", "payload": "9521141000021"},
        {"do": "scan", "payload": "A\u001dB"},
    ],
    "expect": {"booked": [{"item": "LAMP", "qty": 1}], "verdicts": ["command", "ok", "parked"]},
}


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """The command sends its log to a stream that is closed after the test."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """A rehearsal that comes as expected, one that does not, one that is none, and one that the importer refuses."""
    made = {
        "good": GOOD,
        "other": GOOD | {"expect": {"booked": [{"item": "LAMP", "qty": 2}]}},
        "wrong": GOOD | {"steps": [{"do": "dance"}], "tables": {"items": [{"item": "A", "gtin": "1"}]}},
        "refused": GOOD | {"tables": {"items": [{"item": "A", "gtin": "1"}, {"item": "", "name": "x"}]}},
    }
    for name, document in made.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(document), "utf-8")
    return {name: str(tmp_path / f"{name}.json") for name in made}


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(command_line(["rehearse"]), ["rehearse", *words])
    return done.exit_code, done.stdout, done.stderr


def test_one_file_tells_its_story(files: dict[str, str]) -> None:
    code, output, said = run(files["good"])
    assert (code, said) == (0, "")
    lines = output.splitlines()
    assert lines[0] == f"{files['good']}: One lamp"
    assert "08:00:20    4  scan 9521141000021" in output
    assert "+ ok        1 × Desk lamp [counted 1 LAMP at A-01]" in output
    assert "~ parked" in output
    assert "A␝B" in output
    assert lines[-1] == "+ as expected"
    assert "\x1b" not in output


def test_several_files_tell_the_stories_of_those_that_differ(files: dict[str, str]) -> None:
    code, output, _ = run(files["good"], files["other"])
    assert code == 1
    assert output.count("+ ok ") == 1
    assert "[1/2]" in output
    assert "[2/2]" in output
    assert "- 1 difference:\n  - booked: expected item LAMP, qty 2, came location A-01, item LAMP" in output
    assert run(files["good"], files["other"], "--no-story")[1].count("+ ok ") == 0
    assert run(files["good"], files["other"], "--story")[1].count("+ ok ") == 2


def test_a_file_that_is_none_is_told_with_all_its_errors_and_the_others_are_played(files: dict[str, str]) -> None:
    code, output, _ = run(files["wrong"], files["refused"], files["other"], files["good"])
    assert code == 2
    assert "! no rehearsal: 2 errors" in output
    assert "  ! step 1: not known here yet: a step 'dance'." in output
    assert "  ! tables, items row 1, gtin: '1' is no GTIN" in output
    assert "  ! tables, items row 2, item: the cell is empty. Fill it in." in output
    assert output.endswith("+ as expected\n")
    assert run("nothing.json")[0] == 2
    assert run()[0] == 2


def test_a_folder_is_all_the_files_in_it_and_below(files: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    for name in ("good", "other"):
        Path(files[name]).rename(tmp_path / "below" / f"{name}.json")
    told = [json.loads(line)["file"] for line in run("--json", str(tmp_path / "below"))[1].splitlines()]
    assert told == [str(tmp_path / "below" / f"{name}.json") for name in ("good", "other")]
    (tmp_path / "empty").mkdir()
    code, _, said = run(str(tmp_path / "empty"))
    assert code == 2
    assert "no rehearsal" in said


def test_one_json_line_a_file(files: dict[str, str]) -> None:
    code, output, said = run("--json", files["wrong"], files["good"], files["other"])
    assert (code, said) == (2, "")
    wrong, good, other = map(json.loads, output.splitlines())
    assert [fault["place"] for fault in wrong["faults"]] == ["step 1", "tables, items row 1, gtin"]
    assert good["differences"] == []
    assert good["verdicts"] == ["command", "ok", "parked"]
    assert good["parked"] == [{"location": "A-01", "payload": "A\x1dB", "why": good["parked"][0]["why"]}]
    assert other["differences"][0]["what"] == "booked"
    assert {"booked", "stock", "refused"} <= set(good)


def test_the_station_of_this_machine_is_left_alone(files: dict[str, str], tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("SCANSTATION_DATA_DIR", str(tmp_path / "mine"))
    monkeypatch.setenv("SCANSTATION_LABELS__LOCATION", "PLACE-")
    assert run(files["good"])[0] == 0
    assert not (tmp_path / "mine").exists()
