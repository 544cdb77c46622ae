#!/usr/bin/env bash
# pydifact 0.2.3 (parser) loses an interchange that stands before one with a UNA of its own.
#
# Seen (2026-12-01): where a file without a UNA at its beginning holds one further on, everything before it is dropped
# without a word: of two interchanges, the second of which declares its marks, the second comes out alone.
# Expected: both interchanges, each with its own marks (ISO 9735 allows a UNA before every UNB), or an error.
# Why it matters: a station that fills the contents of pallets from a day's despatch advices misses whole deliveries.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check pydifact==0.2.3
cat > "$dir/show.py" <<'PY'
import warnings

from pydifact.parser import Parser

warnings.simplefilter("ignore")


def interchange(reference):
    return (f"UNB+UNOC:3+SENDER+RECEIVER+261201:0800+{reference}'UNH+1+DESADV:D:96A:UN'BGM+351+DES{reference}+9'"
            f"UNT+3+1'UNZ+1+{reference}'")


def advices(text):
    return [segment.elements[1] for segment in Parser().parse(text) if segment.tag == "BGM"]


print("two, no UNA:", advices(interchange(1) + interchange(2)))
print("two, UNA before the second:", advices(interchange(1) + "UNA:+.? '" + interchange(2)))
PY
"$dir/venv/bin/python" "$dir/show.py" | tee "$dir/seen"
diff - "$dir/seen" <<'EOT'
two, no UNA: ['DES1', 'DES2']
two, UNA before the second: ['DES2']
EOT
