#!/usr/bin/env bash
# pyx12 4.0.0 (X12Reader) reads all interchanges of a file with the delimiters of the first one.
#
# Seen (2026-12-01): a second interchange with another segment terminator is passed over, and the list of errors stays
# empty; one with another element separator comes as segments without elements.
# Expected: both interchanges, each with the delimiters that its ISA segment declares, or an error.
# Why it matters: a file of a day's ship notices from a mailbox holds those of several senders; the station would book
# the first sender's pallets and know nothing of the others.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q --disable-pip-version-check pyx12==4.0.0
cat > "$dir/show.py" <<'PY'
import io

from pyx12.x12file import X12Reader


def interchange(number, element, end):
    isa = ["ISA", "00", " " * 10, "00", " " * 10, "ZZ", "S".ljust(15), "ZZ", "R".ljust(15), "261201", "0800"]
    isa += ["U", "00401", f"{number:09}", "0", "P", ">"]
    rest = ["GS*SH*S*R*20261201*0800*1*X*004010", "ST*856*0001", f"BSN*00*SHIP{number}*20261201*0800", "HL*1**S",
            "SE*4*0001", "GE*1*1", f"IEA*1*{number:09}"]
    return "".join(segment + end for segment in (element.join(isa), *(text.replace("*", element) for text in rest)))


for name, element, end in (("same", "*", "~"), ("other terminator", "*", "'"), ("other separator", "|", "~")):
    reader = X12Reader(io.StringIO(interchange(1, "*", "~") + interchange(2, element, end)))
    notices = [segment.get_value("BSN02") for segment in reader if segment.get_seg_id() == "BSN"]
    print(f"{name}: {notices}, {'errors' if reader.pop_errors() else 'no errors'}")
PY
"$dir/venv/bin/python" "$dir/show.py" | tee "$dir/seen"
diff - "$dir/seen" <<'EOT'
same: ['SHIP1', 'SHIP2'], no errors
other terminator: ['SHIP1'], no errors
other separator: ['SHIP1'], errors
EOT
