"""The guides: their links lead somewhere, and their words are those of the page."""

import re
from pathlib import Path

import pytest

from scanstation.access.attempts import ATTEMPTS, FIRST_LOCK_S
from scanstation.access.credentials import PIN_MAX, PIN_MIN
from scanstation.access.roles import Role
from scanstation.counting.presence import EXPECTED_WRONG
from scanstation.settings import Settings
from scanstation.station.commands import QUANTITY, WORDS
from scanstation.station.label_sheets import sheet

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
GUIDE = (DOCS / "operator-guide.md").read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files(page: Path) -> None:
    prose = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    targets = re.findall(r"\]\((?!https?:)([^)#\s]+)", prose)
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_decision_is_in_the_index() -> None:
    index = (DOCS / "adr" / "README.md").read_text("utf-8")
    decisions = sorted((DOCS / "adr").glob("[0-9]*.md"))
    titles = {path.name: re.sub(r"^#\s*\d+[.:]?\s*", "", path.read_text("utf-8").splitlines()[0]) for path in decisions}
    lines = [f"| [{int(name[:4])}]({name}) | {title} |" for name, title in titles.items()]
    listed = [line for line in index.splitlines() if line.startswith("| [")]
    assert listed == lines, "the table of docs/adr/README.md is:\n" + "\n".join(lines)


def test_the_guide_knows_every_word_of_the_card() -> None:
    script = (ROOT / "scanstation" / "web" / "static" / "words.js").read_text("utf-8")
    words = re.findall(r'word: "([^"]+)"', script)
    assert len(words) > 5
    assert [word for word in words if f"| **{word}** |" not in GUIDE] == []


def test_the_guide_names_what_can_be_touched() -> None:
    page = (ROOT / "scanstation" / "web" / "templates" / "station.html").read_text("utf-8")
    named = re.findall(r"(?<!\*)\*([A-Z][a-z][^*]+)\*(?!\*)", GUIDE.replace("\n", " "))
    assert len(named) > 8
    assert [words for words in named if words not in page and not words.startswith('"')] == []


def test_the_guide_names_every_command_and_role() -> None:
    assert [word for word in WORDS if word not in GUIDE] == []
    assert [role for role in Role if f"**{role}**" not in GUIDE] == []


def test_the_figures_of_the_guide_are_those_of_the_code(tmp_path: Path) -> None:
    default = {name: field.default for name, field in Settings.model_fields.items()}
    assert (ATTEMPTS, FIRST_LOCK_S) == (5, 60), "five wrong PINs lock the badge for a minute"
    assert (PIN_MIN, PIN_MAX) == (4, 12), "a PIN has 4 to 12 digits"
    assert default["session_idle_s"] == 30 * 60, "half an hour without a scan or a touch"
    assert default["join_window_s"] == 3.0, "the other half comes within three seconds"
    assert default["min_free_bytes"] == 16_000_000, "at least 16 MB stay free"
    assert default["host"] == "127.0.0.1", "the station listens on this machine only"
    assert EXPECTED_WRONG == 0.01, "more than one sweep in a hundred like it"
    sheet("commands", Settings(), tmp_path / "commands.html")
    printed = set(re.findall(rf"CMD-(?:{QUANTITY})?(\w+)<", (tmp_path / "commands.html").read_text("utf-8")))
    quantities = sorted(int(word) for word in printed if word.isdecimal())
    assert printed >= WORDS.keys()
    assert (quantities[0], quantities[-1]) == (2, 100), "quantities from 2 to 100"


def test_every_page_is_reached_from_the_first_one() -> None:
    reached, coming = set[Path](), [ROOT / "README.md"]
    while coming:
        page = coming.pop()
        if page in reached or not page.exists():
            continue
        reached.add(page)
        targets = re.findall(r"\]\((?!https?:)([^)#\s]+\.md)", page.read_text("utf-8"))
        coming += [(page.parent / target).resolve() for target in targets]
    assert [str(page.relative_to(ROOT)) for page in PAGES if page.resolve() not in reached] == []


def test_the_glossary_is_in_order() -> None:
    words = re.findall(r"^\| ([^|]+) \|", (DOCS / "glossary.md").read_text("utf-8"), flags=re.MULTILINE)[2:]
    assert words == sorted(words, key=lambda word: word.lower().replace("-", " "))
