"""Eight readers of 1,000 reads a second and a serial scanner at one station, run as the command that states figures."""

import json
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[3] / "bench" / "readers.py"
READERS, RATE = 8, 1_000


def test_nothing_is_lost_and_everything_counts_once(full: bool) -> None:
    seconds = 60 if full else 3
    words = ["--seconds", str(seconds), "--readers", str(READERS), "--rate", str(RATE), "--untimed", "--json"]
    done = subprocess.run([sys.executable, str(BENCH), *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)
    assert row["sent"] == READERS * RATE * seconds
    assert row["lost_reads"] == 0
    assert row["tags"] == row["tags_counted_once"] == row["tag_events"] == 250 * READERS
    assert row["scans"] == row["scans_counted"] > seconds
    assert row["sweeps"] == 1
    assert row["maps"] == {"sweep": row["tags"], "waiting": 0}
