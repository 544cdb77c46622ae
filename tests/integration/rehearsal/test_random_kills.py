"""Random counts at two seats come to the same whether or not the station dies: what was acknowledged stands."""

import json
import random
from typing import Any

import pytest

from scanstation.rehearsal import play, read

TABLES = {
    "items": [
        {"item": "LAMP", "name": "Desk lamp", "gtin": "9521141000038"},
        {"item": "TEA", "name": "Tea", "gtin": "9521141000014", "tracking": "lot"},
        {"item": "DRILL", "name": "Drill", "gtin": "9521141000021", "tracking": "serial"},
    ],
    "locations": [{"location": name} for name in ("A-01", "A-02", "A-03")],
}
SEATS = {"1": "C01", "2": "C02"}


def scan(payload: str, aim: str) -> list[dict[str, Any]]:
    return [{"do": "scan", "payload": payload, "aim": aim}]


def happening(rng: random.Random) -> list[dict[str, Any]]:
    """Steps that belong together: nothing but the keypad's quantity is forgotten by a station that dies."""
    match rng.randrange(12):
        case 0 | 1 | 2:
            return scan(f"LOC-A-0{rng.randint(1, 3)}", "]C0")
        case 3 | 4:
            return scan("9521141000038", "]E0")
        case 5:
            keys = [{"do": "quantity", "qty": qty} for qty in (rng.randint(2, 50), None)]
            return [keys[0], *scan("9521141000038", "]E0"), keys[1]]
        case 6:
            return scan(f"010952114100002121S{rng.randint(1, 5)}", "]d2")
        case 7:
            return scan(f"01095211410000141728123110L{rng.randint(1, 2)}", "]d2")
        case 8:
            return scan(f"UNKNOWN-{rng.randint(1, 3)}", "]C0")
        case 9:
            return [{"do": "undo"}]
        case 10:
            return [{"do": "correct", "item": "LAMP", "qty": rng.randint(0, 9)}]
    return [{"do": "close"}]


def count(seed: int, kills: float) -> dict[str, Any]:
    """A rehearsal; its steps depend on the seed alone, the kills between them come on top."""
    rng, dying = random.Random(seed), random.Random(seed)
    steps: list[dict[str, Any]] = [{"do": "open", "audit": "AU1"}]
    steps += [{"do": "sign_in", "operator": badge, "seat": seat} for seat, badge in SEATS.items()]
    for _ in range(30):
        seat = rng.choice(list(SEATS))
        steps += [step | {"seat": seat} for step in happening(rng)]
        if dying.random() < kills:
            steps.append({"do": "kill", "after": 0})
    return {"title": f"seed {seed}", "now": "2026-12-01T08:00:00Z", "tables": TABLES, "steps": steps}


def test_what_was_acknowledged_stands(full: bool) -> None:
    for seed in range(40 if full else 3):
        whole, broken = (play(read(count(seed, kills))).result for kills in (0.0, 0.3))
        assert not [row for row in whole.rows["refused"] if row["reason"] == "failed"]
        if (whole.verdicts, whole.rows["booked"], whole.rows["parked"]) != (
            broken.verdicts,
            broken.rows["booked"],
            broken.rows["parked"],
        ):
            pytest.fail(f"with kills it comes to something else:\n{json.dumps(count(seed, 0.3))}")


def test_random_counts_count() -> None:
    """The steps are such that something comes of them."""
    verdicts = {word for seed in range(3) for word in play(read(count(seed, 0.0))).result.verdicts}
    assert verdicts >= {"ok", "command", "parked", "refused"}
