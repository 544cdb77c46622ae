"""The page about rehearsals: its examples are played, and what it says they tell is what they tell."""

import json
import re
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from scanstation.rehearsal import differences, play, read_text
from scanstation.rehearsal.expecting import ROWS, WORDS, Expect
from scanstation.rehearsal.parts import Step
from scanstation.rehearsal.reading import Rehearsal
from scanstation.rehearsal.stage import WORST_FIRST
from scanstation.rehearsal.steps import KINDS, AnyStep
from scanstation.rehearsal.telling import SIGNS, judgement, story

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "rehearsals.md").read_text("utf-8")
WHOLE = re.findall(r"^```json\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)
TOLD = re.findall(r"^```text\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)
ROW = re.compile(r"^\| `(\w+)` \| `(\{.*?\})` \|", flags=re.MULTILINE)
EXAMPLES = [(name, json.loads(text)) for name, text in ROW.findall(PAGE)]


def test_the_first_example_tells_what_the_page_says() -> None:
    played = play(read_text(WHOLE[0]))
    found = differences(played.rehearsal.expect, played.result)
    told = [[line.text for line in lines] for lines in (story(played), judgement(found, expected=True))]
    assert told == [part.splitlines() for part in TOLD]
    mended = read_text(WHOLE[0].replace('"short": 2', '"short": 1'))
    assert differences(mended.expect, played.result) == ()
    assert [line.text for line in judgement((), expected=True)] == ["+ as expected"]


def test_every_step_has_an_example_that_can_be_read() -> None:
    steps = [(name, one) for name, one in EXAMPLES if "do" in one]
    assert [name for name, _ in steps] == [one["do"] for _, one in steps]
    assert {name for name, _ in steps} == set(KINDS)
    for _, one in steps:
        TypeAdapter(AnyStep).validate_python(one)


def test_every_word_of_every_step_is_on_the_page() -> None:
    for kind in KINDS.values():
        for word in kind.model_fields:
            assert f'"{word}"' in PAGE or f"`{word}`" in PAGE, (kind, word)
    for word in [*Step.model_fields, *Rehearsal.model_fields]:
        assert f"| `{word}` |" in PAGE, word


def test_every_list_has_an_example_that_can_be_read_and_names_every_field() -> None:
    lists = [(name, one) for name, one in EXAMPLES if "do" not in one]
    assert {name for name, _ in lists} == set(Expect.model_fields)
    for name, one in lists:
        Expect.model_validate(one)
        line = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))
        assert all(f'"{field}"' in line or f"`{field}`" in line for field in ROWS.get(name, ())), name


@pytest.mark.parametrize("word", WORDS)
def test_every_verdict_is_explained_with_its_sign(word: str) -> None:
    assert f"| `{word}` | `{SIGNS[word][0]}` |" in PAGE


def test_the_page_tells_the_order_of_the_verdicts() -> None:
    assert f"the worst is told: {', '.join(WORST_FIRST)}." in PAGE
