"""What a whole chain costs: 10,000 sites with 100,000 items each and 1e10 reads, from rates measured here.

    python bench/scale.py [--scale 1] [--partitions 8] [--spark-scales 0.1 0.4] [--shared DIR]

Runs the core on DuckDB at one scale, as one run and in parts by hash(item), each in a process of its own, and takes CPU
seconds, peak memory and bytes a row from it; and on Spark at two scales, whose difference is what a row costs without
the start-up.  Everything else is arithmetic, printed as the table of docs/scale.md.
"""

import argparse
import contextlib
import ctypes
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from reconcile import ROOT, generate

SITES, ITEMS, READS = 10_000, 100_000, 10_000_000_000
RECORDS = SITES * ITEMS
SUBREAPER = 36
"""prctl: Java goes on when the command that started it has ended, and is waited for here."""
MACHINE_CORES, MACHINE_MEMORY = 16, 64
"""The machine that the table reckons with: cores, GB of memory."""


def main() -> int:
    """Measure, reckon, print."""
    options = parse()
    with tempfile.TemporaryDirectory() as folder:
        data = generate(options.shared, Path(folder), options.scale)
        rows, size = rows_and_bytes(data)
        one = run(data, Path(folder) / "one", 1)
        parts = run(data, Path(folder) / "parts", options.partitions)
        spark = spark_slope(options, Path(folder))
    print(f"measured at {rows:,} rows: {size / rows:.1f} bytes a row")
    for name, (cpu, memory) in {"one run": one, f"{options.partitions} parts": parts}.items():
        print(f"  {name:10} {cpu / rows * 1e6:6.2f} CPU s a million rows, peak {memory:,.0f} MB")
    print(f"  Spark      {spark * 1e6:6.2f} CPU s a million rows, between scales {options.spark_scales}")
    total = READS + RECORDS
    spark_hours = spark * total / 3600
    cpu_hours = parts[0] / rows * total / 3600
    part_rows = MACHINE_MEMORY * 1024 / 2 / (one[1] / rows)
    print(f"\n| {SITES:,} sites x {ITEMS:,} items, {READS:.0e} reads | |\n| --- | --- |")
    print(f"| rows | {total:.2g} |")
    print(f"| Parquet | {size / rows * total / 1e9:,.0f} GB |")
    print(f"| DuckDB, split and run in parts | {cpu_hours:,.1f} CPU hours |")
    print(f"| one machine of {MACHINE_CORES} cores | {cpu_hours / MACHINE_CORES:,.1f} hours |")
    print(f"| parts so that one fits half of {MACHINE_MEMORY} GB | {max(1, round(total / part_rows)):,} |")
    print(f"| Spark | {spark_hours:,.0f} CPU hours |")
    print(f"| ten such machines under Spark | {spark_hours / MACHINE_CORES / 10:,.1f} hours |")
    return 0


def parse() -> argparse.Namespace:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--partitions", type=int, default=8)
    parser.add_argument("--spark-scales", type=float, nargs=2, default=[0.1, 0.4])
    shared = os.environ.get("SCANSTATION_SHARED", ROOT.parent / "shared")
    parser.add_argument("--shared", type=Path, default=Path(shared), help="folder of the shared test material")
    return parser.parse_args()


def rows_and_bytes(data: Path) -> tuple[int, int]:
    """Return the rows and the bytes of all tables."""
    import pyarrow.parquet as pq

    files = list(data.glob("*.parquet"))
    return sum(pq.ParquetFile(path).metadata.num_rows for path in files), sum(path.stat().st_size for path in files)


def spark_slope(options: argparse.Namespace, folder: Path) -> float:
    """Return the CPU seconds a row on Spark, from two runs of different size."""
    points = []
    for scale in options.spark_scales:
        data = generate(options.shared, folder, scale)
        cpu, _ = run(data, folder / f"spark-{scale}", options.partitions, "--engine", "spark")
        points.append((rows_and_bytes(data)[0], cpu))
    (fewer, cheap), (more, dear) = points
    return (dear - cheap) / (more - fewer)


def run(data: Path, out: Path, partitions: int, *more: str) -> tuple[float, float]:
    """Return the CPU seconds of one process and what it started, and its peak memory (MB)."""
    ctypes.CDLL(None).prctl(SUBREAPER, 1)
    command = [sys.executable, "-m", "scanstation", "reconcile", "--core", "--partitions", str(partitions), *more]
    with subprocess.Popen(
        [*command, "--data", str(data), "--out", str(out)], cwd=ROOT, stdout=subprocess.DEVNULL
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise SystemExit("the reconciliation failed")
    cpu = cpu_of(usage)
    with contextlib.suppress(ChildProcessError):
        while True:
            cpu += cpu_of(os.wait3(0)[2])
    return cpu, usage.ru_maxrss / 1024


def cpu_of(usage: resource.struct_rusage) -> float:
    """Return user and system seconds."""
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    raise SystemExit(main())
