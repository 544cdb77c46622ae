"""The devices of `bench/readers.py`, each a process of its own, so that they take no time from the station's.

    python bench/peers/load.py reader NUMBER READERS RATE SECONDS
    python bench/peers/load.py scanner SECONDS

Each prints its URL, works when it reads a line, prints what it did as JSON, and ends when its input ends.
"""

import asyncio
import contextlib
import json
import random
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path

from drivers.protocols.llrp.events import connection_attempt
from drivers.protocols.llrp.report import TagReport, report_body
from drivers.protocols.llrp.wire import MessageType, message
from drivers.simulators.base import Delivery
from drivers.simulators.clock import system_clock
from drivers.simulators.llrp_reader import ReaderState
from drivers.simulators.ssi import SsiSimulator
from scanstation.identity.epc import format_sgtin96

TAGGED, BARCODED = "09521141123461", "09521141123454"
OWN_TAGS = 250
"""Tags in front of one reader; it hears those of the next one too."""
A_REPORT = 25
EVERY = 0.05
"""Seconds from one scan to the next at the least."""


async def go() -> None:
    """Wait for a line of input, or for its end."""
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)


def say(words: object) -> None:
    """Print one line of JSON at once."""
    print(json.dumps(words), flush=True)


def tag(number: int) -> TagReport:
    """The report of one tag; neighbours differ by up to 4 dB."""
    epc = format_sgtin96(TAGGED, number + 1, 7)
    now = system_clock()
    return TagReport(epc, 1, -57 + number * 7 % 5, now, now, 1, None, 0x3000)


def reports(number: int, readers: int) -> list[bytes]:
    """The messages that one reader sends again and again."""
    every = OWN_TAGS * readers
    heard = [tag((number * OWN_TAGS + at) % every) for at in range(min(2 * OWN_TAGS, every))]
    parts = [heard[at : at + A_REPORT] for at in range(0, len(heard), A_REPORT)]
    return [message(MessageType.RO_ACCESS_REPORT, at + 1, report_body(part)) for at, part in enumerate(parts)]


async def reader(number: int, readers: int, rate: int, seconds: float) -> None:
    """A reader that sends ``rate`` reads a second for so long, however late the station takes them."""
    state, messages = ReaderState(system_clock), reports(number, readers)

    async def answer(incoming: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(state.event(connection_attempt(0)))
        with contextlib.suppress(ConnectionError):
            while data := await incoming.read(65536):
                writer.write(b"".join(state.feed(data)))
                if state.running and not ready.done():
                    ready.set_result(writer)

    ready: asyncio.Future[asyncio.StreamWriter] = asyncio.get_running_loop().create_future()
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    say(f"llrp://127.0.0.1:{server.sockets[0].getsockname()[1]}?keepalive=3600")
    writer = await ready
    await go()
    due, began = cycle(messages), time.monotonic()
    for sent in range(0, round(rate * seconds), A_REPORT):
        await asyncio.sleep(began + sent / rate - time.monotonic())
        writer.write(next(due))
        await writer.drain()
    say({"sent": sent + A_REPORT})
    await go()


async def scanner(seconds: float) -> None:
    """A serial scanner at work: each scan waits for the acknowledgement of the one before."""
    with tempfile.TemporaryDirectory() as folder:
        device = SsiSimulator(random.Random(1), Path(folder), resend_after=10)
        await device.start()
        say(device.url)
        await go()
        times: list[float] = []
        end = time.monotonic() + seconds
        while (began := time.monotonic()) < end:
            await device.deliver(Delivery(payload=BARCODED[1:].encode(), aim="]E0"))
            times.append(time.monotonic() - began)
            await asyncio.sleep(max(0.0, EVERY - times[-1]))
        say({"seconds": times, "resent": device.resent})
        await go()
        await device.stop()


def main() -> None:
    """Be the device that the arguments name."""
    kind, *rest = sys.argv[1:]
    with contextlib.suppress(OSError):
        if kind == "reader":
            number, readers, rate = map(int, rest[:3])
            asyncio.run(reader(number, readers, rate, float(rest[3])))
        else:
            asyncio.run(scanner(float(rest[0])))


if __name__ == "__main__":
    main()
