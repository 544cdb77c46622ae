"""The contract of every protocol, by pure feeding: any split gives the same frames, garbage never raises or grows."""

import os
import random
from collections import deque
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.protocols import PROTOCOLS, make_protocol
from drivers.protocols.base import WireProtocol
from drivers.protocols.llrp.report import TagReport, report_body
from drivers.protocols.llrp.wire import MessageType, message
from drivers.protocols.ssi import DECODE, packet
from drivers.url import Options, parse_url

EXAMPLE = "null://"


def configured(query: str) -> Callable[[], WireProtocol]:
    def make() -> WireProtocol:
        return make_protocol(Options(parse_url("null://" + query, EXAMPLE), EXAMPLE))

    return make


def llrp_report(number: int) -> bytes:
    tag = TagReport(epc=number.to_bytes(12, "big"), antenna=1, rssi=-50, first_seen=1, last_seen=1, seen=1, pc=0x3000)
    return message(MessageType.RO_ACCESS_REPORT, number + 1, report_body([tag]))


CASES = {
    "lines any": ("?protocol=lines", lambda n: b"]C0ITEM%06d\r\n" % n),
    "lines crlf": ("?protocol=lines&framing=crlf", lambda n: b"ITEM%06d\r\n" % n),
    "lines stx-etx": ("?protocol=lines&framing=stx-etx", lambda n: b"\x02ITEM%06d\x03" % n),
    "lines prefix": ("?protocol=lines&prefix=%3C%3C&suffix=%3E%3E", lambda n: b"<<ITEM%06d>>" % n),
    "lines strict": ("?protocol=lines&aim=require", lambda n: b"]C0ITEM%06d\r" % n),
    "llrp": ("?protocol=llrp", llrp_report),
    "ssi": ("?protocol=ssi", lambda n: packet(DECODE, b"\x03ITEM%06d" % n, source=0)),
}
Case = tuple[Callable[[], WireProtocol], Callable[[int], bytes]]


@pytest.fixture(params=list(CASES))
def case(request: pytest.FixtureRequest) -> Case:
    query, frame = CASES[request.param]
    return configured(query), frame


def test_every_registered_protocol_has_a_case() -> None:
    assert {name.split()[0] for name in CASES} == set(PROTOCOLS)


def payloads(make: Callable[[], WireProtocol], portions: Sequence[bytes]) -> list[tuple[str, bytes]]:
    protocol = make()
    protocol.connected()
    return [(frame.aim, frame.payload) for portion in portions for frame in protocol.feed(portion).frames]


def split(data: bytes, cuts: Sequence[int]) -> list[bytes]:
    places = [0, *sorted({cut % (len(data) + 1) for cut in cuts}), len(data)]
    return [data[start:end] for start, end in pairwise(places)]


PIECES = st.lists(st.one_of(st.binary(max_size=40), st.integers(0, 999)), max_size=12)
FULL = os.environ.get("SCANSTATION_FULL") == "1"
SETTINGS = settings(
    max_examples=3000 if FULL else 150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@SETTINGS
@given(pieces=PIECES, cuts=st.lists(st.integers(0, 4000), max_size=30))
def test_any_split_of_the_bytes_gives_the_same_frames(case: Case, pieces: list[bytes | int], cuts: list[int]) -> None:
    make, frame = case
    data = b"".join(piece if isinstance(piece, bytes) else frame(piece) for piece in pieces)
    whole = payloads(make, [data])
    assert payloads(make, split(data, cuts)) == whole
    assert payloads(make, [data[at : at + 1] for at in range(len(data))]) == whole


@SETTINGS
@given(cuts=st.lists(st.integers(0, 4000), max_size=30), numbers=st.lists(st.integers(0, 999), max_size=20))
def test_good_frames_all_come_however_they_are_split(case: Case, cuts: list[int], numbers: list[int]) -> None:
    make, frame = case
    data = b"".join(map(frame, numbers))
    assert len(payloads(make, split(data, cuts))) == len(numbers)


@SETTINGS
@given(data=st.binary(max_size=4000))
def test_garbage_never_raises(case: Case, data: bytes) -> None:
    make, _ = case
    protocol = make()
    protocol.connected()
    protocol.feed(data)
    protocol.idle(0.1)


def test_a_half_frame_is_forgotten_when_the_wire_comes_back(case: Case) -> None:
    make, frame = case
    for cut in range(1, len(frame(1))):
        protocol = make()
        protocol.connected()
        protocol.feed(frame(1)[:cut])
        protocol.connected()
        after = [(found.aim, found.payload) for found in protocol.feed(frame(2)).frames]
        assert after == payloads(make, [frame(2)])
        assert len(after) == 1


def held(thing: object, seen: set[int]) -> int:
    """Bytes of data that an object holds, in itself and in what it is made of."""
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    if isinstance(thing, bytes | bytearray | memoryview | str):
        return len(thing)
    if isinstance(thing, dict):
        return sum(held(part, seen) for pair in thing.items() for part in pair)
    if isinstance(thing, list | tuple | set | frozenset | deque):
        return sum(held(part, seen) for part in thing)
    slots = [getattr(thing, name, None) for name in getattr(type(thing), "__slots__", ())]
    return held(getattr(thing, "__dict__", {}), seen) + held(slots, seen)


def test_the_buffer_is_bounded(case: Case, full: bool) -> None:
    make, frame = case
    rng = random.Random(5)
    protocol = make()
    protocol.connected()
    head = frame(1)[:4]
    for kind in (rng.randbytes, lambda size: b"x" * size, lambda size: head + b"\x00" * (size - 4)):
        for _ in range(800 if full else 40):
            protocol.feed(kind(65536))
            assert held(protocol, set()) < 1_200_000  # the longest LLRP message is 1 MiB
