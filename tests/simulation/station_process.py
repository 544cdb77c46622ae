"""A station in a process of its own, made to be killed.

``python station_process.py DATA_DIR SCANNER_URL... queue:PORT...`` imports everything once, then forks a station for
every line on standard input.  The station is the real one, on the real stock file and journal in DATA_DIR; it serves
any device through its driver, and devices that deliver again what was not acknowledged (`QueueDevice`).
On standard output, one line each: ``pid PID``, ``ready OPERATOR LOCATION``, ``ack SCANNER PAYLOAD VERDICT`` when a
scanner's read was acknowledged, ``dead PID``.
"""

import asyncio
import functools
import os
import random
import sys
import time
from pathlib import Path

from drivers import Read
from drivers.device import Device, State
from scanstation.settings import DeviceSettings, Settings
from scanstation.station.wiring import open_house


def tell(*words):
    """One line, in one write: it is either out or not when the process dies."""
    os.write(1, (" ".join(words) + "\n").encode())


class QueueDevice(Device):
    """A device with a memory: it delivers ``READ_ID PAYLOAD`` lines until it gets ``READ_ID VERDICT`` back."""

    async def reads(self):
        reader, self._writer = await asyncio.open_connection("127.0.0.1", int(self.url.partition(":")[2]))
        self.set_status(State.READY)
        async for line in reader:
            read_id, payload = line.decode().split()
            aim = "]C1" if payload.startswith("01") else "]C0"
            yield Read(payload=payload.encode(), device=self.name, received_at=self.clock(), read_id=read_id, aim=aim)

    async def ack(self, read, verdict):
        self._writer.write(f"{read.read_id} {verdict.value}\n".encode())
        await self._writer.drain()

    async def close(self):
        self._writer.close()


async def serve(device, station):
    async for read in device.reads():
        await device.ack(read, await station.take(read))


async def beep(scanner, acknowledge, read, verdict):
    """Acknowledge, and do what a scanner does that can beep: here it is heard outside."""
    await acknowledge(read, verdict)
    tell("ack", scanner, read.payload.decode(), verdict.value)


async def run(house, urls):
    async with house.station(random.Random(os.getpid())) as station:
        if station.session.operator is None:
            await station.sign_in("C01")
        if station.session.audit is None:
            await station.choose_audit("AU1")
        tell("ready", station.session.operator, station.session.location or "-")
        tasks = []
        for number, url in enumerate(urls):
            name = f"device-{number}"
            if url.startswith("queue:"):
                tasks.append(asyncio.create_task(serve(QueueDevice(name, url, station.clock.now), station)))
                continue
            device = station.devices.add(DeviceSettings(name=name, url=url))
            device.ack = functools.partial(beep, str(number), device.ack)
        await asyncio.gather(*tasks, asyncio.Event().wait())


def main(folder, *urls):
    settings = Settings(data_dir=folder, min_free_bytes=0, reread_s=0)
    for _ in sys.stdin:
        pid = os.fork()
        if pid:
            tell("pid", str(pid))
            os.waitpid(pid, 0)
            tell("dead", str(pid))
            continue
        wall, monotonic = (lambda: time.time_ns() // 1_000), (lambda: time.monotonic_ns() // 1_000)
        with open_house(settings, wall=wall, monotonic=monotonic, ids=lambda: "none") as house:
            asyncio.run(run(house, urls))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
