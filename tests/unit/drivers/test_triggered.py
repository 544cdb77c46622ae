"""Fixed readers: triggers, missed reads, answers to commands, signs of life."""

import pytest

from drivers.errors import Reason
from drivers.protocols import decode
from drivers.protocols.base import LOST
from drivers.protocols.triggered import PATIENCE, TRIGGER_OFF, TRIGGER_ON, Trigger, TriggeredProtocol


def payloads(output) -> list[bytes]:
    return [frame.payload for frame in output.frames]


def test_a_reader_with_a_sensor_is_told_nothing() -> None:
    protocol = TriggeredProtocol()
    assert [*protocol.connected(), *protocol.closing()] == []
    output = protocol.feed(b"]E04006381333931\r")
    assert (payloads(output), output.replies) == ([b"4006381333931"], [])


@pytest.mark.parametrize(("mode", "again"), [(Trigger.ONCE, []), (Trigger.ALWAYS, [TRIGGER_ON])])
def test_the_trigger_is_pulled_once_or_after_every_result(mode: Trigger, again: list[bytes]) -> None:
    protocol = TriggeredProtocol(trigger=mode)
    assert protocol.connected() == (TRIGGER_ON,)
    assert protocol.feed(b"ITEM-1\r").replies == again
    missed = protocol.feed(b"ERROR\r")
    assert (payloads(missed), [notice.kind for notice in missed.notices], missed.replies) == ([], ["no_read"], again)
    assert protocol.closing() == (TRIGGER_OFF,)


def test_answers_and_heartbeats_are_no_reads() -> None:
    protocol = TriggeredProtocol(beat=b"ALIVE")
    output = protocol.feed(b"OK,LON\rER,LON,01\rALIVE\rITEM-1\rOKAY,1\r")
    assert payloads(output) == [b"ITEM-1", b"OKAY,1"]
    assert [notice.kind for notice in output.notices] == ["answer", "error", "alive"]


def test_a_silent_reader_is_asked_and_lost_in_the_end() -> None:
    protocol = TriggeredProtocol(every=5.0)
    outputs = [protocol.idle(second / 2) for second in range(1, 60)]
    assert [at for at, output in enumerate(outputs, start=1) if output.replies] == [10, 20, 30]
    [notice] = [notice for output in outputs[: 10 * (PATIENCE + 1)] for notice in output.notices]
    assert (notice.kind, notice.fields["reason"]) == (LOST, Reason.TIMEOUT)
    protocol.feed(b"OK,KEYENCE,SR-1000\r")
    assert protocol.idle(1.0).replies == []
    assert TriggeredProtocol().idle(1e6).notices == []


@pytest.mark.parametrize(
    ("wire", "fields"),
    [
        (b"ERROR\r", {"no_read": True}),
        (b"ER,LON,00\r", {"command": "LON", "ok": False, "error": "00"}),
        (b"OK,LOFF\r", {"command": "LOFF", "ok": True}),
        (b"OK,KEYENCE,SR-1000\r", {"command": "KEYENCE", "ok": True, "value": "SR-1000"}),
        (b"4006381333931\r\n", {"data": "4006381333931"}),
    ],
)
def test_decoded_lines(wire: bytes, fields: dict) -> None:
    assert decode("keyence-sr-tcp", wire) == [fields]
