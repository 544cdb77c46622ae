"""The handshake and its failures, against the reader's side without a wire."""

from collections.abc import Callable

import pytest
from llrpkit.protocol import decode_message

from drivers.errors import Reason
from drivers.protocols.base import LOST, Frame, Notice, Output
from drivers.protocols.llrp import LlrpProtocol, Options, requests
from drivers.protocols.llrp.events import (
    LlrpStatus,
    antenna_event,
    connection_attempt,
    connection_close,
    event_body,
    rospec_event,
)
from drivers.protocols.llrp.framing import Framer, Message
from drivers.protocols.llrp.report import TagReport, report_body
from drivers.protocols.llrp.wire import MessageType, P, message, tlv
from drivers.read import Carrier, Verdict
from drivers.simulators.llrp_reader import ReaderState

NOW = 1_700_000_000_000_000
TAG = TagReport(b"\x30" * 12, 2, -61, NOW - 5, NOW, 3, None, 0x3000)


class Conversation:
    """Protocol and reader, each fed what the other says, until both are silent."""

    def __init__(self, options: Options | None = None) -> None:
        self.protocol = LlrpProtocol(options)
        self.reader = ReaderState(lambda: NOW)
        self.notices: list[Notice] = []
        self.frames: list[Frame] = []
        assert list(self.protocol.connected()) == []

    def hear(self, data: bytes) -> None:
        output = self.protocol.feed(data)
        self.notices += output.notices
        self.frames += output.frames
        for reply in output.replies:
            for answer in self.reader.feed(reply):
                self.hear(answer)

    def greet(self, status: int = 0) -> "Conversation":
        self.hear(self.reader.event(connection_attempt(status)))
        return self

    @property
    def lost(self) -> Notice:
        (notice,) = (notice for notice in self.notices if notice.kind == LOST)
        return notice


def answer_all_but(refused: MessageType, body: bytes) -> Callable[[LlrpProtocol], Output]:
    """Drive the handshake; the one request gets ``body`` as its answer."""

    def drive(protocol: LlrpProtocol) -> Output:
        protocol.connected()
        output = protocol.feed(
            message(MessageType.READER_EVENT_NOTIFICATION, 1, event_body(NOW, connection_attempt(0)))
        )
        while output.replies:
            ((request),) = [received for reply in output.replies for received in Framer().feed(reply)]
            assert isinstance(request, Message)
            reply = body if request.kind == refused else LlrpStatus(0).encode()
            output = protocol.feed(message(request.kind + 10, request.id, reply))
            if request.kind == refused:
                return output
        return output

    return drive


def test_the_requests_come_in_order_and_end_in_a_running_inventory() -> None:
    talk = Conversation(Options(antennas=(1, 3), power=5, mode=2, every=7, keepalive=1.5)).greet()
    assert talk.protocol.ready
    assert [request.name for request in talk.reader.requests] == [
        "GET_READER_CAPABILITIES",
        "SET_READER_CONFIG",
        "DELETE_ROSPEC",
        "ADD_ROSPEC",
        "ENABLE_ROSPEC",
        "START_ROSPEC",
    ]
    spec = talk.reader.running
    assert spec is not None
    assert (spec.antennas, spec.every, spec.pc_bits, talk.reader.keepalive) == ((1, 3), 7, True, 1.5)
    assert "ready" in [notice.kind for notice in talk.notices]


def test_tags_become_frames_with_everything_the_reader_said() -> None:
    talk = Conversation().greet()
    talk.hear(message(MessageType.RO_ACCESS_REPORT, 9, report_body([TAG])))
    (frame,) = talk.frames
    assert (frame.payload, frame.carrier, frame.antenna, frame.rssi_dbm) == (TAG.epc, Carrier.EPC, 2, -61.0)
    assert (frame.device_time, frame.seen_count, frame.pc, frame.aim) == (NOW, 3, 0x3000, "")
    assert list(talk.protocol.ack(frame, Verdict.OK)) == []


