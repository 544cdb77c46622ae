"""What chainway-serial makes of a reader and of bytes, as JSON; it runs in an environment of its own (record.py).

    python peer.py PORT BYTES.json

BYTES.json: ``words`` (frames of a host) and ``records`` (tag records) in hex.
"""

import asyncio
import json
import sys
from contextlib import aclosing
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from chainway_serial import ChainwayClient
from chainway_serial.exceptions import ChainwayError
from chainway_serial.frames import parse_frame
from chainway_serial.models import InventoryMode, Tag
from chainway_serial.parsers import parse_tag_record


def shown(tag: Tag) -> dict[str, object]:
    fields = asdict(tag)
    fields.pop("received_at")
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in fields.items()}


def record_of(record: bytes) -> dict[str, object]:
    try:
        return shown(parse_tag_record(record, with_antenna=True, received_at=datetime.now(UTC)))
    except ChainwayError as error:
        return {"error": type(error).__name__}


async def converse(port: int, tags: int) -> dict[str, object]:
    async with ChainwayClient(f"socket://127.0.0.1:{port}") as client:
        saw: dict[str, object] = {"version": str(await client.get_version())}
        saw["antennas"] = list((await client.get_antenna_connection_state()).connected)
        for antenna in range(1, 5):
            await client.set_rf_power(26.5, antenna=antenna, save=False)
        saw["power"] = [asdict(one) for one in await client.get_rf_power()]
        await client.set_inventory_mode(InventoryMode.EPC_TID_USER, user_length=2, save=False)
        saw["mode"] = asdict(await client.get_inventory_mode())
        saw["temperature"] = await client.get_temperature()
        saw["single"] = await client.single_inventory()
        seen = []
        async with aclosing(client.inventory()) as sightings:
            async for tag in sightings:
                seen.append(shown(tag))
                if len(seen) == tags:
                    break
        return saw | {"tags": seen}


def main() -> None:
    given = json.loads(Path(sys.argv[2]).read_text("ascii"))
    words = [parse_frame(bytes.fromhex(word)) for word in given["words"]]
    print(
        json.dumps(
            {
                "made_by": {name: version(name) for name in ("chainway-serial", "serialx")},
                "words": [[command, payload.hex()] for command, payload in words],
                "records": [record_of(bytes.fromhex(record)) for record in given["records"]],
                "saw": asyncio.run(converse(int(sys.argv[1]), given["tags"])),
            }
        )
    )


main()
