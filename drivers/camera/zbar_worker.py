"""zbar in a process of its own, run by `drivers.camera.zbar`; it needs nothing but pyzbar.

Request on standard input: width and height (two unsigned 32-bit integers, little endian), then the grey bytes, row by
row.  Answer on standard output: one line of JSON, a list of ``[type, payload as hex, [[x, y], ...]]``.  Ends with the
input; exit code 3 says that pyzbar or libzbar is not there.
"""

import json
import struct
import sys
from typing import BinaryIO

MISSING = 3
HEADER = struct.Struct("<II")


def main() -> int:
    """Answer requests until the input ends."""
    try:
        from pyzbar.pyzbar import ZBarSymbol, decode
    except ImportError:
        return MISSING
    # Left out: PDF417, which libzbar only pretends to read; GS1 DataBar Expanded, in which it takes digits behind
    # letters for letters (2Q for 21); and formats that no label of a warehouse carries.
    names = ("EAN13", "EAN8", "UPCA", "UPCE", "I25", "CODE39", "CODE93", "CODE128", "CODABAR", "DATABAR", "QRCODE")
    symbols = [ZBarSymbol[name] for name in names]
    print("ready", flush=True)
    while head := _exactly(sys.stdin.buffer, HEADER.size):
        width, height = HEADER.unpack(head)
        pixels = _exactly(sys.stdin.buffer, width * height)
        try:
            found = decode((pixels, width, height), symbols=symbols)
        except ValueError:
            # pyzbar 0.1.9 knows no name for the orientation of a QR that zbar put together from its parts.
            found = decode((pixels, width, height), symbols=[one for one in symbols if one is not ZBarSymbol.QRCODE])
        answer = [[one.type, one.data.hex(), [[p.x, p.y] for p in one.polygon]] for one in found]
        print(json.dumps(answer), flush=True)
    return 0


def _exactly(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    return data if len(data) == count else b""


if __name__ == "__main__":
    sys.exit(main())
