#!/usr/bin/env bash
# zbar (libzbar0 of Debian, by pyzbar 0.1.9) reads a Code 128 with FNC4 as other letters of ASCII, without a word.
#
# Seen (2026-12-01): "Grüße" drawn by zint is read as "Gr|_e", "Tür 5" as "T|r 5".  FNC4 says that the next character
# has 128 added (ISO/IEC 15417 4.3.4.2); zbar passes over it.
# Expected: the letters that were drawn, or nothing.
# Why it matters: the reading is sound by its check character, looks like any article number, and names another one.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check pyzbar==0.1.9 zint-bindings==1.2.2 zxing-cpp==3.1.1 numpy==2.4.6
"$dir/venv/bin/python" - <<'PY' | tee "$dir/seen"
import numpy as np
import zint
import zxingcpp
from pyzbar.pyzbar import ZBarSymbol, decode

for text in ("Grüße", "Tür 5", "Tuer 5"):
    symbol = zint.Symbol()
    symbol.symbology, symbol.input_mode, symbol.show_text = zint.Symbology.CODE128, zint.InputMode.UNICODE, False
    symbol.encode(text)
    symbol.buffer()
    image = np.pad(np.ascontiguousarray(np.asarray(symbol.bitmap)[..., 0]), 30, constant_values=255)
    by_zbar = [found.data.decode() for found in decode(image, [ZBarSymbol.CODE128])]
    by_zxing = [found.bytes.decode("latin-1") for found in zxingcpp.read_barcodes(image, zxingcpp.Code128)]
    print(text, "zbar", by_zbar, "zxing-cpp", by_zxing)
PY
diff "$dir/seen" - <<'SEEN'
Grüße zbar ['Gr|_e'] zxing-cpp ['Grüße']
Tür 5 zbar ['T|r 5'] zxing-cpp ['Tür 5']
Tuer 5 zbar ['Tuer 5'] zxing-cpp ['Tuer 5']
SEEN
