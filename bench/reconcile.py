"""``scanstation reconcile`` against the DuckDB that an expert writes by hand, pandas, and the limit of the machine.

    python bench/reconcile.py [--scales 1 4] [--runs 5] [--shared DIR] [--own-yardstick] [--no-pandas]

Every run is a process of its own, from start to exit, on the same files; they take turns, so that a noisy neighbour
meets all of them.  Figures are medians of wall seconds and of the peak of resident memory.  The DuckDB by hand and the
limit are those of the shared test material (tools/best_duckdb.py): the limit reads every column of every table and
groups the tagged reads once.  ``--own-yardstick`` takes bench/peers/duckdb_by_hand.py, which is a little quicker in
both.  The bars, at every scale of 1 and more: the core (to the
promises) takes at most 1.25 times the DuckDB by hand, 2.5 times the limit and 1.2 times the memory of the first; causes
and consequences together at most 3 times the core.  Exit code 1 when a bar is missed or the answers differ.
"""

import argparse
import compileall
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
YARDSTICK = Path("tools/best_duckdb.py")
CORE, FULL, HAND, LIMIT, PANDAS = "core", "full", "DuckDB by hand", "limit", "pandas"
BARS = (
    ("seconds", CORE, HAND, 1.25),
    ("seconds", CORE, LIMIT, 2.5),
    ("memory", CORE, HAND, 1.2),
    ("seconds", FULL, CORE, 3.0),
)


def main() -> int:
    """Measure, print a table, judge."""
    options = parse()
    ours = [sys.executable, "-m", "scanstation", "reconcile", "--data", "{data}", "--out", "{out}"]
    yardstick = ROOT / "bench/peers/duckdb_by_hand.py" if options.own_yardstick else options.shared / YARDSTICK
    by_hand = [sys.executable, str(yardstick), "{data}"]
    for package in ("scanstation", "drivers"):  # as an installation does it
        compileall.compile_dir(ROOT / package, quiet=1)
    commands = {CORE: [*ours, "--core"], FULL: ours, HAND: by_hand, LIMIT: [*by_hand, "limit"]}
    if not options.no_pandas:
        commands[PANDAS] = [sys.executable, str(ROOT / "bench/peers/pandas_reconcile.py"), "{data}", "{out}"]
    missed = []
    print(f"{'scale':>6}  {'':16} {'median s':>9} {'best s':>8} {'peak MB':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for scale in options.scales:
            data = generate(options.shared, Path(folder), scale)
            outs = {name: Path(folder) / f"{name.replace(' ', '-')}-{scale}" for name in commands}
            runs: dict[str, list[tuple[float, int]]] = {name: [] for name in commands}
            for _ in range(options.runs):
                for name, command in commands.items():
                    runs[name].append(measured(command, data, outs[name]))
            medians = {"seconds": middle(runs, 0), "memory": middle(runs, 1)}
            for name, values in runs.items():
                best = min(seconds for seconds, _ in values)
                seconds, memory = medians["seconds"][name], medians["memory"][name] / 1024
                print(f"{scale:>6}  {name:16} {seconds:9.3f} {best:8.3f} {memory:8.0f}")
            same_answers(data, [outs[CORE], outs[FULL], *([outs[PANDAS]] if PANDAS in outs else [])])
            for what, mine, peer, bar in BARS:
                ratio = medians[what][mine] / medians[what][peer]
                verdict = "met" if ratio <= bar else "missed"
                print(f"{scale:>6}  {what} of {mine} / {peer}: {ratio:.2f}, at most {bar}: {verdict}")
                if ratio > bar and scale >= 1:
                    missed.append((scale, what, mine, peer))
            shutil.rmtree(data)
    print("answers equal; " + ("every bar met" if not missed else f"{len(missed)} bars missed"))
    return int(bool(missed))


def parse() -> argparse.Namespace:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scales", type=float, nargs="+", default=[1.0, 4.0])
    parser.add_argument("--runs", type=int, default=5)
    shared = os.environ.get("SCANSTATION_SHARED", ROOT.parent / "shared")
    parser.add_argument("--shared", type=Path, default=Path(shared), help="folder of the shared test material")
    parser.add_argument("--own-yardstick", action="store_true", help="hold against the DuckDB by hand of this project")
    parser.add_argument("--no-pandas", action="store_true", help="leave pandas out: at scale 4 it needs minutes")
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


def measured(command: list[str], data: Path, out: Path) -> tuple[float, int]:
    """Return the wall seconds and the peak of resident memory (KiB) of one whole process."""
    words = [word.format(data=data, out=out) for word in command]
    began = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(words)}: exit code {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - began, usage.ru_maxrss


def middle(runs: dict[str, list[tuple[float, int]]], place: int) -> dict[str, float]:
    """Return the median of one figure of every command."""
    return {name: statistics.median(values[place] for values in values_of) for name, values_of in runs.items()}


def same_answers(data: Path, outs: list[Path]) -> None:
    """Stop unless every output and the DuckDB by hand gave the same rows."""
    import pyarrow.parquet as pq

    from scanstation.reconcile import COLUMNS, fingerprint

    for name, by_hand in (("discrepancies", "best_disc"), ("items", "best_items")):
        prints = set()
        for path in (data / f"{by_hand}.parquet", *(out / f"{name}.parquet" for out in outs)):
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
