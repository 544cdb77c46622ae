"""Driver and simulated reader against chainway-serial, an independent implementation: what it said and understood.

It runs in an environment of its own: recorded.json holds one conversation of it with our simulated reader, and
record.py makes that anew.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from drivers.protocols import decode
from drivers.protocols.chainway_frames import tag_record
from drivers.simulators.chainway_module import ChainwayModule

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import record  # noqa: E402

SAME = {"pc": "pc", "epc": "epc", "tid": "tid", "user_data": "user", "rssi": "rssi_dbm", "antenna": "antenna"}
"""Name there -> name here."""


@pytest.fixture(scope="module")
def recorded() -> Any:
    return json.loads(record.RECORDED.read_text("ascii"))


def as_there(fields: "dict[str, Any] | None") -> dict[str, Any]:
    assert fields is not None
    return {there: fields.get(here) for there, here in SAME.items()}


def test_the_simulated_reader_still_says_what_the_library_understood(recorded: Any) -> None:
    module, told = ChainwayModule(), False
    for heard, said in zip(recorded["host"], recorded["reader"], strict=True):
        answers = module.hear(bytes.fromhex(heard))
        if module.free and not told:
            told, answers = True, [*answers, *map(module.frame, record.TAGS)]
        assert b"".join(answers).hex() == said
    saw = recorded["saw"]
    assert (saw["version"], saw["antennas"][:4], saw["temperature"]) == ("V7.40.1", [True, True, True, False], 31.5)
    assert saw["mode"] == {"mode": 2, "user_address": 0, "user_length": 2}
    assert {(one["antenna"], one["read_power_dbm"]) for one in saw["power"]} == {(n, 26.5) for n in range(1, 5)}


def test_our_driver_reads_the_same_tags(recorded: Any) -> None:
    wire = b"".join(map(bytes.fromhex, recorded["reader"]))
    ours = [fields for fields in decode("chainway", wire) if "epc" in fields]
    assert [as_there(fields) for fields in ours] == [
        {name: tag[name] for name in SAME} for tag in recorded["saw"]["tags"]
    ]
    assert [(tag["rssi"], tag["antenna"]) for tag in recorded["saw"]["tags"]] == [
        (-57.3, 1), (-30.0, 2), (-71.9, 3), (-0.1, 16),
    ]  # fmt: skip


def test_our_driver_and_the_library_make_the_same_of_every_record(recorded: Any) -> None:
    assert len(recorded["records"]) == 60
    for text, theirs in zip(record.records(), recorded["records"], strict=True):
        assert as_there(tag_record(bytes.fromhex(text))) == {name: theirs[name] for name in SAME}, text


def test_what_our_driver_says_is_what_the_library_says(recorded: Any) -> None:
    ours = record.words()
    assert set(ours) <= set(recorded["host"])
    understood = [(command, bytes.fromhex(payload)) for command, payload in recorded["words"]]
    assert understood == [(bytes.fromhex(word)[4], bytes.fromhex(word)[5:-3]) for word in ours]
