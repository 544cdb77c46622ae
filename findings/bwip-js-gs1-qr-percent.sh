#!/usr/bin/env bash
# bwip-js 4.11.4 (BWIPP) draws a GS1 QR code whose lot has a % and a small letter with two of them.
#
# Seen (2026-12-01): (10)a%4 is read as a%%4 by zxing-cpp and by zbar; zint draws the same text right.  In alphanumeric
# mode % stands for the separator and must be doubled (ISO/IEC 18004 7.4.8.2); BWIPP doubles it in byte mode too, where
# it stands for itself.  (10)A%4, which fits alphanumeric mode, is right.
# Expected: the lot that was given.
# Why it matters: the lot on the label is another one than in the books, and every scanner agrees on it.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check zint-bindings==1.2.2 zxing-cpp==3.1.1 numpy==2.4.6
npm install --prefix "$dir" --silent --no-audit --no-fund --ignore-scripts bwip-js@4.11.4
cat >"$dir/draw.js" <<'JS'
const bwip = require("bwip-js");
const drawn = bwip.raw({ bcid: "gs1qrcode", text: process.argv[2] })[0];
console.log(JSON.stringify({ modules: drawn.pixs, columns: drawn.pixx }));
JS
cat >"$dir/read.py" <<'PY'
import json
import subprocess
import sys

import numpy as np
import zint
import zxingcpp

for lot in ("a%4", "A%4", "a4"):
    text = f"(01)09521141123454(10){lot}"
    made = json.loads(subprocess.run(["node", f"{sys.argv[1]}/draw.js", text], capture_output=True, check=True).stdout)
    modules = np.array(made["modules"], np.uint8).reshape(-1, made["columns"])
    by_bwip = np.pad(np.kron(1 - modules, np.ones((4, 4), np.uint8)) * 255, 30, constant_values=255)
    symbol = zint.Symbol()
    symbol.symbology, symbol.input_mode = zint.Symbology.QRCODE, zint.InputMode.GS1
    symbol.encode(text.replace("(", "[").replace(")", "]"))
    symbol.buffer()
    by_zint = np.pad(np.ascontiguousarray(np.asarray(symbol.bitmap)[..., 0]), 30, constant_values=255)
    lots = [zxingcpp.read_barcode(image).bytes[18:].decode() for image in (by_bwip, by_zint)]
    print(lot, "bwip-js", lots[0], "zint", lots[1])
PY
"$dir/venv/bin/python" "$dir/read.py" "$dir" | tee "$dir/seen"
diff "$dir/seen" - <<'SEEN'
a%4 bwip-js a%%4 zint a%4
A%4 bwip-js A%4 zint A%4
a4 bwip-js a4 zint a4
SEEN
