#!/usr/bin/env bash
# zxing-cpp 3.1.1 gives Python a part of a text that is spread over several symbols as if it were all of it.
#
# Seen (2026-12-01): the first of three QR codes, DataMatrix or MaxiCode symbols (structured append) comes with its
# piece of the text, valid, and nothing in text, format, identifier or extra that differs from a whole symbol.  The
# library knows index, count and group; the Python binding has no name for them.  Aztec shows it in the AIM identifier,
# PDF417 in a FileId of extra.
# Expected: the part's number beside its text, as the C++ interface gives it.
# Why it matters: a piece of an article number, or of a list of serials, is booked as the whole.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check zint-bindings==1.2.2 zxing-cpp==3.1.1 numpy==2.4.6
"$dir/venv/bin/python" - <<'PY' | tee "$dir/seen"
import numpy as np
import zint
import zxingcpp


def said(name, part):
    symbol = zint.Symbol()
    symbol.symbology, symbol.show_text, symbol.scale = getattr(zint.Symbology, name), False, 2
    if part is not None:
        symbol.structapp = zint.StructApp(1, 3, part)
    symbol.encode("ABC-12")
    symbol.buffer()
    image = np.pad(np.ascontiguousarray(np.asarray(symbol.bitmap)[..., 0]), 30, constant_values=255)
    found = zxingcpp.read_barcode(image)
    keys = sorted(set(found.extra) - {"DataMask", "Version", "UEC", "ECLevel"})
    return found.text, found.valid, str(found.format), found.symbology_identifier, keys


for name, group in (("QRCODE", b"99"), ("DATAMATRIX", b"007042"), ("MAXICODE", b""), ("AZTEC", b""), ("PDF417", b"123")):
    print(name, "told" if said(name, None) != said(name, group) else "not told", said(name, group))
PY
diff "$dir/seen" - <<'SEEN'
QRCODE not told ('ABC-12', True, 'QR Code', ']Q1', [])
DATAMATRIX not told ('ABC-12', True, 'Data Matrix', ']d1', [])
MAXICODE not told ('ABC-12', True, 'MaxiCode', ']U0', [])
AZTEC told ('ABC-12', True, 'Aztec', ']z6', [])
PDF417 told ('ABC-12', True, 'PDF417', ']L2', ['FileId'])
SEEN
