"""The yardstick of RFID counting, run as the command that states its figures."""

import json
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[3] / "bench" / "rfid.py"


def test_the_yardstick_is_met(full: bool) -> None:
    """Exactly right in 99, 97 and 95 % of the runs; fixed-window de-duplication is so in none."""
    seeds = "20" if full else "3"
    done = subprocess.run(
        [sys.executable, str(BENCH), "--seeds", seeds, "--json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    rows = {row["rate"]: row for row in json.loads(done.stdout)}
    assert rows.keys() == {0.95, 0.65, 0.2}
    for row in rows.values():
        assert row["window"] == 0.0
        assert row["window_per_10k"] > 50 * row["wrong_per_10k"]
        assert row["interval"] >= 0.95
    assert rows[0.95]["sweeps"] < rows[0.2]["sweeps"]


def test_presence_over_time_meets_its_bars(full: bool) -> None:
    """Fewer wrong epochs than any fixed window and than SMURF; stays told once; ghosts never."""
    seeds = "5" if full else "1"
    done = subprocess.run(
        [sys.executable, str(BENCH), "--portal", "--seeds", seeds, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    for row in rows["smoothing"]:
        if row["stay"] == 100:
            assert row["ours"] < min(row["SMURF"], row["window 1"], row["window 10"], row["window 25"])
            assert row["ours"] < 1.25 * row["limit"]
