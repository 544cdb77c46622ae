"""sllurp decodes a file of LLRP messages; `bench/llrp.py` runs this in an environment of sllurp's own.

Each line of standard input names a file; each is answered by one line of JSON: ``tags``, ``epcs`` (SHA-256 of all EPCs
in order, as hexadecimal text) and ``seconds`` of CPU time.
"""

import hashlib
import json
import sys
import time
from pathlib import Path

from sllurp.llrp import LLRPMessage


def decode(data: bytes) -> list[dict]:
    """Return the TagReportData of every message, as sllurp's own client has them."""
    found, at = [], 0
    while at < len(data):
        stop = at + int.from_bytes(data[at + 2 : at + 6], "big")
        message = LLRPMessage(msgbytes=data[at:stop])
        found += message.msgdict["RO_ACCESS_REPORT"]["TagReportData"]
        at = stop
    return found


for line in sys.stdin:
    content = Path(line.strip()).read_bytes()
    begin = time.process_time()
    tags = decode(content)
    seconds = time.process_time() - begin
    digest = hashlib.sha256(b"".join(tag["EPC"] for tag in tags)).hexdigest()
    print(json.dumps({"tags": len(tags), "epcs": digest, "seconds": seconds}), flush=True)
