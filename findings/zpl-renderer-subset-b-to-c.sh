#!/usr/bin/env bash
# zpl-renderer-js 3.4.0: a Code 128 that switches from subset B to C by >5 in mode N (^BC) is drawn as another text.
#
# Seen (2026-12-01): ^FD>:99>512345678 ("99" in subset B, then 12345678 in C) is read as 99, the letter with the code
# B1, 2345678.  A start in C and a switch from C to B (>6) are right, and so is mode A, which chooses subsets itself.
# Expected: 9912345678; >5 is the switch to subset C in the table of invocation codes of ^BC.
# Why it matters: a preview or a print service on this renderer shows a label that a scanner reads as another number.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check zxing-cpp==3.1.1 numpy==2.4.6 pillow==13.0.0
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts zpl-renderer-js@3.4.0 >/dev/null
cat >render.js <<'JS'
const { ready } = require("zpl-renderer-js");
ready.then(async ({ api }) => {
  for (const [place, field] of process.argv.slice(2).entries()) {
    const zpl = `^XA^FO20,20^BY2^BCN,100,N,N,N,N^FD${field}^FS^XZ`;
    require("fs").writeFileSync(`${place}.png`, Buffer.from(await api.zplToBase64Async(zpl, 60, 20, 8), "base64"));
  }
  process.exit(0);
});
JS
cat >read.py <<'PY'
import sys

import numpy as np
import zxingcpp
from PIL import Image

for place, field in enumerate(sys.argv[1:]):
    image = np.asarray(Image.open(f"{place}.png").convert("L"))
    print("^FD" + field, "is read as", [bytes(found.bytes) for found in zxingcpp.read_barcodes(image)])
PY
fields=('>:99>512345678' '>:AB>51234' '>;1234>6ab' '>:AB1234')
node render.js "${fields[@]}"
"$dir/venv/bin/python" read.py "${fields[@]}" | tee "$dir/seen"
diff "$dir/seen" - <<'SEEN'
^FD>:99>512345678 is read as [b'99\xb12345678']
^FD>:AB>51234 is read as [b'AB\xb1234']
^FD>;1234>6ab is read as [b'1234ab']
^FD>:AB1234 is read as [b'AB1234']
SEEN
