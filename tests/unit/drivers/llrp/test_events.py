"""Reader events of every kind, as an independent library writes them."""

from dataclasses import fields

import pytest
from llrpkit.protocol import messages, params

from drivers.protocols.llrp import decode
from drivers.protocols.llrp.events import LlrpStatus, parse_events
from drivers.protocols.llrp.wire import P, message, tlv

EVENTS = {
    "hopping_event": params.HoppingEvent(hop_table_id=1, next_channel_index=7),
    "gpi_event": params.GPIEvent(gpi_port_number=3, gpi_event=True),
    "ro_spec_event": params.ROSpecEvent(ro_spec_id=9),
    "report_buffer_level_warning_event": params.ReportBufferLevelWarningEvent(),
    "report_buffer_overflow_error_event": params.ReportBufferOverflowErrorEvent(),
    "reader_exception_event": params.ReaderExceptionEvent(message="too hot"),
    "rf_survey_event": params.RFSurveyEvent(),
    "ai_spec_event": params.AISpecEvent(),
    "antenna_event": params.AntennaEvent(antenna_id=2),
    "connection_attempt_event": params.ConnectionAttemptEvent(),
    "connection_close_event": params.ConnectionCloseEvent(),
}


def notification(**events: object) -> bytes:
    data = params.ReaderEventNotificationData(
        timestamp=params.UTCTimestamp(microseconds=1_594_174_805_140_192), **events
    )
    return messages.READER_EVENT_NOTIFICATION(reader_event_notification_data=data).to_bytes(message_id=1)


def test_every_event_of_the_standard_is_here() -> None:
    named = {field.name for field in fields(params.ReaderEventNotificationData)}
    assert set(EVENTS) == named - {"timestamp", "custom"}


@pytest.mark.parametrize("name", EVENTS)
def test_each_event_has_its_name_words_and_time(name: str) -> None:
    wire = notification(**{name: EVENTS[name]})
    [fields_] = decode(wire)
    assert fields_["event"] == type(EVENTS[name]).__name__
    assert fields_["text"] and fields_["utc_us"] == 1_594_174_805_140_192
    [event] = parse_events(wire[10:])
    assert event.name == fields_["event"]


def test_an_input_tells_its_port_and_level() -> None:
    high, low = (
        decode(notification(gpi_event=params.GPIEvent(gpi_port_number=3, gpi_event=level)))[0]
        for level in (True, False)
    )
    assert (high["port"], high["high"], low["high"]) == (3, True, False)
    assert high["text"] == "input 3 is high"


def test_the_loop_of_a_later_standard_has_its_name_too() -> None:
    stamp = tlv(P.UTC_TIMESTAMP, (5).to_bytes(8, "big"))
    loop = tlv(P.SPEC_LOOP_EVENT, bytes(8))
    [fields_] = decode(message(63, 1, tlv(P.READER_EVENT_NOTIFICATION_DATA, stamp, loop), version=2))
    assert (fields_["event"], fields_["utc_us"]) == ("SpecLoopEvent", 5)


def test_a_status_behind_fixed_fields_is_found() -> None:
    [fields_] = decode(message(56, 1, b"\x01\x02" + LlrpStatus(110, "only 1.0.1").encode(), version=2))
    assert (fields_["message_type"], fields_["status"], fields_["text"]) == (56, 110, "only 1.0.1")
