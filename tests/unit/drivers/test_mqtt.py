"""MQTT without a broker: what is said when, and that nothing is acknowledged before it is durable."""

import itertools
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import DriverError, Reason, Verdict
from drivers.network import mqtt_device
from drivers.protocols import mqtt_packets as packets
from drivers.protocols.base import LOST
from drivers.protocols.mqtt import MqttProtocol, Subscription
from drivers.protocols.mqtt_packets import Publication
from drivers.protocols.read_json import read_protocol

WELCOME, GRANTED = b"\x20\x02\x00\x00", b"\x90\x03\x00\x01\x01"


def reads(*numbers):
    return json.dumps([{"id": str(number), "data": f"ITEM{number}"} for number in numbers]).encode()


def message(number, payload, **more):
    return packets.publish(Publication(topic="t", payload=payload, qos=1, packet_id=number, **more))


def ready():
    protocol = MqttProtocol(Subscription(topic="t/#", client="me"), read_protocol(""))
    protocol.connected()
    protocol.feed(WELCOME + GRANTED)
    assert protocol.ready
    return protocol


def test_connect_and_subscribe_are_the_bytes_of_the_standard():
    """OASIS MQTT 3.1.1, 3.1 and 3.8: protocol name, level 4, flags, keep alive, then the texts."""
    protocol = MqttProtocol(
        Subscription(topic="a/b", client="me", user="u", password="pw"),
        read_protocol(""),
    )
    [hello] = protocol.connected()
    assert hello == bytes.fromhex("10150004") + b"MQTT" + bytes.fromhex("04c0003c00026d6500017500027077")
    assert protocol.feed(WELCOME).replies == [bytes.fromhex("82080001") + b"\x00\x03a/b\x01"]
    assert not protocol.ready
    protocol.feed(GRANTED)
    assert protocol.ready


def test_a_message_is_acknowledged_when_all_its_reads_are_durable():
    protocol = ready()
    output = protocol.feed(message(7, reads(1, 2)))
    assert output.replies == []
    first, second = output.frames
    assert protocol.ack(first, Verdict.OK) == []
    assert protocol.ack(second, Verdict.DUPLICATE) == [packets.puback(7)]


def test_acknowledgements_go_out_in_the_order_of_the_messages():
    """[MQTT-4.6.0-2]; a message without reads waits its turn."""
    protocol = ready()
    output = protocol.feed(message(1, reads(1)) + message(2, b'{"type":"heartbeat"}') + message(3, reads(3)))
    assert output.replies == []
    assert protocol.ack(output.frames[1], Verdict.OK) == []
    assert protocol.ack(output.frames[0], Verdict.OK) == [packets.puback(number) for number in (1, 2, 3)]
    assert protocol.feed(message(4, b"no json")).replies == [packets.puback(4)]


def test_what_was_not_acknowledged_is_forgotten_with_the_connection():
    protocol = ready()
    [old] = protocol.feed(message(1, reads(1))).frames
    protocol.connected()
    protocol.feed(WELCOME + GRANTED)
    [again] = protocol.feed(message(1, reads(1), duplicate=True)).frames
    assert protocol.ack(old, Verdict.OK) == []
    assert again.read_id == old.read_id
    assert protocol.ack(again, Verdict.OK) == [packets.puback(1)]


def test_a_retained_message_is_no_read_and_qos_0_needs_no_answer():
    protocol = ready()
    output = protocol.feed(message(1, reads(1), retained=True))
    assert (output.frames, output.replies) == ([], [packets.puback(1)])
    [frame] = protocol.feed(packets.publish(Publication(topic="t", payload=reads(2)))).frames
    assert protocol.ack(frame, Verdict.OK) == []


@pytest.mark.parametrize(
    ("code", "reason"), [(1, "protocol"), (2, "permission"), (3, "busy"), (5, "permission"), (77, "protocol")]
)
def test_a_refusal_says_why_and_what_to_do(code, reason):
    protocol = MqttProtocol(Subscription(topic="t", client="me"), read_protocol(""))
    protocol.connected()
    [notice] = protocol.feed(bytes([0x20, 2, 0, code])).notices
    assert (notice.kind, notice.fields["reason"]) == (LOST, Reason(reason))
    assert notice.fields["remedy"]


def test_a_topic_that_may_not_be_read_is_told():
    protocol = MqttProtocol(Subscription(topic="secret", client="me"), read_protocol(""))
    protocol.connected()
    [notice] = protocol.feed(WELCOME + b"\x90\x03\x00\x01\x80").notices
    assert (notice.kind, notice.fields["reason"]) == (LOST, Reason.PERMISSION)
    assert "secret" in notice.text


def test_a_message_that_was_cut_short_is_told():
    output = ready().feed(packets.publish(Publication(topic="t", payload=reads(1)[:-1])))
    assert (output.frames, [notice.kind for notice in output.notices]) == ([], ["unreadable"])


def test_a_forgotten_session_and_a_lesser_quality_are_told():
    protocol = ready()
    protocol.connected()
    kinds = [notice.kind for notice in protocol.feed(WELCOME + b"\x90\x03\x00\x01\x00").notices]
    assert kinds == ["session", "qos"]
    protocol.connected()
    assert not protocol.feed(b"\x20\x02\x01\x00" + GRANTED).notices


