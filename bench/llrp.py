"""LLRP: our decoder's tags a second against sllurp's on the same bytes, and how soon a killed reader is read again.

    python bench/llrp.py [--tags 4000] [--rounds 7] [--kills 9]

Ours goes from bytes, in the portions that a busy TCP connection gives, to `TagReport`s and checks every parameter;
sllurp from whole messages to its dictionaries.  Both decode the same file in turns (CPU time); the median of the ratios
counts, and both must find the same EPCs.  ``client`` is the same with all that our client makes of it, to the frames
that become reads; sllurp's client is not run, so that figure has no bar.  sllurp is GPL: it is installed in an
environment of its own under build/ and runs as a process of its own.

The reader is a process of its own that is killed (SIGKILL), stays away for 1.5 s and comes back on its port; the time
runs from the moment that it listens to the first read.  Exit status 1 when a bar is missed.
"""

import argparse
import asyncio
import contextlib
import hashlib
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from drivers.llrp import llrp_device
from drivers.protocols.llrp import Framer, LlrpProtocol, ReportParser
from drivers.protocols.llrp.report import TagReport, tag_report_data
from drivers.protocols.llrp.wire import TLV_HEADER, MessageType, P, message, tlv, tv

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / "bench/peers"
SLLURP = "sllurp==3.0.5"
FASTER = 4.0
"""Bar: our tags a second over sllurp's."""
BACK = 1.0
"""Bar: seconds from the return of the reader to the first read."""
AWAY = 1.5
"""Seconds that a killed reader stays away."""
PORTION = 1 << 16  # bytes that one receive gives
IMPINJ = 25882

Shape = Callable[[random.Random], bytes]


def minimal(rng: random.Random) -> bytes:
    """An EPC-96 and nothing else."""
    return tag_report_data(TagReport(rng.randbytes(12)))


def _fields(rng: random.Random, octets: int) -> bytes:
    seen = rng.randrange(1 << 50)
    antenna, rssi, count = rng.randint(1, 4), rng.randint(-80, -30), rng.randint(1, 99)
    return tag_report_data(TagReport(rng.randbytes(octets), antenna, rssi, seen, seen + 9, count, 1, octets << 10))


def usual(rng: random.Random) -> bytes:
    """What our inventory asks for, and the ROSpec."""
    return _fields(rng, 12)


def long_epc(rng: random.Random) -> bytes:
    """The same with an EPC of 128 bits, a TLV."""
    return _fields(rng, 16)


def _with(tag: bytes, *more: bytes) -> bytes:
    return tlv(P.TAG_REPORT_DATA, tag[TLV_HEADER.size :], *more)


def every_field(rng: random.Random) -> bytes:
    """Every field of the standard's TagReportData that both libraries know."""
    sizes = {3: 32, 5: 32, 7: 6, 10: 6, 11: 16, 14: 6, 16: 6}
    return _with(usual(rng), *(tv(kind, rng.randrange(1 << bits)) for kind, bits in sizes.items()))


def impinj(rng: random.Random) -> bytes:
    """The usual fields with Impinj's serialised TID, phase angle, finer RSSI and Doppler frequency."""
    tid = (6).to_bytes(2, "big") + rng.randbytes(12)
    values = {55: tid, 56: rng.randbytes(2), 57: rng.randbytes(2), 68: rng.randbytes(2)}
    extensions = (
        tlv(P.CUSTOM, IMPINJ.to_bytes(4, "big"), subtype.to_bytes(4, "big"), value) for subtype, value in values.items()
    )
    return _with(usual(rng), *extensions)


SHAPES: tuple[Shape, ...] = (minimal, usual, every_field, long_epc, impinj)


