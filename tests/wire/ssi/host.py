"""A host for the test of its death: counts reads into a file and dies where it is told.

``python host.py URL JOURNAL DEATH``: DEATH is ``before`` (the read came, nothing is written), ``between`` (written, not
acknowledged), ``after`` (acknowledged), each at the first new read, or ``never``.  A read whose id is in the journal
is not written again.
"""

import asyncio
import os
import random
import signal
import sys
import time
from pathlib import Path

from drivers import Verdict
from drivers.registry import open_device


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def main(url: str, journal: Path, death: str) -> None:
    device = open_device(url, name="scanner", clock=lambda: time.time_ns() // 1000, rng=random.Random(1))
    async for read in device.reads():
        known = journal.read_text().split() if journal.exists() else []
        if death == "before":
            die()
        if read.read_id not in known:
            with journal.open("a") as file:
                file.write(f"{read.read_id} {read.payload.decode()}\n")
        if death == "between":
            die()
        await device.ack(read, Verdict.OK)
        if death == "after":
            await asyncio.sleep(0.1)  # what was sent is out
            die()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
