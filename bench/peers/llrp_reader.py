"""A simulated LLRP reader as a process of its own, so that it can be killed: ``python llrp_reader.py PORT RUN``.

Port 0 is any free one.  It prints its port once it listens, and while an inventory runs it reports a tag every 10 ms:
0x30, ``RUN`` in one byte, and a number.
"""

import asyncio
import itertools
import random
import sys

from drivers.simulators.base import Delivery
from drivers.simulators.llrp import LlrpSimulator


async def serve(port: int, run: int) -> None:
    """Serve until the process ends."""
    reader = LlrpSimulator(random.Random(1), port=port)
    await reader.start()
    print(reader.port, flush=True)
    for number in itertools.count():
        while reader.state.running is None:
            await asyncio.sleep(0.005)
        await reader.deliver(Delivery(payload=bytes([0x30, run]) + number.to_bytes(10, "big"), epc=True))
        await asyncio.sleep(0.01)


asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
