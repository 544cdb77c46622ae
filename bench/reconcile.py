"""The whole ``scanstation reconcile`` against the best DuckDB written by hand and against pandas.

    python bench/reconcile.py [--scales 0.1 1] [--runs 5] [--shared DIR]

Every run is a process of its own, from start to exit, on the same files; the three take turns, so that a noisy
neighbour meets all of them.  Figures are medians of wall seconds.  The bar: at the greatest scale ours takes at most
1.3 times the DuckDB by hand.  Exit code 1 when the bar is missed or the answers differ.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BAR = 1.3
ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Measure, print a table, judge."""
    options = parse()
    hand = options.shared / "tools" / "best_duckdb.py"
    peers = {
        "scanstation reconcile": [
            sys.executable,
            "-m",
            "scanstation",
            "reconcile",
            "--data",
            "{data}",
            "--out",
            "{out}",
        ],
        "DuckDB by hand": [
            sys.executable,
            str(hand if hand.exists() else ROOT / "bench/peers/duckdb_by_hand.py"),
            "{data}",
        ],
        "pandas": [sys.executable, str(ROOT / "bench/peers/pandas_reconcile.py"), "{data}", "{out}"],
    }
    missed = False
    print(f"{'scale':>6}  {'':24} {'median s':>9} {'best s':>8}  ratio")
    with tempfile.TemporaryDirectory() as folder:
        for scale in options.scales:
            data = generate(options.shared, Path(folder), scale)
            seconds: dict[str, list[float]] = {name: [] for name in peers}
            for _ in range(options.runs):
                for name, command in peers.items():
                    seconds[name].append(timed(command, data, Path(folder) / f"out-{name[:6].strip()}-{scale}"))
            base = statistics.median(seconds["DuckDB by hand"])
            for name, values in seconds.items():
                median = statistics.median(values)
                print(f"{scale:>6}  {name:24} {median:9.3f} {min(values):8.3f}  {median / base:5.2f}")
            same_answers(data, Path(folder) / f"out-scanst-{scale}", Path(folder) / f"out-pandas-{scale}")
            if scale == max(options.scales) and statistics.median(seconds["scanstation reconcile"]) > BAR * base:
                missed = True
    print(f"bar at scale {max(options.scales)}: at most {BAR}, {'missed' if missed else 'met'}; answers equal")
    return int(missed)


def parse() -> argparse.Namespace:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scales", type=float, nargs="+", default=[0.1, 1.0])
    parser.add_argument("--runs", type=int, default=5)
    shared = os.environ.get("SCANSTATION_SHARED", ROOT.parent / "shared")
    parser.add_argument("--shared", type=Path, default=Path(shared), help="folder of the shared test material")
    options = parser.parse_args()
    if not (options.shared / "data" / "reconcile").is_dir():
        parser.error(f"no data generator under {options.shared}: set SCANSTATION_SHARED to the shared test material")
    return options


def generate(shared: Path, folder: Path, scale: float) -> Path:
    """Make the input files of one scale."""
    data = folder / f"data-{scale}"
    script = shared / "data" / "reconcile" / "make_reconcile_data.py"
    subprocess.run(
        [sys.executable, str(script), str(data), "--scale", str(scale), "--seed", "7"], check=True, capture_output=True
    )
    return data


def timed(command: list[str], data: Path, out: Path) -> float:
    """Return the wall seconds of one whole process."""
    words = [word.format(data=data, out=out) for word in command]
    began = time.perf_counter()
    subprocess.run(words, check=True, capture_output=True, cwd=ROOT)
    return time.perf_counter() - began


def same_answers(data: Path, ours: Path, pandas: Path) -> None:
    """Stop unless ours, the DuckDB by hand and pandas gave the same rows."""
    import pyarrow.parquet as pq

    from scanstation.reconcile import COLUMNS, fingerprint

    for name, by_hand in (("discrepancies", "best_disc"), ("items", "best_items")):
        prints = set()
        for path in (ours / f"{name}.parquet", data / f"{by_hand}.parquet", pandas / f"{name}.parquet"):
            table = pq.read_table(path, columns=list(COLUMNS[name]))
            rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
            prints.add(fingerprint([whole(value) for value in row] for row in rows))
        if len(prints) != 1:
            raise SystemExit(f"{name}: the answers differ")


def whole(value: object) -> object:
    """Return a whole number that Parquet holds as a float (128-bit sums of DuckDB) as what it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


if __name__ == "__main__":
    raise SystemExit(main())
