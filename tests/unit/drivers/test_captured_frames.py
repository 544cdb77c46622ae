"""Captured and printed frames of the protocols, decoded field by field, and what must be rejected."""

import json
from pathlib import Path

import pytest

from drivers.protocols import decode

PROTOCOLS = (
    "honeywell-spp-msgget", "r200", "uhfreader18", "rdm6300", "id12", "tsl-ascii2", "thingmagic-mercury",
    "pn532-uart", "pcsc", "zebra-iotc-json", "impinj-iot-json", "evdev", "hid-pos",
)  # fmt: skip


def same(got: object, want: object) -> bool:
    if isinstance(want, str) and isinstance(got, str):
        return got.lower() == want.lower()
    return got == want


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_captured_frames_decode_as_documented(shared: Path, protocol: str) -> None:
    rows = [json.loads(line) for line in (shared / "data/devices/frames.jsonl").read_text().splitlines()]
    rows = [row for row in rows if row["protocol"] == protocol and row["direction"] == "device->host"]
    assert rows
    for row in rows:
        data = bytes.fromhex(row["hex"]) if "hex" in row else row["text"].encode()
        found, expect = decode(protocol, data), row["expect"]
        if not row["valid"] or expect.get("tags") == 0:
            assert found == [], row["id"]
        else:
            [fields] = found
            assert all(same(fields.get(key), value) for key, value in expect.items()), (row["id"], fields)
            spoilt = bytearray(data)
            spoilt[len(data) // 2] ^= 0x55
            if protocol in ("r200", "uhfreader18", "rdm6300", "id12", "thingmagic-mercury", "pn532-uart"):
                assert decode(protocol, bytes(spoilt)) == [], row["id"]
                assert decode(protocol, bytes(spoilt) + data)[-1:] == found, row["id"]


@pytest.mark.parametrize("data", ["", "90", "04a1b2", "04a1b20000", "04a1b2c3d49000"])
def test_what_is_no_answer_of_a_card_is_an_error(data: str) -> None:
    with pytest.raises(ValueError, match=r"card|answer"):
        decode("pcsc", bytes.fromhex(data))


def test_a_card_that_refuses_has_a_status_and_no_number() -> None:
    assert decode("pcsc", bytes.fromhex("6300")) == [{"sw": "6300"}]
    assert decode("pcsc", bytes.fromhex("0102030463")[:0] + bytes.fromhex("010203046a81")) == []
