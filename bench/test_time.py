"""What the tests of an earlier build cost there, and what the same tests cost now: both run here, one after the other.

    python bench/test_time.py [--commit 3ba399e] [--workers 2] [--bar 0.667] [--only test|proof]

The earlier commit is checked out beside this one and runs its own tests on its own code; then this checkout runs the
same test functions, with all parameters that they have now.  `test` is what `make test` runs without its checks,
`proof` what `make proof` runs.  Both use the packages that are installed here.  Seconds are wall time with so many
workers; CPU seconds hold all processes that the tests start.  It takes as long as both take: an hour on two cores.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "bench" / "peers"
MODES = {"test": [], "proof": ["-m", "counted", "--timeout", "1500"]}
NODE = "tests/wire/llrp/node_modules"


@dataclass(frozen=True)
class Cost:
    """Seconds of one run, and what pytest says at its end."""

    wall: float
    cpu: float
    words: str
    exit: int


def main() -> int:
    """Run the four, print the shares."""
    options = parse()
    modes = [options.only] if options.only else list(MODES)
    worst, broken = 0.0, False
    with tempfile.TemporaryDirectory() as folder, checkout(options.commit, Path(folder) / "earlier") as earlier:
        for mode in modes:
            names = Path(folder) / f"{mode}.txt"
            names.write_text("\n".join(functions(earlier, mode)), "utf-8")
            before = run(earlier, mode, options.workers, names)
            print(
                f"{mode:6} {options.commit}: {before.wall:7.1f} s, {before.cpu:7.1f} CPU s  {before.words}", flush=True
            )
            now = run(ROOT, mode, options.workers, names)
            print(f"{mode:6} here   : {now.wall:7.1f} s, {now.cpu:7.1f} CPU s  {now.words}", flush=True)
            gone = sorted(set(names.read_text("utf-8").split("\n")) - set(functions(ROOT, mode)))
            print(f"       {now.wall / before.wall:.3f} of the time, {now.cpu / before.cpu:.3f} of the CPU time")
            print(
                f"       {len(gone)} of those functions are gone here" + "".join(f"\n         {name}" for name in gone)
            )
            worst = max(worst, now.wall / before.wall)
            broken = broken or bool(before.exit or now.exit)
    print(f"{'met' if worst <= options.bar else 'missed'}: bar {options.bar}")
    return int(broken or worst > options.bar)


def parse() -> argparse.Namespace:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commit", default="3ba399e")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--bar", type=float, default=0.667)
    parser.add_argument("--only", choices=list(MODES))
    return parser.parse_args()


@contextmanager
def checkout(commit: str, folder: Path) -> Iterator[Path]:
    """The tree of a commit, with what this checkout has installed for the tests."""
    git = ["git", "-C", str(ROOT), "worktree"]
    subprocess.run([*git, "add", "--quiet", "--detach", str(folder), commit], check=True)
    try:
        (folder / NODE).symlink_to(ROOT / NODE)
        yield folder
    finally:
        subprocess.run([*git, "remove", "--force", str(folder)], check=True)


def functions(tree: Path, mode: str) -> list[str]:
    """The test functions that a mode runs in a tree."""
    command = [*pytest(mode), "--collect-only", "-qq", "--no-header"]
    text = subprocess.run(
        command, cwd=tree, env=environment(tree, mode), capture_output=True, text=True, check=False
    ).stdout
    return sorted({line.split("[", 1)[0] for line in text.splitlines() if "::" in line})


def run(tree: Path, mode: str, workers: int, names: Path) -> Cost:
    """Run the functions that a file names."""
    command = [*pytest(mode), "-p", "same_tests", "-n", str(workers), "--dist", "worksteal", "-q"]
    env = environment(tree, mode) | {"SCANSTATION_SAME_TESTS": str(names)}
    env["PYTHONPATH"] += os.pathsep + str(PEERS)
    begun, before = time.monotonic(), os.times()
    done = subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True, check=False)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    words = next((line for line in reversed(done.stdout.splitlines()) if re.search(r"\d+ passed|error", line)), "")
    if done.returncode:
        print("\n".join(line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))))
    return Cost(time.monotonic() - begun, cpu, words.strip("= "), done.returncode)


def pytest(mode: str) -> list[str]:
    """How a mode calls pytest."""
    return [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *MODES[mode]]


def environment(tree: Path, mode: str) -> dict[str, str]:
    """The environment of a run: its own code, the shared material of this checkout, nothing skipped for want of it."""
    shared = os.environ.get("SCANSTATION_SHARED", str(ROOT.parent / "shared"))
    full = {"SCANSTATION_FULL": "1"} if mode == "proof" else {}
    return os.environ | {"PYTHONPATH": str(tree), "SCANSTATION_SHARED": shared, "CI": "true"} | full


if __name__ == "__main__":
    sys.exit(main())
