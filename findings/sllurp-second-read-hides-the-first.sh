#!/usr/bin/env bash
# sllurp 3.0.5: of two memory reads that one AccessSpec makes of a tag only the result of the last is given.
#
# Seen (2026-12-01): a TagReportData with two C1G2ReadOpSpecResult parameters (TID and user memory, as a reader sends
# them for an AccessSpec with two C1G2Read operations) becomes one dictionary entry: the second replaces the first.
# Expected: both, as a list, or an error.
# Why it matters: a station that asks for the chip number and the user memory of a tag gets one of them, without a word.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check sllurp==3.0.5
"$dir/venv/bin/python" - <<'PY' | tee "$dir/seen"
import struct

from sllurp.llrp import LLRPMessage


def tlv(kind, *parts):
    value = b"".join(parts)
    return struct.pack(">HH", kind, 4 + len(value)) + value


def result(operation, words):
    """C1G2ReadOpSpecResult (349): success, OpSpecID, number of words, words."""
    return tlv(349, struct.pack(">BHH", 0, operation, len(words) // 2), words)


epc = b"\x8d" + bytes.fromhex("3034257bf7194e4000001a85")
for reads in ([result(1, b"\xe2\x80\x11\x60")], [result(1, b"\xe2\x80\x11\x60"), result(2, b"\xca\xfe")]):
    body = tlv(240, epc, *reads)
    message = LLRPMessage(msgbytes=struct.pack(">HII", 1 << 10 | 61, 10 + len(body), 7) + body)
    (tag,) = message.msgdict["RO_ACCESS_REPORT"]["TagReportData"]
    print(len(reads), "results sent:", {name: tag[name] for name in tag if "Result" in name})
PY
diff "$dir/seen" - <<'SEEN'
1 results sent: {'C1G2ReadOpSpecResult': {'Result': 0, 'OpSpecID': 1, 'ReadDataWordCount': 2, 'ReadData': b'\xe2\x80\x11`'}}
2 results sent: {'C1G2ReadOpSpecResult': {'Result': 0, 'OpSpecID': 2, 'ReadDataWordCount': 1, 'ReadData': b'\xca\xfe'}}
SEEN