def test_silence_is_asked_into_once_and_then_given_up():
    protocol = ready()
    assert protocol.idle(1.0).replies == []
    assert protocol.idle(10.0).replies == [packets.PINGREQ]
    assert protocol.idle(11.0).replies == []
    protocol.feed(b"\xd0\x00")
    assert protocol.idle(10.0).replies == [packets.PINGREQ]
    assert [notice.kind for notice in protocol.idle(20.0).notices] == [LOST]


def test_a_stream_without_pauses_hears_of_us_too():
    protocol = ready()
    one = packets.publish(Publication(topic="t", payload=reads(1)))
    replies = [reply for _ in range(250) for reply in protocol.feed(one).replies]
    assert replies == [packets.PINGREQ] * 2


def test_a_broker_that_never_answers_is_given_up():
    protocol = MqttProtocol(Subscription(topic="t", client="me"), read_protocol(""))
    protocol.connected()
    assert not protocol.idle(4.0).notices
    assert protocol.idle(5.0).notices[0].fields["reason"] is Reason.TIMEOUT


@given(cuts=st.lists(st.integers(0, 400), max_size=20), numbers=st.lists(st.integers(1, 60_000), max_size=8))
def test_however_the_bytes_are_cut_the_reads_are_the_same(cuts, numbers):
    data = b"".join(message(number, reads(number)) for number in numbers)
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    protocol = ready()
    frames = [frame for start, end in itertools.pairwise(places) for frame in protocol.feed(data[start:end]).frames]
    assert [frame.read_id for frame in frames] == [str(number) for number in numbers]


@given(data=st.binary(max_size=3000))
def test_what_is_no_mqtt_ends_the_connection_and_is_no_read(data):
    protocol = ready()
    output = protocol.feed(b"\x00" + data)
    assert not output.frames
    assert output.notices[-1].fields["reason"] is Reason.PROTOCOL
    ready().feed(data)  # whatever it is, it does not raise


@pytest.mark.parametrize(
    "stream",
    [
        b"\x30\xff\xff\xff\xff\x01",  # a length of five bytes
        b"\x30\xff\xff\xff\x7f",  # 256 MB
        b"\x36\x05\x00\x01t\x00\x01",  # QoS 3
        b"\x32\x03\x00\x01t",  # QoS 1 without an identifier
        b"\x32\x05\x00\x01t\x00\x00",  # identifier 0
        b"\x30\x02\x00\x09",  # a topic longer than the packet
    ],
)
def test_malformed_packets_end_the_connection(stream):
    output = ready().feed(stream)
    assert [notice.kind for notice in output.notices] == [LOST]
    assert not output.frames


def opened(url):
    return mqtt_device(url, name="dock", clock=lambda: 0, rng=random.Random(1))


def test_the_password_is_not_told_and_may_lie_in_a_file(tmp_path):
    with pytest.raises(DriverError) as caught:
        opened("mqtt://broker/t?password=s3cret&nonsense=1")
    assert "s3cret" not in str(caught.value)
    assert "needs user=" in str(caught.value)
    (tmp_path / "pw").write_text("hidden\n")
    [hello] = opened(f"mqtt://broker/t?user=u&password_file={tmp_path / 'pw'}").protocol.connected()
    assert hello.endswith(b"\x00\x06hidden")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mqtt://broker", "names no topic"),
        ("mqtt://broker/a/#/b", "# for all levels at the end"),
        ("mqtt://broker/a+/b", "stands for a whole level"),
        ("mqtt://broker/" + "t" * 65_536, "the topic is longer than 65,535 bytes"),
        ("mqtt://broker/t?client=%00", "option client is longer than 65,535 bytes or holds a zero"),
        ("mqtt://broker:99999/t", "no port 99999"),
        ("mqtt://broker/t?format=xml", "json, impinj, zebra"),
        ("mqtt://broker/t?ca=/no/file", "of no use without TLS"),
        ("mqtt://broker/t?tls=1&ca=/no/file", "option ca cannot be used"),
        ("mqtt://broker/t?user=u&password_file=/no/file", "password_file cannot be read"),
    ],
)
def test_a_wrong_url_is_explained(url, words):
    with pytest.raises(DriverError, match=words) as caught:
        opened(url)
    assert caught.value.reason is Reason.BAD_URL


@pytest.mark.parametrize("topic", ["a", "a/+/b", "+", "#", "a/#", "a/%23", "a//b"])
def test_every_topic_filter_of_the_standard_is_taken(topic):
    assert opened(f"mqtt://broker/{topic}").url


def test_the_session_has_a_name_of_its_own_that_every_broker_takes():
    names = {
        mqtt_device("mqtt://b/t", name=name, clock=lambda: 0, rng=random.Random(1)).protocol.connected()[0]
        for name in ("dock", "gate")
    }
    assert len(names) == 2
    assert all(len(hello) == 14 + 20 and hello[14:].isalnum() for hello in names)
