#!/usr/bin/env bash
# pydifact 0.2.3 (tokenizer) takes the blank of a UNA without release character for the release character.
#
# Seen (2026-12-01): a UNA whose fourth character is a blank says that none is used (ISO 9735).  Every blank of the data
# is dropped, and a mark behind a blank is read as text, so that two segments become one.
# Expected: the texts with their blanks.
# Why it matters: lot numbers and names with blanks come out as others, and a line vanishes into the text before it.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check pydifact==0.2.3
cat > "$dir/show.py" <<'PY'
import warnings

from pydifact.parser import Parser

warnings.simplefilter("ignore")
BODY = ("UNB+UNOC:3+SENDER+RECEIVER+261201:0800+1'UNH+1+DESADV:D:96A:UN'GIN+BX+LOT 7 A'FTX+AAI+++for bay 3 'LIN+1'"
        "UNT+5+1'UNZ+1+1'")
for name, una in (("release ?", "UNA:+.? '"), ("no release", "UNA:+.  '")):
    for segment in Parser().parse(una + BODY):
        if segment.tag in ("GIN", "FTX", "LIN"):
            print(f"{name}: {segment.tag} {segment.elements}")
PY
"$dir/venv/bin/python" "$dir/show.py" | tee "$dir/seen"
diff - "$dir/seen" <<'EOT'
release ?: GIN ['BX', 'LOT 7 A']
release ?: FTX ['AAI', '', '', 'for bay 3 ']
release ?: LIN ['1']
no release: GIN ['BX', 'LOT7A']
no release: FTX ['AAI', '', '', "forbay3'LIN", '1']
EOT
