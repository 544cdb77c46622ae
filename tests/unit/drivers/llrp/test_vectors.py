"""Captured LLRP frames of real readers, decoded to the fields that were printed with them."""

import json
from pathlib import Path
from typing import Any

import pytest
from llrpkit.protocol import decode_message

from drivers.protocols.llrp import decode
from drivers.protocols.llrp.capabilities import capabilities_body, parse_capabilities
from drivers.protocols.llrp.events import LlrpStatus

NAMES = {"epc", "antenna", "peak_rssi", "first_seen_utc_us", "message_type", "message_id", "status", "event", "utc_us"}
NAMES |= {"max_antennas", "manufacturer", "model", "firmware", "rospec_id"}


def vectors(shared: Path) -> list[dict[str, Any]]:
    lines = (shared / "data/devices/frames.jsonl").read_text().splitlines()
    return [row for row in map(json.loads, lines) if row["protocol"] == "llrp"]


def test_every_captured_frame_gives_the_expected_fields(shared: Path) -> None:
    rows = vectors(shared)
    assert len(rows) >= 19
    for row in rows:
        got = decode(bytes.fromhex(row["hex"]))
        if row["expect"].get("tags") == 0:
            assert got == [], row["id"]
            continue
        want = {key: value for key, value in row["expect"].items() if key in NAMES}
        assert want, row["id"]
        assert {key: got[0].get(key) for key in want} == want, row["id"]


def test_a_stream_of_all_captures_gives_all_of_them(shared: Path) -> None:
    frames = [bytes.fromhex(row["hex"]) for row in vectors(shared)]
    single = [found for frame in frames for found in decode(frame)]
    assert decode(b"".join(frames)) == single
    assert decode(b"\x00garbage".join([b"", *frames])) == single


def test_capabilities_of_a_real_reader(shared: Path) -> None:
    (row,) = (row for row in vectors(shared) if row["expect"]["message_type"] == 11)
    data = bytes.fromhex(row["hex"])
    reader = parse_capabilities(data[10:])
    assert reader.powers[0] == (1, 10.0)
    assert reader.powers[-1] == (81, 30.0)
    assert reader.modes == (0, 1, 2, 3, 4, 1000, 1002, 1003, 1004, 1005)
    assert (reader.hopping, reader.hop_table) == (True, 1)
    again = parse_capabilities(LlrpStatus(0).encode() + capabilities_body(reader))
    assert again == reader
    theirs = decode_message(data).regulatory_capabilities.uhf_band_capabilities
    assert [entry.index for entry in theirs.transmit_power_level_table_entrys] == [index for index, _ in reader.powers]


@pytest.mark.parametrize("cut", [1, 5, 9, 10, 30])
def test_half_a_frame_gives_nothing(shared: Path, cut: int) -> None:
    row = vectors(shared)[0]
    assert decode(bytes.fromhex(row["hex"])[:cut]) == []
