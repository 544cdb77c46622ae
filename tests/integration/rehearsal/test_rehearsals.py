"""Every rehearsal comes to what it expects; a known open one that does has to leave the list of open ones."""

from pathlib import Path

import pytest

from scanstation.rehearsal import RehearsalError, differences, play, read_file
from scanstation.rehearsal.expecting import Expect, Lists
from scanstation.rehearsal.steps import KINDS

FOLDER = Path(__file__).resolve().parents[2] / "rehearsals"
OPEN = FOLDER / "open.txt"
"""The known open ones: files whose fault is not mended yet, one name a line."""

FILES = sorted(FOLDER.rglob("*.json"))
NAMES = [str(path.relative_to(FOLDER)) for path in FILES]


def known_open() -> set[str]:
    return {line.strip() for line in OPEN.read_text("utf-8").splitlines() if line.strip() and line[0] != "#"}


def wrong(path: Path) -> list[str]:
    """In what a rehearsal comes otherwise, in lines."""
    try:
        played = play(read_file(path))
    except RehearsalError as error:
        return [str(fault) for fault in error.faults]
    return [str(one) for one in differences(played.rehearsal.expect, played.result)]


@pytest.mark.parametrize("name", NAMES)
def test_a_rehearsal_comes_to_what_it_expects(name: str) -> None:
    found = wrong(FOLDER / name)
    if name in known_open():
        assert found, f"{name} is as expected now: take it off tests/rehearsals/open.txt"
    else:
        assert not found, "\n".join(found)


def test_every_rehearsal_expects_something_and_has_a_title() -> None:
    for path in FILES:
        if str(path.relative_to(FOLDER)) not in known_open():
            rehearsal = read_file(path)
            assert rehearsal.title, path
            assert rehearsal.expect is not None, path


def test_every_step_list_and_form_is_rehearsed() -> None:
    done = [read_file(FOLDER / name) for name in NAMES if name not in known_open()]
    assert {type(step) for rehearsal in done for step in rehearsal.steps} == set(KINDS.values())
    expected = [one.expect for one in done if one.expect is not None]
    said = {word for one in expected for word in Expect.model_fields if getattr(one, word) not in (None, (), Lists())}
    assert said == set(Expect.model_fields)


def test_the_open_ones_exist() -> None:
    assert known_open() <= set(NAMES)


def test_the_shared_cases_are_here(shared: Path) -> None:
    """What is given is here as it is given, so that it runs without the shared folder too."""
    for path in sorted((shared / "data" / "cases" / "labels").glob("*.json")):
        assert (FOLDER / "labels" / path.name).read_bytes() == path.read_bytes(), path.name
