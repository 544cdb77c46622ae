#!/usr/bin/env bash
# libxkbcommon 1.5.0 (Debian 12, through the binding xkbcommon 1.5.1): with caps lock on, the key of µ writes nothing.
#
# Seen (2026-12-01): the symbol is raised to 0x39c, which is the code point of capital mu and no key symbol (that would
# be Greek_MU or U039C), so it has no character. ÿ and ß behind AltGr end the same way (0x178, 0x1e9e), while ẞ by name
# is written.
# Expected: µ as without caps lock, or capital mu; a key that wrote something should not fall silent.
# Why it matters: a keyboard scanner on a French host types µ as Shift and *. With caps lock on, the character is gone
# from the label without a word. Needs libxkbcommon-dev and xkb-data.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check xkbcommon==1.5.1

cat >"$dir/press.py" <<'PY'
from xkbcommon import xkb
for layout, code, altgr, shift in [("fr", 43, 0, 1), ("de", 50, 1, 0), ("tr", 31, 1, 0), ("nl", 21, 1, 0)]:
    keymap = xkb.Context().keymap_new_from_names(rules="evdev", model="pc105", layout=layout)
    held = [name for name, down in (("Mod5", altgr), ("Shift", shift)) if down]
    said = []
    for locked in ([], ["Lock"]):
        state = keymap.state_new()
        state.update_mask(sum(1 << keymap.mod_get_index(mod) for mod in held + locked), 0, 0, 0, 0, 0)
        said.append(f"{state.key_get_string(code + 8)!r} {state.key_get_one_sym(code + 8):#x}")
    print(layout, code, *said)
PY

seen=$("$dir/venv/bin/python" "$dir/press.py")
printf '%s\n' "$seen"
[ "$seen" = "fr 43 'µ' 0xb5 '' 0x39c
de 50 'µ' 0xb5 '' 0x39c
tr 31 'ß' 0xdf '' 0x1e9e
nl 21 'ÿ' 0xff '' 0x178" ]
