#!/bin/sh
# Prepare a checkout: `sh setup.sh run` for the station, `sh setup.sh test` for its tests as well, `sh setup.sh lowest`
# for its tests on the lowest versions that it allows.
# It makes .venv (or .venv-lowest), installs the pinned packages and the checkout itself, and installs the system
# packages that are missing where it may (root or passwordless sudo); else it names the one command that installs them.
set -eu
cd "$(dirname "$0")"
mode=${1:-run}
venv=.venv
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "setup: Python 3.11 or newer is needed; set PYTHON=/path/to/python3" >&2; exit 1; }

# package | what it is for; without it only that is missing
runtime='libzbar0'
testing='libzbar0 chromium chromium-headless-shell fonts-dejavu-core postgresql mosquitto swig libpcsclite-dev pcscd vsmartcard-vpcd libxkbcommon-dev xkb-data libx11-data'
command -v java >/dev/null 2>&1 || testing="$testing openjdk-17-jre-headless"
command -v npm >/dev/null 2>&1 || testing="$testing nodejs npm"
case $mode in
  run) wanted=$runtime; pins='build base' ;;
  test) wanted=$testing; pins='build dev' ;;
  lowest) wanted=$testing; pins='lowest'; venv=.venv-lowest ;;
  *) echo "setup: expected 'run', 'test' or 'lowest', got '$mode'" >&2; exit 2 ;;
esac

missing=
if command -v dpkg-query >/dev/null 2>&1; then
  for package in $wanted; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
  done
fi
if [ -n "$missing" ]; then
  as_root=
  [ "$(id -u)" = 0 ] || as_root='sudo -n'
  if [ -z "$as_root" ] || $as_root true 2>/dev/null; then
    echo "setup: installing system packages:$missing"
    log=$(mktemp)
    if { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
      missing=
    else
      tail -n 5 "$log" >&2
    fi
    rm -f "$log"
  fi
  [ -z "$missing" ] || echo "setup: the station runs without them, but install these for all features: sudo apt-get install -y$missing" >&2
fi

[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
for name in $pins; do
  echo "setup: installing requirements/$name.txt"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "requirements/$name.txt"
done
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
"$venv/bin/python" -m compileall -q scanstation drivers  # as for every installed package: commands start sooner
if [ "$mode" = test ] && command -v npm >/dev/null 2>&1; then
  for folder in tests/wire/llrp tests/integration/labels tests/pictures; do
    echo "setup: installing $folder/package-lock.json"
    npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --silent || echo "setup: $folder/package.json could not be installed; the tests against it are skipped, and fail under CI=true" >&2
  done
fi
if [ "$mode" = test ] && [ ! -e build/sllurp/installed ]; then  # it is GPL: apart from ours, for one test and one bench
  echo "setup: installing tests/wire/llrp/sllurp.txt"
  { "$python" -m venv --clear build/sllurp && build/sllurp/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/wire/llrp/sllurp.txt && touch build/sllurp/installed; } || echo "setup: sllurp could not be installed; the test against it is skipped, and fails under CI=true" >&2
fi
touch "$venv/.run"
[ "$mode" = run ] || touch "$venv/.$mode"
echo "setup: ready; try $venv/bin/scanstation doctor"
