"""The simulated reader keeps the rules of the standard, so that a client that passes here is not merely lucky."""

import random
import struct

import pytest

from drivers.protocols.llrp import Options, requests
from drivers.protocols.llrp.capabilities import Capabilities
from drivers.protocols.llrp.events import LlrpStatus, parse_events, parse_status
from drivers.protocols.llrp.framing import Framer, Message
from drivers.protocols.llrp.report import ReportParser, TagReport
from drivers.protocols.llrp.wire import MessageType, P, message, tlv
from drivers.simulators.llrp_reader import ReaderState
from drivers.simulators.tag_field import FieldTag, TagField, stray_of

ONE = requests.rospec_number(1)
TAG = TagReport(b"\x30" * 12, 1, -50, 10, 20, 1, None, 0x3000)


def say(reader: ReaderState, kind: MessageType, body: bytes = b"") -> list[Message]:
    framer = Framer()
    return [found for answer in reader.feed(message(kind, 5, body)) for found in framer.feed(answer)]


def status(reader: ReaderState, kind: MessageType, body: bytes = b"") -> LlrpStatus:
    found = parse_status(say(reader, kind, body)[0].body)
    assert found is not None
    return found


def add(**options: object) -> bytes:
    return requests.add_rospec(Options(**options), Capabilities())  # type: ignore[arg-type]


@pytest.fixture
def reader() -> ReaderState:
    return ReaderState(lambda: 1_000_000)


def test_the_life_of_a_rospec(reader: ReaderState) -> None:
    assert status(reader, MessageType.START_ROSPEC, ONE).text == "there is no ROSpec 1"
    assert status(reader, MessageType.ADD_ROSPEC, add()).ok
    assert status(reader, MessageType.ADD_ROSPEC, add()).text == "ROSpecID 1 is not free"
    assert status(reader, MessageType.START_ROSPEC, ONE).text == "the ROSpec is not enabled"
    assert status(reader, MessageType.ENABLE_ROSPEC, ONE).ok
    assert reader.report([TAG], flush=True) == []
    assert status(reader, MessageType.START_ROSPEC, ONE).ok
    assert len(reader.report([TAG], flush=True)) == 1
    assert status(reader, MessageType.STOP_ROSPEC, ONE).ok
    assert reader.report([TAG], flush=True) == []
    assert status(reader, MessageType.DELETE_ROSPEC, requests.rospec_number(0)).ok
    assert reader.rospecs == {}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"antennas": (1, 5)}, "there is no antenna 5"),
        ({"power": 0}, "transmit power index 0 is not in the table"),
        ({"mode": 9}, "RF mode 9 is not in the table"),
    ],
)
def test_what_it_cannot_do_is_refused(reader: ReaderState, options: dict[str, object], words: str) -> None:
    assert status(reader, MessageType.ADD_ROSPEC, add(**options)).text == words


def test_reports_wait_for_n_tags_and_are_flushed_at_the_end(reader: ReaderState) -> None:
    for kind, body in (
        (MessageType.SET_READER_CONFIG, requests.set_config(Options())),
        (MessageType.ADD_ROSPEC, add(every=3)),
        (MessageType.ENABLE_ROSPEC, ONE),
        (MessageType.START_ROSPEC, ONE),
    ):
        assert status(reader, kind, body).ok
    assert [len(ReportParser().parse(report[10:])[0]) for report in reader.report([TAG] * 8)] == [3, 3]
    response, report, event = say(reader, MessageType.STOP_ROSPEC, ONE)
    assert response.kind == MessageType.STOP_ROSPEC_RESPONSE
    assert len(ReportParser().parse(report.body)[0]) == 2
    assert [found.text for found in parse_events(event.body)] == ["inventory 1 ended"]


def test_only_what_the_client_asked_for_is_reported(reader: ReaderState) -> None:
    content = struct.pack(">H", 0x1400)  # antenna and RSSI
    report = tlv(P.RO_REPORT_SPEC, struct.pack(">BH", 2, 1), tlv(P.TAG_REPORT_CONTENT_SELECTOR, content))
    body = tlv(P.ROSPEC, struct.pack(">IBB", 1, 0, 0), report)
    for kind, given in (
        (MessageType.ADD_ROSPEC, body),
        (MessageType.ENABLE_ROSPEC, ONE),
        (MessageType.START_ROSPEC, ONE),
    ):
        assert status(reader, kind, given).ok
    ((data),) = reader.report([TAG])
    assert ReportParser().parse(data[10:])[0] == [TagReport(TAG.epc, antenna=1, rssi=-50)]


def test_what_it_does_not_know_gets_an_error_message(reader: ReaderState) -> None:
    (answer,) = say(reader, MessageType.CUSTOM_MESSAGE, bytes(5))
    assert (answer.kind, answer.id) == (MessageType.ERROR_MESSAGE, 5)


def test_requests_that_are_cut_short_are_refused(reader: ReaderState) -> None:
    assert status(reader, MessageType.ADD_ROSPEC).text == "ROSpec is missing"
    short = tlv(P.ROSPEC, struct.pack(">IBB", 1, 0, 0), tlv(P.AISPEC, b"\x00\x09\x00\x01"))
    assert status(reader, MessageType.ADD_ROSPEC, short).text == "a parameter is cut short"


def test_a_field_reads_as_often_as_its_tags_answer() -> None:
    tags = [FieldTag(epc=bytes([n]), probability=(n % 3 + 1) * 0.25) for n in range(3)]
    field = TagField(tags, random.Random(1), ghosts=0.0)
    reads = [read for _ in range(4000) for read in field.round()]
    for tag in tags:
        assert sum(read.epc == tag.epc for read in reads) == pytest.approx(4000 * tag.probability, abs=150)
    mean = sum(read.rssi_dbm for read in reads) / len(reads)
    assert mean == pytest.approx(-55.0, abs=0.2)


def test_a_field_is_the_same_for_the_same_seed() -> None:
    def sweep(seed: int) -> list[object]:
        field = TagField([FieldTag(epc=bytes([n])) for n in range(50)], random.Random(seed), duplicates=(1, 4))
        return [read for _ in range(5) for read in field.round()]

    assert sweep(4) == sweep(4)
    assert sweep(4) != sweep(5)


def test_ghosts_are_epcs_that_no_tag_has() -> None:
    field = TagField([FieldTag(epc=b"\x30" * 12)], random.Random(1), ghosts=0.1)
    reads = [read for _ in range(500) for read in field.round()]
    ghosts = [read for read in reads if read.ghost]
    assert ghosts
    assert all(read.epc != b"\x30" * 12 and len(read.epc) == 12 for read in ghosts)


def test_strays_are_ten_to_twenty_decibels_lower() -> None:
    rng = random.Random(1)
    below = [-55.0 - stray_of(FieldTag(epc=b"a"), b"b", rng).rssi_dbm for _ in range(2000)]
    assert sum(below) / 2000 == pytest.approx(15.0, abs=0.4)
    assert sum(10 < gap < 20 for gap in below) / 2000 == pytest.approx(0.79, abs=0.04)
