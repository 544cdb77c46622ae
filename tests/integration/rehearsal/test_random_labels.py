"""Random symbols, frames and answers: whatever comes, no step fails, and nothing is booked that none read."""

import json
import random
from typing import Any

import pytest

from scanstation.rehearsal import play, read

TABLES = {
    "items": [
        {"item": "LAMP", "name": "Desk lamp", "gtin": "9521141000038", "packs": "1:6"},
        {"item": "TEA", "name": "Tea", "gtin": "9521141000014", "tracking": "lot"},
        {"item": "DRILL", "name": "Drill", "gtin": "9521141000021", "tracking": "serial"},
        {"item": "GEL", "name": "Gel", "gtin": "9521141000502", "base_unit": "gram"},
        {"item": "RES", "name": "Resistor"},
        {"item": "NEVER", "name": "Nobody reads it", "gtin": "9521141000090"},
    ],
    "codes": [
        {"code": "RC0603", "item": "RES", "kind": "internal"},
        {"code": "9521141000045", "item": "LAMP"},
        {"code": "9521141000045", "item": "RES"},
    ],
    "locations": [{"location": "A-01"}, {"location": "A-02"}, {"location": "Z-99"}],
    "contents": [{"sscc": "095211410000000014", "item": "LAMP", "quantity": 48}],
}
SYMBOLS = [
    ("9521141000038", "]E0"), ("0109521141000038", "]C1"), ("https://id.gs1.org/01/09521141000038", "]Q1"),
    ("0119521141000035", "]C1"), ("9521141000014", "]E0"), ("010952114100001410L1", "]d2"),
    ("010952114100001417251231", "]d2"), ("10L1", "]C1"), ("L1", "]C0"), ("21S1", "]C1"), ("S1", "]C0"),
    ("9521141000021", "]E0"), ("010952114100002121S1", "]d2"), ("010952114100002121S2", "]d2"),
    ("9521141000502", "]E0"), ("01095211410005023103001250", "]C1"), ("RC0603", "]C0"), ("9521141000045", "]E0"),
    ("[)>\x1e06\x1d1PRC0603\x1dQ100\x1e\x04", "]d1"), ("[)>\x1e06\x1d1PRC0603\x1dQ100\x1dS77\x1e\x04", "]d1"),
    ("LOC-A-01", "]C0"), ("LOC-Z-99", "]C0"), ("LOC-NO", "]C0"), ("CMD-CLOSE", "]C0"), ("CMD-UNDO", "]C0"),
    ("CMD-YES", "]C0"), ("CMD-NO", "]C0"), ("CMD-NONE", "]C0"), ("CMD-QTY-5", "]C0"), ("CMD-DAMAGED", "]C0"),
    ("00095211410000000014", "]C1"), ("4006381333932", "]E0"), ("+A123BJC5D6E71G", "]C0"), ("", ""),
]  # fmt: skip
ANSWERS: list[dict[str, Any]] = [
    {"yes": True}, {"yes": False}, {"lot": "L9"}, {"lot": None}, {"serial": "S9"}, {"qty": 3}, {"item": "LAMP"},
]  # fmt: skip


def symbol(rng: random.Random) -> dict[str, Any]:
    payload, aim = rng.choice(SYMBOLS)
    return {"payload": payload, "aim": aim if rng.random() < 0.8 else ""}


def step(rng: random.Random) -> dict[str, Any]:
    match rng.randrange(12):
        case 0 | 1 | 2 | 3 | 4:
            return {"do": "scan", **symbol(rng)}
        case 5 | 6:
            return {"do": "frame", "symbols": [symbol(rng) for _ in range(rng.randint(1, 4))]}
        case 7 | 8:
            return {"do": "answer", **rng.choice(ANSWERS)}
        case 9:
            return {"do": "type", "code": rng.choice([payload for payload, _ in SYMBOLS if payload])}
        case 10:
            return rng.choice([{"do": "undo"}, {"do": "quantity", "qty": rng.choice([2, 12, 999_999])}, {"do": "kill"}])
    return rng.choice(
        [
            {"do": "scan", "payload": "LOC-A-02", "aim": "]C0"},
            {"do": "mark", "item": "LAMP", "status": "damaged"},
            {"do": "correct", "item": "LAMP", "qty": 4},
            {"do": "tag", "epc": f"3036451FD40000800000000{rng.randrange(9)}", "rssi_dbm": -50},
        ]
    )


def count(seed: int) -> dict[str, Any]:
    rng = random.Random(seed)
    steps: list[dict[str, Any]] = [{"do": "open", "audit": "AU1", "locations": ["A-01", "A-02"]}]
    steps += [{"do": "sign_in", "operator": "C01"}, {"do": "scan", "payload": "LOC-A-01"}]
    steps += [step(rng) | {"after": rng.choice([0, 0.05, 0.2, 1, 5, 20])} for _ in range(35)]
    return {"title": f"seed {seed}", "now": "2026-12-01T08:00:00Z", "tables": TABLES, "steps": steps}


def test_no_step_fails_and_nothing_is_booked_that_none_read(full: bool) -> None:
    for seed in range(60 if full else 4):
        rows = play(read(count(seed))).result.rows
        failed = [row for row in rows["refused"] if row["reason"] == "failed"]
        never = [row for row in rows["booked"] if row["item"] == "NEVER" or row["qty"] <= 0]
        if failed or never:
            pytest.fail(f"{failed or never}\n{json.dumps(count(seed))}")


def test_the_same_seed_comes_to_the_same() -> None:
    assert play(read(count(0))) == play(read(count(0)))
