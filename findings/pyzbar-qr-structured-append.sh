#!/usr/bin/env bash
# pyzbar 0.1.9 raises ValueError on every picture with a QR code that is a part of several (structured append).
#
# Seen (2026-12-01): zbar gives the symbol that it puts together an orientation of -1; pyzbar reads it as 4294967295,
# for which its ZBarOrientation has no name, and raises.  All other symbols of the picture are lost with it.
# Expected: the text, or the other symbols alone.
# Why it matters: one such label in view, and a camera that reads by pyzbar sees nothing, or its process ends.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check pyzbar==0.1.9 zint-bindings==1.2.2 numpy==2.4.6
"$dir/venv/bin/python" - <<'PY' | tee "$dir/seen"
import numpy as np
import zint
from pyzbar.pyzbar import decode


def drawn(symbology, text, part=None):
    symbol = zint.Symbol()
    symbol.symbology, symbol.show_text, symbol.scale = symbology, False, 2
    if part:
        symbol.structapp = zint.StructApp(*part)
    symbol.encode(text)
    symbol.buffer()
    return np.pad(np.ascontiguousarray(np.asarray(symbol.bitmap)[..., 0]), 30, constant_values=255)


beside = drawn(zint.Symbology.EANX, "952114112345")
for part in (None, (1, 2, b"99")):
    qr = drawn(zint.Symbology.QRCODE, "HELLO WORLD", part)
    both = np.full((qr.shape[0] + beside.shape[0], max(qr.shape[1], beside.shape[1])), 255, np.uint8)
    both[: qr.shape[0], : qr.shape[1]], both[qr.shape[0] :, : beside.shape[1]] = qr, beside
    try:
        print(part, sorted(found.data.decode() for found in decode(both)))
    except ValueError as error:
        print(part, "ValueError:", error)
PY
diff "$dir/seen" - <<'SEEN'
None ['9521141123454', 'HELLO WORLD']
(1, 2, b'99') ValueError: 4294967295 is not a valid ZBarOrientation
SEEN