def messages(shape: Shape, tags: int, each: int, rng: random.Random) -> bytes:
    """RO_ACCESS_REPORTs of ``each`` tags."""
    bodies = (b"".join(shape(rng) for _ in range(each)) for _ in range(tags // each))
    return b"".join(message(MessageType.RO_ACCESS_REPORT, number, body) for number, body in enumerate(bodies, 1))


def portions(data: bytes) -> list[bytes]:
    """Cut ``data`` as a busy connection gives it."""
    return [data[at : at + PORTION] for at in range(0, len(data), PORTION)]


def ours(data: bytes) -> tuple[float, str]:
    """Return (seconds of CPU time, SHA-256 of the EPCs) of our decoder."""
    framer, parser = Framer(join=True), ReportParser()
    received = portions(data)
    begin = time.process_time()
    tags = [tag for portion in received for found in framer.feed(portion) for tag in parser.parse(found.body)[0]]
    seconds = time.process_time() - begin
    return seconds, hashlib.sha256("".join(tag.epc.hex() for tag in tags).encode()).hexdigest()


def client(data: bytes) -> float:
    """Return seconds of CPU time of our client."""
    protocol, received = LlrpProtocol(), portions(data)
    begin = time.process_time()
    outputs = [protocol.feed(portion) for portion in received]
    seconds = time.process_time() - begin
    del outputs
    return seconds


class Sllurp:
    """sllurp in its own environment and process."""

    def __init__(self, folder: Path) -> None:
        """Make the environment in ``folder`` unless it is there, and start the process."""
        python = folder / "bin/python"
        if not (folder / "installed").exists():
            venv.create(folder, clear=True, with_pip=True)
            install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", SLLURP]
            subprocess.run([str(python), *install], check=True)
            (folder / "installed").touch()
        command = [str(python), str(PEERS / "sllurp_decode.py")]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def decode(self, file: Path) -> tuple[float, str]:
        """Return (seconds of CPU time, SHA-256 of the EPCs)."""
        assert self._process.stdin and self._process.stdout
        print(file, file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        return answer["seconds"], answer["epcs"]

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


@dataclass(frozen=True, slots=True)
class Figures:
    """Tags a second, and how many times sllurp's ours is."""

    ours: float
    client: float
    sllurp: float
    ratio: float


def compare(peer: Sllurp, data: bytes, tags: int, rounds: int, folder: Path) -> Figures:
    """Return the medians of ``rounds`` in which each decodes ``data``."""
    file = folder / "messages.bin"
    file.write_bytes(data)
    mine, whole, theirs = [], [], []
    for _ in range(rounds):
        (quick, found), (slow, expected) = ours(data), peer.decode(file)
        if found != expected:
            raise SystemExit("the two decoders found different EPCs")
        mine.append(quick)
        theirs.append(slow)
        whole.append(client(data))
    ratio = statistics.median(slow / quick for quick, slow in zip(mine, theirs, strict=True))
    return Figures(*(tags / statistics.median(times) for times in (mine, whole, theirs)), ratio)


@contextlib.contextmanager
def reader_process(port: int, run: int) -> Iterator[int]:
    """Run a reader until the block ends, then kill it; give its port as soon as it listens."""
    command = [sys.executable, str(PEERS / "llrp_reader.py"), str(port), str(run)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


async def returns(kills: int) -> list[float]:
    """Return the seconds from each return of a killed reader to the first read of it."""
    with reader_process(0, 0) as port:
        url = f"llrp://127.0.0.1:{port}"
        device = llrp_device(url, name="reader", clock=lambda: time.time_ns() // 1000, rng=random.Random(4))
        reads = device.reads()
        await anext(reads)
    times = []
    for run in range(1, kills + 1):
        await asyncio.sleep(AWAY)
        with reader_process(port, run):
            begin = time.perf_counter()
            while (await anext(reads)).payload[1] != run:
                pass
            times.append(time.perf_counter() - begin)
    await device.close()
    return times


def main() -> int:
    """Print the figures; return 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tags", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--kills", type=int, default=9)
    options = parser.parse_args()
    rng, missed = random.Random(7), False
    with contextlib.closing(Sllurp(ROOT / "build/sllurp")) as peer, tempfile.TemporaryDirectory() as folder:
        for shape in SHAPES:
            for each in (1, 20):
                data = messages(shape, options.tags, each, rng)
                found = compare(peer, data, options.tags, options.rounds, Path(folder))
                missed = missed or found.ratio < FASTER
                print(
                    f"{shape.__name__:12}{each:3} a report: {found.ours:9,.0f} tags/s, sllurp {found.sllurp:7,.0f}:"
                    f" {found.ratio:.1f} times (bar {FASTER:g}); client {found.client:,.0f}",
                    flush=True,
                )
    times = asyncio.run(returns(options.kills))
    missed = missed or max(times) > BACK
    middle = statistics.median(times)
    print(
        f"killed reader read again: median {middle:.2f} s, longest {max(times):.2f} s of {len(times)} (bar {BACK:g} s)"
    )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