def test_tags_of_an_inventory_that_still_runs_are_delivered_before_ours_starts() -> None:
    talk = Conversation()
    talk.hear(message(MessageType.RO_ACCESS_REPORT, 9, report_body([TAG])))
    assert [frame.payload for frame in talk.frames] == [TAG.epc]
    assert talk.greet().protocol.ready


def test_a_keepalive_is_answered_at_once_in_any_phase() -> None:
    protocol = LlrpProtocol()
    protocol.connected()
    assert protocol.feed(message(MessageType.KEEPALIVE, 42)).replies == [message(MessageType.KEEPALIVE_ACK, 42)]


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        (1, Reason.BUSY, "already exists"),
        (2, Reason.BUSY, "another client is connected"),
        (3, Reason.REFUSED, "refused the connection"),
        (99, Reason.REFUSED, "status 99"),
    ],
)
def test_a_refused_connection_says_why_and_what_to_do(status: int, reason: Reason, words: str) -> None:
    talk = Conversation().greet(status)
    assert talk.lost.fields["reason"] is reason
    assert words in talk.lost.text
    assert talk.lost.fields["remedy"]
    assert not talk.protocol.ready


@pytest.mark.parametrize(
    "step", ["GET_READER_CAPABILITIES", "SET_READER_CONFIG", "ADD_ROSPEC", "ENABLE_ROSPEC", "START_ROSPEC"]
)
def test_a_refused_request_is_told_in_the_readers_own_words(step: str) -> None:
    refusal = LlrpStatus(101, "value out of range").encode()
    (notice,) = answer_all_but(MessageType[step], refusal)(LlrpProtocol()).notices
    assert notice.kind == LOST
    assert notice.text == f"{step} refused: M_FIELD_ERROR: value out of range"
    assert notice.fields["reason"] is Reason.REFUSED


def test_a_reader_that_has_nothing_to_delete_may_say_so() -> None:
    protocol = LlrpProtocol()
    answer_all_but(MessageType.DELETE_ROSPEC, LlrpStatus(101, "no such ROSpec").encode())(protocol)
    assert protocol.phase.value == "setting up"


def test_an_answer_without_status_is_no_success() -> None:
    (notice,) = answer_all_but(MessageType.ADD_ROSPEC, b"")(LlrpProtocol()).notices
    assert notice.text == "ADD_ROSPEC refused: no LLRPStatus in the answer"


def test_an_error_message_ends_the_handshake_and_is_only_told_later() -> None:
    words = LlrpStatus(109, "unknown").encode()
    protocol = LlrpProtocol()
    protocol.connected()
    protocol.feed(message(MessageType.READER_EVENT_NOTIFICATION, 1, event_body(NOW, connection_attempt(0))))
    (notice,) = protocol.feed(message(MessageType.ERROR_MESSAGE, 1, words)).notices
    assert notice.text == "GET_READER_CAPABILITIES refused: M_UNSUPPORTED_MESSAGE: unknown"
    talk = Conversation().greet()
    talk.hear(message(MessageType.ERROR_MESSAGE, 1, words))
    assert talk.notices[-1].kind == "error"
    assert talk.protocol.ready


def test_options_the_reader_cannot_do_are_named_all_at_once() -> None:
    talk = Conversation(Options(antennas=(1, 9), power=200, mode=77)).greet()
    assert talk.lost.fields["reason"] is Reason.BAD_URL
    assert talk.lost.text == (
        "antennas=9: the reader has 4; "
        "power=200: the reader knows the indexes 1 (10 dBm) to 81 (30 dBm); "
        "mode=77: the reader knows 0, 1, 2, 3, 1000, 1002"
    )


