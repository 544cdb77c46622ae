#!/usr/bin/env bash
# libx11-data 1.8.4 (compose table en_US.UTF-8, through libxkbcommon 1.5.0 and xkbcommon 1.5.1): a dead key has two
# accents.
#
# Seen (2026-12-01): acute and a space are ' and diaeresis and a space are ", two signs of ASCII that have keys of
# their own, while the key pressed twice is ´ and ¨.
# Expected: one accent for one dead key, as circumflex, grave and tilde have, and as Windows writes ´ and ¨ both times.
# Why it matters: on a German Linux host the ' from Shift and # is the | of a scanner with US keys, and the ' from the
# dead key is its = and space: two labels arrive as one text. On a French host the 3 and { with a space are both ".
# Needs libxkbcommon-dev, xkb-data and libx11-data.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check xkbcommon==1.5.1

cat >"$dir/compose.py" <<'PY'
from xkbcommon import xkb
table = xkb.Context().compose_table_new_from_locale("en_US.UTF-8")
for accent in ("acute", "diaeresis", "circumflex", "grave", "tilde"):
    said = []
    for second in (f"dead_{accent}", "space"):
        state = table.compose_state_new()
        for name in (f"dead_{accent}", second):
            state.feed(xkb.keysym_from_name(name))
        said.append(state.get_utf8())
    print(accent, *said)
PY

seen=$("$dir/venv/bin/python" "$dir/compose.py")
printf '%s\n' "$seen"
[ "$seen" = "acute ´ '
diaeresis ¨ \"
circumflex ^ ^
grave \` \`
tilde ~ ~" ]
