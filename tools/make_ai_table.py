"""Make `scanstation/identity/tables/ai.tsv` from the GS1 Barcode Syntax Dictionary.

    python tools/make_ai_table.py gs1-syntax-dictionary.txt [ai.tsv]

The dictionary (https://github.com/gs1/gs1-syntax-dictionary) is under the Apache License 2.0; the table is derived
from it and keeps its notice.  One line an AI (ranges are written out): AI, flags, format, attributes, title, separated
by tabs.  The notation of format and attributes is the dictionary's own.
"""

import re
import sys
from pathlib import Path

HEADER = """\
# GS1 application identifiers, one a line: AI <tab> flags <tab> format <tab> attributes <tab> title.
# Derived by tools/make_ai_table.py from the GS1 Barcode Syntax Dictionary; do not edit by hand.
# Copyright (c) 2020-2021 BWIPP project. https://bwipp.terryburton.co.uk/
# Copyright (c) 2020-2021 Zint Project. https://zint.org.uk/
# Copyright (c) 2021-2025 GS1 AISBL
# Licensed under the Apache License, Version 2.0: http://www.apache.org/licenses/LICENSE-2.0
"""

ENTRY = re.compile(
    r"(?P<first>\d{2,4})(?:-(?P<last>\d{2,4}))?\s+"
    r"(?:(?P<flags>[*!?\"$%&'()+,\-./:;<=>@\\^_`{|}~]+)\s+)?"
    r"(?P<format>\[?[NXYZ](?:\.\.)?\d+\]?(?:,\w+)*(?:\s+\[?[NXYZ](?:\.\.)?\d+\]?(?:,\w+)*)*)"
    r"(?P<attributes>(?:\s+[a-z]+(?:=[^\s#]+)?)*)\s*(?:#\s*(?P<title>.*))?"
)


def expand(dictionary: str) -> list[str]:
    """Return the table's lines, in the order of the dictionary; a line that is not understood is an error."""
    lines = []
    for number, line in enumerate(dictionary.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = ENTRY.fullmatch(line.rstrip())
        if match is None:
            raise SystemExit(f"line {number} is not an entry of the dictionary: {line}")
        first, last = match["first"], match["last"] or match["first"]
        for ai in range(int(first), int(last) + 1):
            fields = (
                str(ai).zfill(len(first)),
                match["flags"] or "",
                " ".join(match["format"].split()),
                " ".join(match["attributes"].split()),
                (match["title"] or "").strip(),
            )
            lines.append("\t".join(fields))
    return lines


def main(arguments: list[str]) -> None:
    """Read the dictionary, write the table."""
    source = Path(arguments[0])
    default = Path(__file__).resolve().parent.parent / "scanstation" / "identity" / "tables" / "ai.tsv"
    target = Path(arguments[1]) if len(arguments) > 1 else default
    lines = expand(source.read_text("utf-8"))
    target.write_text(HEADER + "\n".join(lines) + "\n", "utf-8")
    print(f"{target}: {len(lines)} application identifiers")


if __name__ == "__main__":
    main(sys.argv[1:])
