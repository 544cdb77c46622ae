"""Records what chainway-serial says to our simulated reader, and what it makes of our bytes, into recorded.json.

chainway-serial 0.2.3 asks for Python 3.14, which this project does not; it runs on 3.13 as well:

    python3.13 -m venv peer && peer/bin/pip install --ignore-requires-python chainway-serial==0.2.3
    python tests/wire/chainway/record.py peer/bin/python
"""

import asyncio
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from drivers.protocols.chainway import ChainwayProtocol
from drivers.simulators.base import Delivery
from drivers.simulators.chainway_module import ChainwayModule

HERE = Path(__file__).resolve().parent
RECORDED = HERE / "recorded.json"
TAGS = [
    Delivery(bytes.fromhex("3034257bf7194e4000001a85"), epc=True, rssi_dbm=-57.3, antenna=1),
    Delivery(bytes.fromhex("e2806894000040017790e471"), epc=True, rssi_dbm=-30.0, antenna=2,
             tid=bytes.fromhex("e280116020007d3b8a4b0a11"), user=bytes.fromhex("cafe0102deadbeef")),
    Delivery(bytes.fromhex("36300b16f9b0c9b4000000000000000000000000000000000000"), epc=True, rssi_dbm=-71.9,
             antenna=3, tid=bytes.fromhex("e2801191a5030065f26ccbff")),
    Delivery(bytes.fromhex("8a450224"), epc=True, rssi_dbm=-0.1, antenna=16),
]  # fmt: skip


def records() -> list[str]:
    """Tag records as the reader sends them in its three modes, with the seed of the file."""
    chance, found = random.Random(4), []
    for number in range(60):
        words = chance.randint(1, 13)
        tid = chance.randbytes(12) if number % 3 else b""
        user = chance.randbytes(2 * chance.randint(1, 8)) if number % 3 == 2 else b""
        rssi = chance.choice((-1, -2001, 7, chance.randint(-1200, -200))).to_bytes(2, "big", signed=True)
        head = bytes([words << 3 | chance.choice((0, 4)), 0]) + chance.randbytes(2 * words)
        found.append((head + tid + user + rssi + bytes([chance.randint(1, 16)])).hex())
    return found


def words() -> list[str]:
    """What our driver says to a reader."""
    protocol = ChainwayProtocol(power=26.5, blocks="user", user_words=2)
    return [word.hex() for word in (*protocol.connected(), *protocol.closing())]


async def record(python: str) -> dict[str, object]:
    module, host, reader = ChainwayModule(), [], []

    async def serve(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        told = False
        while data := await incoming.read(4096):
            host.append(data.hex())
            said = module.hear(data)
            if module.free and not told:
                told, said = True, [*said, *map(module.frame, TAGS)]
            reader.append(b"".join(said).hex())
            outgoing.write(b"".join(said))
        outgoing.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as given:
        json.dump({"words": words(), "records": records(), "tags": len(TAGS)}, given)
        given.flush()
        command = [python, str(HERE / "peer.py"), str(port), given.name]
        printed = await asyncio.to_thread(subprocess.check_output, command, text=True, timeout=60)
    server.close()
    return {**json.loads(printed), "host": host, "reader": reader}


if __name__ == "__main__":
    RECORDED.write_text(json.dumps(asyncio.run(record(sys.argv[1])), indent=1) + "\n", "utf-8")
