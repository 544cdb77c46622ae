#!/usr/bin/env bash
# reportlab 5.1.0 draws DataMatrix (ECC200DataMatrix) that lacks the last character, or has a NUL more.
#
# Seen (2026-12-01): "x6?" is read as "x6", "05|5t" as "05|5t" and a NUL.  All symbols are sound for the decoder's error
# correction, and some texts come out right.
# Expected: the text that was given, or an error.
# Why it matters: the symbol of an item number names another item, and nothing tells.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  reportlab==5.1.0 pypdfium2==5.15.2 zxing-cpp==3.1.1 numpy==2.4.6
"$dir/venv/bin/python" - <<'PY' | tee "$dir/seen"
import numpy as np
import pypdfium2
import zxingcpp
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode import createBarcodeDrawing

for text in ("x6?", "05|5t", "A01-7b", "ABC123"):
    pdf = renderPDF.drawToString(createBarcodeDrawing("ECC200DataMatrix", value=text))
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=4, grayscale=True).to_numpy()
    found = zxingcpp.read_barcodes(np.pad(page, 60, constant_values=255))
    print(text, "is read as", [bytes(one.bytes) for one in found])
PY
diff "$dir/seen" - <<'SEEN'
x6? is read as [b'x6']
05|5t is read as [b'05|5t\x00']
A01-7b is read as [b'A01-7b']
ABC123 is read as [b'ABC123']
SEEN
