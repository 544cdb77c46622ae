"""Messages out of a byte stream that may be cut, dirty or lying."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.protocols.llrp.framing import MAX_MESSAGE, Framer
from drivers.protocols.llrp.report import ReportParser, TagReport, report_body, tag_report_data
from drivers.protocols.llrp.wire import HEADER, MessageType, message, tlv, tv

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


def test_reports_made_alike_are_joined_and_others_end_the_run() -> None:
    other = message(MessageType.RO_ACCESS_REPORT, 8, b"")
    data = REPORT * 5 + TWO * 2 + KEEPALIVE + other * 2 + REPORT * 200 + REPORT[:-1]
    framer = Framer(join=True)
    got = [(found.id, len(found.body) // (len(REPORT) - 10)) for found in framer.feed(data) if found.kind == 61]
    assert got[0] == (5, 5)
    assert [number for number, _ in got[1:5]] == [6, 6, 8, 8]
    assert sum(count for _, count in got[5:]) == 200
    assert len(got) < 15
    assert framer.pending == len(REPORT) - 1


def _mixture(rng: random.Random) -> bytes:
    """Runs of reports: some alike, some of one length with the fields in another order, some with other messages."""
    found = b""
    for _ in range(rng.randrange(1, 8)):
        fields = [(1, rng.randrange(9)), (8, rng.randrange(9)), (6, -50)]
        rng.shuffle(fields)
        size = rng.choice([12, 12, 12, 16])
        tags = rng.randint(1, 3)
        for number in range(rng.choice([1, 2, 5, 70])):
            bare = [tag_report_data(TagReport(rng.randbytes(size)))[4:] for _ in range(tags)]
            more = [tv(kind, value) for kind, value in fields]
            found += message(61, number, b"".join(tlv(240, epc, *more) for epc in bare))
        found += rng.choice([b"", KEEPALIVE, message(61, 9, b""), message(61, 9, tv(1, 2) * 20)])
    return found


def test_joining_changes_no_tag_and_no_byte_dropped(full: bool) -> None:
    rng = random.Random(12)
    for turn in range(3000 if full else 250):
        data = bytearray(_mixture(rng))
        for _ in range(rng.randrange(4) if turn % 2 else 0):
            data[rng.randrange(len(data))] = rng.randrange(256)
        size = rng.choice([1, 30, 1000, 1 << 16])
        results = []
        for join in (False, True):
            framer, parser = Framer(join), ReportParser()
            tags: list[TagReport] = []
            bad = 0
            for at in range(0, len(data), size):
                for found in framer.feed(bytes(data[at : at + size])):
                    if found.kind == MessageType.RO_ACCESS_REPORT:
                        more, wrong = parser.parse(found.body)
                        tags, bad = tags + more, bad + wrong
            results.append((tags, bad, framer.dropped, framer.pending))
        assert results[0] == results[1]
