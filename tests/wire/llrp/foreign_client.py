"""sllurp takes an inventory: `python foreign_client.py PORT COUNT`, in an environment of sllurp's own.

It prints the reports that its callback was given as one line of JSON, and ends after COUNT of them.
"""

import json
import os
import sys
import threading

from sllurp.llrp import LLRPReaderClient, LLRPReaderConfig

port, count = map(int, sys.argv[1:])
seen: list = []
enough = threading.Event()


def take(_: object, tags: list) -> None:
    seen.extend(tags)
    if len(seen) >= count:
        enough.set()


def plain(value: object) -> object:
    """sllurp gives an EPC as the bytes of its hexadecimal text."""
    return value.decode("ascii") if isinstance(value, bytes) else value


config = LLRPReaderConfig({"antennas": [1, 2], "report_every_n_tags": 1, "start_inventory": True})
reader = LLRPReaderClient("127.0.0.1", port, config)
reader.add_tag_report_callback(take)
reader.connect()
enough.wait(30)
print(json.dumps([{name: plain(value) for name, value in tag.items()} for tag in seen[:count]]), flush=True)
os._exit(0)  # its goodbye waits for a thread of its own, now and then for ever
