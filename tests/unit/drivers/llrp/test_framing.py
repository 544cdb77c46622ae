"""Messages out of a byte stream that may be cut, dirty or lying."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.protocols.llrp.framing import MAX_MESSAGE, Framer
from drivers.protocols.llrp.report import TagReport, report_body
from drivers.protocols.llrp.wire import HEADER, MessageType, message, tlv

REPORT = message(MessageType.RO_ACCESS_REPORT, 5, report_body([TagReport(b"\x30" * 12, 1, -50, 1, 2, 1)]))
KEEPALIVE = message(MessageType.KEEPALIVE, 7)
TWO = message(
    MessageType.RO_ACCESS_REPORT, 6, report_body([TagReport(bytes([0x31]) * 12, 2, -60), TagReport(b"\x00\x01")])
)


def ids(framer: Framer, data: bytes) -> list[int]:
    return [received.id for received in framer.feed(data)]


@pytest.mark.parametrize("size", [1, 2, 7, 10, 11, 1000])
def test_portions_do_not_matter(size: int) -> None:
    framer, data, got = Framer(), REPORT + KEEPALIVE + TWO, []
    for at in range(0, len(data), size):
        got += ids(framer, data[at : at + size])
    assert got == [5, 7, 6]
    assert framer.dropped == framer.pending == 0


def test_garbage_before_and_between_is_dropped_and_counted() -> None:
    framer = Framer()
    assert ids(framer, b"\xff\x00hello" + REPORT + b"\r\n" + KEEPALIVE) == [5, 7]
    assert framer.dropped == 9


def test_a_length_that_claims_too_much_does_not_swallow_the_next_message() -> None:
    head, length, number = HEADER.unpack_from(REPORT)
    lying = HEADER.pack(head, length + 300, number) + REPORT[10:]
    assert ids(Framer(), lying + TWO + KEEPALIVE) == [6, 7]


def test_a_length_that_claims_too_little_is_not_believed() -> None:
    head, length, number = HEADER.unpack_from(REPORT)
    lying = HEADER.pack(head, length - 5, number) + REPORT[10:]
    assert ids(Framer(), lying + TWO) == [6]


def test_a_message_cut_off_in_the_middle_is_dropped_and_the_next_is_found() -> None:
    # A cut inside the very last value is filled up by the next message and no structure can tell it; TCP never does
    # that within a connection, and a new connection forgets the half message.
    for cut in range(1, len(REPORT) - 2):
        assert ids(Framer(), REPORT[:cut] + TWO + KEEPALIVE) == [6, 7]


@pytest.mark.parametrize(
    "header",
    [
        HEADER.pack(1 << 10 | 61, 9, 1),  # shorter than its header
        HEADER.pack(1 << 10 | 61, MAX_MESSAGE + 1, 1),  # longer than any report
        HEADER.pack(1 << 10 | 62, 12, 1),  # a keepalive with a body
        HEADER.pack(1 << 10 | 500, 10, 1),  # a type that does not exist
        HEADER.pack(3 << 10 | 62, 10, 1),  # a version that does not exist
        HEADER.pack(1 << 13 | 1 << 10 | 62, 10, 1),  # reserved bits
    ],
)
def test_impossible_headers_are_stepped_over(header: bytes) -> None:
    assert ids(Framer(), header + KEEPALIVE) == [7]


def test_version_2_and_custom_messages_pass() -> None:
    framer = Framer()
    custom = message(MessageType.CUSTOM_MESSAGE, 3, b"\x00\x00\x65\x1a\x16\xff\xfe anything")
    second = message(MessageType.KEEPALIVE, 4, version=2)
    assert [(m.kind, m.version) for m in framer.feed(custom + second)] == [(1023, 1), (62, 2)]


def test_the_buffer_is_bounded(full: bool) -> None:
    framer, rng = Framer(), random.Random(5)
    for _ in range(4000 if full else 400):
        list(framer.feed(rng.randbytes(1000)))
        assert framer.pending <= MAX_MESSAGE + 1000


def test_garbage_of_valid_first_bytes_ends_at_the_next_message() -> None:
    assert ids(Framer(), b"\x04" * 5000 + REPORT) == [5]
    assert ids(Framer(), b"\x04\x3d\x00\x00" * 500 + REPORT) == [5]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=40))
def test_a_broken_body_never_costs_the_messages_behind_it(noise: bytes, tail: bytes) -> None:
    got = ids(Framer(), message(MessageType.RO_ACCESS_REPORT, 1, tlv(240, noise)) + tail + KEEPALIVE * 3)
    assert got[-1] == 7
    assert set(got) <= {1, 7} or tail