def test_answers_that_were_not_asked_for_change_nothing() -> None:
    protocol = LlrpProtocol()
    protocol.connected()
    protocol.feed(message(MessageType.READER_EVENT_NOTIFICATION, 1, event_body(NOW, connection_attempt(0))))
    stale = message(MessageType.GET_READER_CAPABILITIES_RESPONSE, 77, LlrpStatus(0).encode())
    output = protocol.feed(stale)
    assert [notice.kind for notice in output.notices] == ["unexpected"]
    assert output.replies == []


@pytest.mark.parametrize("parameter", [connection_close(), rospec_event(1, 1)])
def test_an_inventory_that_the_reader_ends_is_begun_anew(parameter: bytes) -> None:
    talk = Conversation().greet()
    talk.hear(talk.reader.event(parameter))
    assert talk.lost.fields["reason"] is Reason.UNPLUGGED
    talk.protocol.connected()
    assert not talk.protocol.ready


def test_reader_events_are_told() -> None:
    talk = Conversation().greet()
    before = len(talk.notices)
    talk.hear(talk.reader.event(antenna_event(2, False)))
    talk.hear(talk.reader.event(tlv(P.REPORT_BUFFER_OVERFLOW)))
    talk.hear(talk.reader.event(tlv(P.READER_EXCEPTION, b"\x00\x04hot!")))
    talk.hear(talk.reader.event(connection_attempt(4)))
    assert [notice.text for notice in talk.notices[before:]] == [
        "antenna 2 disconnected",
        "the reader's buffer overflowed: tag reports were lost",
        "hot!",
        "another client tried to connect",
    ]
    assert talk.protocol.ready


def test_silence_is_judged_by_phase() -> None:
    protocol = LlrpProtocol(Options(keepalive=2.0, answer=5.0))
    protocol.connected()
    assert protocol.idle(4.9).notices == []
    assert "no LLRP greeting" in protocol.idle(5.0).notices[0].text
    talk = Conversation(Options(keepalive=2.0)).greet()
    assert talk.protocol.idle(5.9).notices == []
    (notice,) = talk.protocol.idle(6.0).notices
    assert (notice.kind, notice.fields["reason"]) == (LOST, Reason.TIMEOUT)
    assert talk.protocol.idle(60.0).notices == []


def test_an_unanswered_request_is_named() -> None:
    protocol = LlrpProtocol()
    protocol.connected()
    protocol.feed(message(MessageType.READER_EVENT_NOTIFICATION, 1, event_body(NOW, connection_attempt(0))))
    assert protocol.idle(5.0).notices[0].text == "GET_READER_CAPABILITIES was not answered within 5 s"


def test_goodbye_stops_the_inventory() -> None:
    talk = Conversation().greet()
    for last_words in talk.protocol.closing():
        talk.reader.feed(last_words)
    assert talk.reader.rospecs == {}
    assert talk.reader.closing
    assert list(talk.protocol.closing()) == []


def test_a_new_connection_starts_clean() -> None:
    talk = Conversation().greet()
    report = message(MessageType.RO_ACCESS_REPORT, 9, report_body([TAG]))
    talk.hear(report[:20])
    talk.protocol.connected()
    talk.reader.greet()
    talk.greet()
    assert talk.protocol.ready
    talk.hear(report[20:] + report)
    assert [frame.payload for frame in talk.frames] == [TAG.epc]
    assert talk.notices[-1].kind == "noise"


def test_an_independent_library_understands_what_memory_we_ask_for() -> None:
    asked = decode_message(message(MessageType.ADD_ACCESSSPEC, 1, requests.add_access(Options(tid=6, user=2))))
    spec = asked.access_spec
    assert (spec.antenna_id, spec.ro_spec_id, spec.current_state) == (0, requests.ROSPEC_ID, False)
    [target] = spec.access_command.air_protocol_tag_spec.c1_g2_target_tags
    assert (target.mb, target.match, target.tag_mask.bit_len) == (1, True, 0), "every tag"
    reads = spec.access_command.access_command_op_specs
    assert [(read.mb, read.word_pointer, read.word_count) for read in reads] == [(2, 0, 6), (3, 0, 2)]
