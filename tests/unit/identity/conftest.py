"""Vectors of payloads: what each means, judged elsewhere."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Vectors = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def vectors(shared: Path) -> Vectors:
    """Kind -> its vectors: input, valid, expected, reason."""

    def load(kind: str) -> list[dict[str, Any]]:
        lines = (shared / "data" / "identifiers" / f"{kind}.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]

    return load
