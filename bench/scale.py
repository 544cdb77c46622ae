"""What a whole chain costs: 10,000 sites with 100,000 items each and 1e10 reads, from rates measured here.

    python bench/scale.py [--scale 1] [--partitions 8] [--shared DIR]

Runs the core on DuckDB at one scale, as one run and in parts by hash(item), each in a process of its own, and takes CPU
seconds, peak memory and bytes a row from it.  Everything else is arithmetic, printed as the table of docs/scale.md.
"""

import argparse
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
SPARK_SLOPE = 6.9 / 1.1
"""CPU seconds a row on Spark, in those of DuckDB: measured on the same buckets of the same rows."""
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
    print(f"measured at {rows:,} rows: {size / rows:.1f} bytes a row")
    for name, (cpu, memory) in {"one run": one, f"{options.partitions} parts": parts}.items():
        print(f"  {name:10} {cpu / rows * 1e6:6.2f} CPU s a million rows, peak {memory:,.0f} MB")
    total = READS + RECORDS
    cpu_hours = parts[0] / rows * total / 3600
    part_rows = MACHINE_MEMORY * 1024 / 2 / (one[1] / rows)
    print(f"\n| {SITES:,} sites x {ITEMS:,} items, {READS:.0e} reads | |\n| --- | --- |")
    print(f"| rows | {total:.2g} |")
    print(f"| Parquet | {size / rows * total / 1e9:,.0f} GB |")
    print(f"| DuckDB, split and run in parts | {cpu_hours:,.1f} CPU hours |")
    print(f"| one machine of {MACHINE_CORES} cores | {cpu_hours / MACHINE_CORES:,.1f} hours |")
    print(f"| parts so that one fits half of {MACHINE_MEMORY} GB | {max(1, round(total / part_rows)):,} |")
    print(f"| Spark | {cpu_hours * SPARK_SLOPE:,.0f} CPU hours |")
    print(f"| ten such machines under Spark | {cpu_hours * SPARK_SLOPE / MACHINE_CORES / 10:,.1f} hours |")
    return 0


def parse() -> argparse.Namespace:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--partitions", type=int, default=8)
    shared = os.environ.get("SCANSTATION_SHARED", ROOT.parent / "shared")
    parser.add_argument("--shared", type=Path, default=Path(shared), help="folder of the shared test material")
    return parser.parse_args()


def rows_and_bytes(data: Path) -> tuple[int, int]:
    """Return the rows and the bytes of all tables."""
    import pyarrow.parquet as pq

    files = list(data.glob("*.parquet"))
    return sum(pq.ParquetFile(path).metadata.num_rows for path in files), sum(path.stat().st_size for path in files)


def run(data: Path, out: Path, partitions: int) -> tuple[float, float]:
    """Return the CPU seconds and the peak memory (MB) of one process."""
    command = [sys.executable, "-m", "scanstation", "reconcile", "--core", "--partitions", str(partitions)]
    with subprocess.Popen(
        [*command, "--data", str(data), "--out", str(out)], cwd=ROOT, stdout=subprocess.DEVNULL
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise SystemExit("the reconciliation failed")
    return cpu_of(usage), usage.ru_maxrss / 1024


def cpu_of(usage: resource.struct_rusage) -> float:
    """Return user and system seconds."""
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    raise SystemExit(main())
