"""Readers behind an MQTT broker: a real broker, a publisher at it, and a cable to the station that can be pulled."""

import asyncio
import contextlib
import random
import time
from functools import partial
from pathlib import Path

from drivers.device import Clock
from drivers.protocols import mqtt_packets as packets
from drivers.protocols.mqtt_packets import Packets, Publication
from drivers.simulators.base import Delivery, unplugged, until_cancelled
from drivers.simulators.broker import Broker, Publisher
from drivers.simulators.clock import Clocked, DeviceClock, system_clock
from drivers.simulators.documents import Documents
from drivers.simulators.faults import Faulty, send
from drivers.simulators.scanner import bound, half

TOPIC = "reads/dock"

_TAKEN = 5.0  # seconds that the host gets to acknowledge what was published before the cable is pulled
_STEP = 0.005
_HOST = "127.0.0.1"


class MqttSimulator(Clocked, Faulty):
    """A `Simulator` of one publisher; ``form`` is how it writes (json, impinj, zebra).

    `unplug` pulls the cable between the broker and the station: what is delivered meanwhile waits at the broker.
    `restart` restarts the broker itself.  While it is ``silent`` nothing goes over the cable; it is cut and slow as its
    ``faults`` say.
    """

    def __init__(self, rng: random.Random, folder: Path, form: str = "json", clock: Clock = system_clock) -> None:
        self._rng = rng
        self._form = form
        self._broker = Broker(folder)
        self._publisher = Publisher(self._broker.port, TOPIC, "simulated-publisher")
        self.clock = DeviceClock(clock)
        self._documents = Documents(form, f"{rng.getrandbits(48):012x}", self.clock)
        self._reserved = bound(0)
        self._server: asyncio.Server | None = None
        self._links: set[asyncio.StreamWriter] = set()
        self._subscribed = asyncio.Event()
        self._publishing = asyncio.Lock()
        self._published = self.acknowledged = 0

    @property
    def url(self) -> str:
        """The MQTT URL of the topic; the session at the broker has a fixed name, so it serves one station."""
        port = self._reserved.getsockname()[1]
        return f"mqtt://{_HOST}:{port}/{TOPIC}?format={self._form}&client=station"

    async def start(self) -> None:
        """Start broker and publisher, and plug in."""
        await self._broker.start()
        await self._publisher.start()
        await self.plug()

    async def stop(self) -> None:
        """End everything."""
        self._vanish()
        self._reserved.close()
        await self._publisher.stop()
        await self._broker.stop()

    async def deliver(self, delivery: Delivery) -> None:
        """Publish one read, once the station has subscribed for the first time; the broker has it on return."""
        await self._publish(self._documents.next(delivery))

    async def resend(self) -> None:
        """Publish the last read again, under its id: a publisher that heard no answer."""
        await self._publish(self._documents.last)

    async def garbage(self, data: bytes) -> None:
        """Publish ``data`` as a message."""
        await self._publish(data)

    async def break_off(self, delivery: Delivery) -> None:
        """Send half a message to the station, then pull the cable; the read was never published."""
        await self._let_host_acknowledge()
        message = Publication(topic=TOPIC, payload=self._documents.next(delivery), qos=1, packet_id=65535)
        for link in self._links:
            link.write(half(packets.publish(message), self._rng))
            with contextlib.suppress(OSError):
                await link.drain()
        await self.unplug()

    async def unplug(self) -> None:
        """Pull the cable; the station gets a moment to acknowledge what it has."""
        await self._let_host_acknowledge()
        self._vanish()

    async def plug(self) -> None:
        """Put the cable back."""
        if self._server is None:
            self._server = await asyncio.start_server(
                until_cancelled(self._relay), sock=bound(self._reserved.getsockname()[1])
            )

    async def restart(self) -> None:
        """Restart the broker; its sessions and queues survive, its connections do not."""
        async with self._publishing:
            await self._publisher.stop()
            await self._broker.stop()
            await self._broker.start()
            await self._publisher.start()

    async def _publish(self, message: bytes) -> None:
        if self._server is None and not self._subscribed.is_set():
            raise unplugged(self.url)
        await self._subscribed.wait()
        async with self._publishing:
            self._published += 1
            await self._publisher.publish(message)

    async def _let_host_acknowledge(self) -> None:
        deadline = time.monotonic() + _TAKEN
        while self._links and self.acknowledged < self._published and time.monotonic() < deadline:
            await asyncio.sleep(_STEP)

    def _vanish(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for link in self._links:
            link.close()
        self._links.clear()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Be the cable between a station and the broker, and listen to what goes over it."""
        try:
            from_broker, to_broker = await asyncio.open_connection(_HOST, self._broker.port)
        except OSError:
            writer.close()
            return
        self._links.add(writer)
        try:
            await asyncio.wait(
                [
                    asyncio.create_task(self._pass_on(reader, to_broker, Packets(packets.OF_SUBSCRIBER))),
                    asyncio.create_task(self._pass_on(from_broker, writer, Packets())),
                ],
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            self._links.discard(writer)
            for end in (writer, to_broker):
                end.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seen: Packets) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                for packet in seen.feed(data):
                    self.acknowledged += packet.kind == packets.PUBACK
                    if packet.kind == packets.SUBACK:
                        self._subscribed.set()
                while self.silent:
                    await asyncio.sleep(_STEP)
                await self.in_portions(data, partial(send, writer))


def mqtt_simulator(rng: random.Random, folder: Path) -> MqttSimulator:
    """Entry point of kind ``mqtt``: a program that publishes the project's own Reads."""
    return MqttSimulator(rng, folder)


def mqtt_zebra_simulator(rng: random.Random, folder: Path) -> MqttSimulator:
    """Entry point of kind ``mqtt-zebra``: a Zebra reader with its IoT Connector."""
    return MqttSimulator(rng, folder, "zebra")


def mqtt_impinj_simulator(rng: random.Random, folder: Path) -> MqttSimulator:
    """Entry point of kind ``mqtt-impinj``: an Impinj reader."""
    return MqttSimulator(rng, folder, "impinj")
