"""`WireDevice` on a null modem: what it does between the wire and the consumer."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import pytest

from drivers import DriverError, Reason, Verdict
from drivers.device import State, Status
from drivers.devices import Backoff, WireDevice
from drivers.devices.wire import INBOX
from drivers.protocols.base import LOST, Frame, Notice, Output
from drivers.protocols.lines import LineProtocol
from drivers.transports.null_modem import NullEnd, NullModem, Quality


class Telegraph:
    """A protocol that owes acknowledgements, answers liveness and needs a handshake; one byte is one message."""

    def __init__(self) -> None:
        self.ready = False
        self.silences: list[float] = []

    def connected(self) -> Sequence[bytes]:
        self.ready = False
        return [b"hello"]

    def feed(self, data: bytes) -> Output:
        output = Output()
        for byte in data:
            if byte == ord("H"):
                self.ready = True
            elif byte == ord("?"):
                output.replies.append(b"!")
            elif byte == ord("X"):
                fields = {"reason": "busy", "remedy": "wait"}
                output.notices.append(Notice(kind=LOST, text="go away", fields=fields))
            else:
                output.frames.append(Frame(payload=bytes([byte]), token=byte))
        return output

    def ack(self, frame: Frame, verdict: Verdict) -> Sequence[bytes]:
        return [b"ack %c %s" % (frame.token, verdict.value.encode())]

    def idle(self, elapsed: float) -> Output:
        self.silences.append(elapsed)
        return Output()

    def closing(self) -> Sequence[bytes]:
        return [b"bye"]


def telegraph(rng: random.Random | None = None) -> tuple[WireDevice, NullEnd, NullModem]:
    modem = NullModem(random.Random(1), Quality())
    device = WireDevice("t", "null:", lambda: 7, rng or random.Random(2), modem.host, Telegraph())
    return device, modem.device, modem


async def heard(end: NullEnd, what: bytes) -> bytes:
    """Everything that arrives at the far end up to and with ``what``."""
    data = b""
    async with asyncio.timeout(10):
        while what not in data:
            data += await end.receive(0.05)
    return data


async def take(device: WireDevice, count: int) -> list[bytes]:
    payloads: list[bytes] = []
    async with asyncio.timeout(10):
        async for read in device.reads():
            payloads.append(read.payload)
            if len(payloads) == count:
                return payloads
    return payloads


async def test_the_acknowledgement_goes_out_after_the_verdict_and_not_before() -> None:
    device, peer, _ = telegraph()
    await peer.open()
    reads = device.reads()
    pending = asyncio.ensure_future(anext(reads))
    assert await heard(peer, b"hello") == b"hello"
    await peer.send(b"a?")
    read = await asyncio.wait_for(pending, 10)
    assert await heard(peer, b"!") == b"!"  # liveness at once, no acknowledgement yet
    await device.ack(read, Verdict.DUPLICATE)
    assert await heard(peer, b"duplicate") == b"ack a duplicate"
    await device.ack(read, Verdict.OK)  # the second is one too many
    await device.close()
    assert await heard(peer, b"bye") == b"bye"


async def test_liveness_is_answered_while_the_consumer_is_busy() -> None:
    device, peer, _ = telegraph()
    await peer.open()
    reads = device.reads()
    pending = asyncio.ensure_future(anext(reads))
    await heard(peer, b"hello")
    await peer.send(b"a")
    await asyncio.wait_for(pending, 10)  # the consumer now thinks for a long time
    await peer.send(b"b?")
    assert await heard(peer, b"!") == b"!"
    await device.close()


async def test_an_acknowledgement_is_not_sent_on_another_connection() -> None:
    device, peer, modem = telegraph()
    await peer.open()
    reads = device.reads()
    pending = asyncio.ensure_future(anext(reads))
    await heard(peer, b"hello")
    await peer.send(b"a")
    read = await asyncio.wait_for(pending, 10)
    modem.cut()
    modem.mend()
    await peer.open()
    await heard(peer, b"hello")
    await device.ack(read, Verdict.OK)
    await device.close()
    assert b"ack" not in await heard(peer, b"bye")


async def test_ready_waits_for_the_handshake() -> None:
    device, peer, _ = telegraph()
    await peer.open()
    pending = asyncio.ensure_future(anext(device.reads()))
    await heard(peer, b"hello")
    assert device.status.state is State.CONNECTING
    await peer.send(b"Ha")
    await asyncio.wait_for(pending, 10)
    assert device.status.state is State.READY
    await device.close()


async def test_a_protocol_that_gives_up_makes_the_device_connect_anew() -> None:
    device, peer, _ = telegraph()
    statuses: list[Status] = []
    notices: list[Notice] = []
    device.on_status(statuses.append)
    device.on_notice(notices.append)
    await peer.open()
    pending = asyncio.ensure_future(anext(device.reads()))
    await heard(peer, b"hello")
    await peer.send(b"X")
    await heard(peer, b"hello")
    await peer.send(b"Ha")
    await asyncio.wait_for(pending, 10)
    await device.close()
    assert [(status.state, status.reason) for status in statuses] == [
        (State.CONNECTING, None),
        (State.LOST, Reason.BUSY),
        (State.READY, None),
        (State.CLOSED, None),
    ]
    assert (statuses[1].message, statuses[1].remedy) == ("go away", "wait")
    assert [notice.kind for notice in notices] == [LOST]


async def test_silence_is_told_to_the_protocol_with_its_length() -> None:
    device, peer, _ = telegraph()
    await peer.open()
    pending = asyncio.ensure_future(anext(device.reads()))
    protocol: Any = device.protocol
    async with asyncio.timeout(10):
        while len(protocol.silences) < 3:
            await asyncio.sleep(0.02)
    assert protocol.silences == sorted(protocol.silences)
    assert protocol.silences[0] >= 0.2
    await peer.send(b"a")
    await asyncio.wait_for(pending, 10)
    await device.close()


async def test_the_inbox_is_bounded_and_loses_nothing() -> None:
    modem = NullModem(random.Random(1), Quality(split=True))
    device = WireDevice("t", "null:", lambda: 7, random.Random(2), modem.host, LineProtocol())
    await modem.device.open()
    first = asyncio.ensure_future(anext(device.reads()))
    await modem.device.send(b"0\r")
    await asyncio.wait_for(first, 10)
    count = 5 * INBOX
    for number in range(count):
        await modem.device.send(b"%d\r" % number)
    await asyncio.sleep(0.3)
    assert modem.host.buffer, "everything was taken though nobody consumes"
    assert await take(device, count) == [b"%d" % number for number in range(count)]
    await device.close()


async def test_reads_that_were_complete_survive_close_and_a_new_consumer() -> None:
    modem = NullModem(random.Random(1))
    device = WireDevice("t", "null:", lambda: 7, random.Random(2), modem.host, LineProtocol())
    await modem.device.open()
    await modem.device.send(b"1\r2\r3\r4\r")
    assert await take(device, 1) == [b"1"]
    assert await take(device, 1) == [b"2"]
    await device.close()
    assert await take(device, 9) == [b"3", b"4"]


async def test_a_defect_of_a_driver_is_shown_to_the_consumer() -> None:
    class Broken(LineProtocol):
        def feed(self, data: bytes) -> Output:
            raise ZeroDivisionError(data)

    modem = NullModem(random.Random(1))
    device = WireDevice("t", "null:", lambda: 7, random.Random(2), modem.host, Broken())
    await modem.device.open()
    await modem.device.send(b"x")
    with pytest.raises(ZeroDivisionError):
        await take(device, 1)
    await device.close()


def test_the_first_attempt_is_at_once_and_none_later_than_a_second() -> None:
    backoff, rng = Backoff(), random.Random(4)
    pauses = [backoff.pause(failures, rng) for failures in range(1, 100)]
    assert pauses[0] == 0.0
    assert all(0.025 <= pause <= 0.8 for pause in pauses[1:])
    assert len({round(pause, 6) for pause in pauses[20:]}) > 70, "no jitter: a hundred readers would call together"
    assert backoff.pause(3, random.Random(1)) == backoff.pause(3, random.Random(1))


async def test_a_flapping_wire_is_not_hammered() -> None:
    class Flapping:
        opened = 0

        async def open(self) -> None:
            self.opened += 1

        async def receive(self, timeout: float) -> bytes:
            raise DriverError(Reason.UNPLUGGED, "flap", "hold it")

        async def send(self, data: bytes) -> None: ...

        async def close(self) -> None: ...

    pauses: list[float] = []
    done = asyncio.Event()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 10:
            done.set()
        await asyncio.sleep(0)

    device = WireDevice("t", "x:", lambda: 7, random.Random(2), Flapping(), LineProtocol(), sleep=sleep)
    consumer = asyncio.create_task(take(device, 1))
    await asyncio.wait_for(done.wait(), 10)
    await device.close()
    assert await consumer == []
    assert pauses[0] == 0.0
    assert max(pauses[6:]) > 0.3


async def test_close_ends_even_a_transport_that_swallows_the_cancellation() -> None:
    class Stubborn:
        async def open(self) -> None:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                raise DriverError(Reason.REFUSED, "refused at the moment of cancelling", "try again") from None

        async def receive(self, timeout: float) -> bytes:
            return b""

        async def send(self, data: bytes) -> None: ...

        async def close(self) -> None: ...

    device = WireDevice("t", "x:", lambda: 7, random.Random(2), Stubborn(), LineProtocol())
    consumer = asyncio.create_task(take(device, 1))
    await asyncio.sleep(0.01)
    async with asyncio.timeout(10):
        await device.close()
        assert await consumer == []
    assert device.status.state is State.CLOSED
