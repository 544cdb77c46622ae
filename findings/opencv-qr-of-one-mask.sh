#!/usr/bin/env bash
# OpenCV 5.0.0 (opencv-python-headless 5.0.0.93): QRCodeDetector does not find a clean QR code at any size.
#
# Seen (2026-12-01): a QR of version 2, level M, without noise, with a quiet zone of 8 modules, drawn with data mask 0, is
# not detected with 3 to 13 pixels a module; the same text with mask 1 to 7 is, and QRCodeDetectorAruco reads all of
# them.
# Expected: a symbol without any distortion is found whatever its mask.
# Why it matters: a station that reads by this detector alone never reads such a label, however it is held.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check \
  opencv-python-headless==5.0.0.93 zxing-cpp==3.1.1 numpy==2.4.6
"$dir/venv/bin/python" - <<'PY' | tee "$dir/seen"
import cv2
import numpy as np
import zxingcpp

TEXT = "eFJ55eOTI7C0O7F7pL9X4k"
for mask in range(8):
    made = zxingcpp.create_barcode(TEXT, zxingcpp.BarcodeFormat.QRCode, ec_level="M", data_mask=mask)
    modules = np.array(zxingcpp.write_barcode_to_image(made, scale=1, add_quiet_zones=False))
    read = {"QRCodeDetector": 0, "QRCodeDetectorAruco": 0}
    for size in (3, 4, 6, 8, 10, 13):
        image = np.pad(np.kron(modules, np.ones((size, size), np.uint8)), 8 * size, constant_values=255)
        for name in read:
            read[name] += getattr(cv2, name)().detectAndDecode(image)[0] == TEXT
    print("mask", mask, "read at so many of 6 sizes:", read)
PY
diff "$dir/seen" - <<'SEEN'
mask 0 read at so many of 6 sizes: {'QRCodeDetector': 0, 'QRCodeDetectorAruco': 6}
mask 1 read at so many of 6 sizes: {'QRCodeDetector': 6, 'QRCodeDetectorAruco': 6}
mask 2 read at so many of 6 sizes: {'QRCodeDetector': 6, 'QRCodeDetectorAruco': 6}
mask 3 read at so many of 6 sizes: {'QRCodeDetector': 6, 'QRCodeDetectorAruco': 6}
mask 4 read at so many of 6 sizes: {'QRCodeDetector': 6, 'QRCodeDetectorAruco': 6}
mask 5 read at so many of 6 sizes: {'QRCodeDetector': 6, 'QRCodeDetectorAruco': 6}
mask 6 read at so many of 6 sizes: {'QRCodeDetector': 6, 'QRCodeDetectorAruco': 6}
mask 7 read at so many of 6 sizes: {'QRCodeDetector': 6, 'QRCodeDetectorAruco': 6}
SEEN
