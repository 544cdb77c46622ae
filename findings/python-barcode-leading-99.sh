#!/usr/bin/env bash
# python-barcode 0.16.1 draws a Code 128 without the 99 that its text begins with.
#
# Seen (2026-12-01): Code128("9901") is read as 01, Code128("99-01-A") as -01-A; the text below the bars is right.  The
# value 99 is data in subset C and the switch to C elsewhere; an optimising step takes the first for the second.
# Expected: the text that was given.
# Why it matters: a label so printed names another item, and looks right to whoever sticks it on.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check python-barcode==0.16.1 zxing-cpp==3.1.1 numpy==2.4.6
"$dir/venv/bin/python" - <<'PY' | tee "$dir/seen"
import numpy as np
import zxingcpp
from barcode.codex import Code128

for text in ("9901", "99-01-A", "9801", "0099"):
    modules = np.array([int(module) for module in "0" * 20 + Code128(text).build()[0] + "0" * 20], np.uint8)
    image = np.tile(np.repeat((1 - modules) * 255, 3).astype(np.uint8), (60, 1))
    print(text, "is read as", [found.text for found in zxingcpp.read_barcodes(image)])
PY
diff "$dir/seen" - <<'SEEN'
9901 is read as ['01']
99-01-A is read as ['-01-A']
9801 is read as ['9801']
0099 is read as ['0099']
SEEN
