"""Every finding is a script that runs by itself, and stands in the list with the version that it was seen in."""

import os
import re
from pathlib import Path

import pytest

FINDINGS = Path(__file__).resolve().parents[3] / "findings"
SCRIPTS = sorted(FINDINGS.glob("*.sh"))
ROWS = re.findall(
    r"^\| \[([^]]+)\]\(([^)]+)\) \| ([^|]+) \|", (FINDINGS / "README.md").read_text("utf-8"), re.MULTILINE
)


def test_the_list_is_the_folder() -> None:
    assert [(name, link) for name, link, _ in ROWS] == [(script.stem, script.name) for script in SCRIPTS]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_finding_is_pinned_and_leaves_nothing_behind(script: Path) -> None:
    text = script.read_text("utf-8")
    assert os.access(script, os.X_OK) and text.startswith("#!/usr/bin/env bash\n")
    for needed in (
        "set -euo pipefail",
        "mktemp -d",
        "trap 'rm -rf",
        "# Seen (20",
        "# Expected: ",
        "# Why it matters: ",
    ):
        assert needed in text, needed
    assert not re.search(r"scanstation|https?://", text), "without the product, by the ordinary client"
    packages = next(row for name, _, row in ROWS if name == script.stem)
    for name, version in re.findall(r"([\w@/-]+) (\d[\w.]*)", packages):
        assert re.search(rf"{re.escape(name)}(==|@){re.escape(version)}", text), f"{name} is pinned to {version}"
