#!/usr/bin/env bash
# zpl-renderer-js 3.4.0: in Code 128 (^BC) a last character that stands alone is not drawn.
#
# Seen (2026-12-01): ^FD>:W, a start in subset B and one character, is drawn as an empty symbol with a right check
# character; ^FD>:ab>0c ("ab>c") is read as "ab>".  Two characters behind the code come out right.
# Expected: W, and ab>c.
# Why it matters: the symbol is sound for every scanner and says less than the label.
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
fields=('>:W' '>:WW' '>:ab>0c' '>:ab>0cd' '>;1234>6a')
node render.js "${fields[@]}"
"$dir/venv/bin/python" read.py "${fields[@]}" | tee "$dir/seen"
diff "$dir/seen" - <<'SEEN'
^FD>:W is read as []
^FD>:WW is read as [b'WW']
^FD>:ab>0c is read as [b'ab>']
^FD>:ab>0cd is read as [b'ab>cd']
^FD>;1234>6a is read as [b'1234']
SEEN
