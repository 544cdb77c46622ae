"""A station with one fixed reader, in a process of its own, made to be killed: ``portal_process.py DATA_DIR URL``."""

import asyncio
import os
import random
import sys
import time
from pathlib import Path

from scanstation.settings import DeviceSettings, Settings
from scanstation.station.wiring import open_house


async def run(house):
    async with house.station(random.Random(os.getpid())):
        os.write(1, b"ready\n")
        await asyncio.Event().wait()


def main(folder, url):
    device = DeviceSettings(name="portal", url=url, antennas={"1": "A-000", "2": "A-001"})
    settings = Settings(data_dir=folder, min_free_bytes=0, devices=(device,), rfid_epoch_s=0.02)
    wall, monotonic = (lambda: time.time_ns() // 1_000), (lambda: time.monotonic_ns() // 1_000)
    with open_house(settings, wall=wall, monotonic=monotonic, ids=lambda: "none") as house:
        asyncio.run(run(house))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
