#!/usr/bin/env bash
# OpenCV 5.0.0 (opencv-python-headless 5.0.0.93): BarcodeDetector finds no EAN-13 that fills much of the picture.
#
# Seen (2026-12-01): a clean EAN-13 of 3 pixels a module is not found with its quiet zone of 11 modules, nor with 40
# white modules around it, and is found with 80.
# Expected: bars with the quiet zone of the standard (11 modules left, 7 right) are found.
# Why it matters: a crop of a label, or a label held close to the camera, is what such a detector is given.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  opencv-python-headless==5.0.0.93 python-barcode==0.16.1 zxing-cpp==3.1.1 numpy==2.4.6
"$dir/venv/bin/python" - <<'PY' | tee "$dir/seen"
import cv2
import numpy as np
import zxingcpp
from barcode.ean import EuropeanArticleNumber13

modules = np.array([int(module) for module in EuropeanArticleNumber13("8981053025511").build()[0]], np.uint8)
for white in (11, 40, 80):
    bars = np.tile(np.repeat((1 - modules) * 255, 3).astype(np.uint8), (120, 1))
    image = np.pad(bars, white * 3, constant_values=255)
    text = cv2.barcode.BarcodeDetector().detectAndDecodeWithType(image)[1]
    print(white, "white modules around: OpenCV", text, "zxing", [one.text for one in zxingcpp.read_barcodes(image)])
PY
diff "$dir/seen" - <<'SEEN'
11 white modules around: OpenCV () zxing ['8981053025511']
40 white modules around: OpenCV () zxing ['8981053025511']
80 white modules around: OpenCV ('8981053025511',) zxing ['8981053025511']
SEEN
