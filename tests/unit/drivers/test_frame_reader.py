"""`decode`: frames of one device in their order; what the first segment of a long SSI code says of the others."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from drivers.protocols import ALIASES, DECODERS, PROTOCOLS, FrameReader, decode
from drivers.protocols.ssi_packets import DECODE, EVENT, SEGMENT, packet

WHOLE = {"group": "ssi-multi-1", "symbology": "QR", "total_length": 30, "code_type": 0x1C}


def first(data: bytes = b"Z" * 10, total: int = 30, status: int = 0) -> bytes:
    # number, opcode, length of all (4), type, one byte, length of the data (2)
    head = b"\x00\xf3\x00\x00\x00\x1e\x1c\x01" + total.to_bytes(2, "big")
    return packet(SEGMENT, head + data, source=2, status=status)


def later(index: int, data: bytes = b"Z" * 10, status: int = 0) -> bytes:
    return packet(SEGMENT, bytes([index]) + data, source=0, status=status)


def of_whole(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in WHOLE if name in fields}


def ssi(*frames: bytes) -> list[dict[str, Any]]:
    read = FrameReader()
    return [of_whole(fields) for frame in frames for fields in read("zebra-ssi", frame)]


def test_segments_that_follow_on_belong_to_the_code_of_the_first() -> None:
    assert ssi(first(), later(1), later(2)) == [WHOLE] * 3
    assert ssi(first() + later(1) + later(2)) == [WHOLE] * 3, "also in one capture"
    assert ssi(first(), packet(EVENT, b"\x20", source=0), later(1)) == [WHOLE, {}, WHOLE]


@pytest.mark.parametrize(
    "frames",
    [
        (later(1),),
        (first(), later(2)),
        (first(), later(1), later(3)),
        (first(), later(1), later(1)),
        (first(), later(2), later(1)),
        (first(), later(1), later(2), later(3)),
        (first(total=10), later(1)),
        (first(), packet(DECODE, b"\x03ABC", source=0), later(1)),
        (first(), packet(SEGMENT, b"\x00nothing", source=0), later(1)),
    ],
)
def test_a_segment_that_does_not_follow_on_tells_of_itself_alone(frames: tuple[bytes, ...]) -> None:
    *_, last = ssi(*frames)
    assert last == {}


def test_a_new_code_is_another_group_and_a_repeat_is_not() -> None:
    again, second = first(status=1), {**WHOLE, "group": "ssi-multi-2"}
    assert ssi(first(), again, later(1), later(1, status=1), later(2)) == [WHOLE] * 5
    assert ssi(first(), later(1), first(), later(1), later(2)) == [WHOLE] * 2 + [second] * 3


def test_two_readers_know_nothing_of_each_other() -> None:
    one, other = FrameReader(), FrameReader()
    one("zebra-ssi", first())
    [fields] = other("zebra-ssi", later(1))
    assert of_whole(fields) == {}
    assert isinstance(decode, FrameReader)


def test_every_format_is_read_from_many_threads() -> None:
    read = FrameReader()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda name: read(name, b"\x00"), [name for name in DECODERS if name != "pcsc"] * 8))
    assert found == [[]] * len(found)


def command(*words: str) -> subprocess.CompletedProcess[str]:
    tool = [sys.executable, "-m", "scanstation", "devices", "decode", *words]
    return subprocess.run(tool, capture_output=True, text=True, timeout=60, check=False)


def test_the_command_takes_several_frames_in_their_order() -> None:
    frames = first(), later(1), later(2)
    done = command("--protocol", "zebra-ssi", *(frame.hex() for frame in frames))
    assert (done.returncode, done.stderr) == (0, "")
    assert [of_whole(json.loads(line)) for line in done.stdout.splitlines()] == [WHOLE] * 3
    done = command("--protocol", "zebra-ssi", later(1).hex(), "00")
    assert (done.returncode, len(done.stdout.splitlines())) == (1, 1)
    done = command("--protocol", "pcsc", "9000", "04a1")
    assert done.returncode == 1 and "argument 2: not an answer of a card" in done.stderr
    assert command("--protocol", "pcsc", "9").returncode == 2


def test_every_protocol_of_a_url_can_be_decoded_by_its_name() -> None:
    assert [name for name in PROTOCOLS if ALIASES.get(name, name) not in DECODERS] == []
    assert [name for name in ALIASES if name not in PROTOCOLS] == []
    assert FrameReader()("lines", b"]E04006381333931\r") == FrameReader()("serial-aim-cr", b"]E04006381333931\r") != []
