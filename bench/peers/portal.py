"""The tables of ``bench/rfid.py --portal``: presence over time at fixed antennas (`portal_field` has the scene)."""

import sys
from collections.abc import Sequence
from statistics import fmean, median
from typing import Any

from peers.portal_field import FIXED, MIXED, smoothing_errors, told
from rich.progress import Progress
from rich.table import Table

STAYS = (25, 100, 400)
YARDSTICK = 100
WITHIN_LIMIT = 1.25
"""Errors at the yardstick, of tags whose rates differ, over those of the best judge without hindsight."""

ONCE = {0.95: 0.99, 0.65: 0.98, 0.2: 0.95, None: 0.95}
"""Share of the stays that must be told once, by the chance that an epoch reads a tag."""

INVENTED, STRAYS_AN_HOUR = 0.01, 0.3
"""Most arrivals that were none, for each real one, and of one stray before one antenna."""

Rate = float | None
Row = dict[str, Any]


def smoothing(seeds: int, progress: Progress) -> list[Row]:
    """Wrong epochs of 100 by rate and mean stay, each way of smoothing on the same reads."""
    task = progress.add_task("smoothing", total=len(STAYS) * 4 * seeds)
    rows = []
    for stay in STAYS:
        for rate in (*MIXED, None):
            runs = []
            for seed in range(seeds):
                runs.append(smoothing_errors(rate, stay, seed))
                progress.advance(task)
            rows.append({"stay": stay, "rate": rate} | {name: fmean(run[name] for run in runs) for name in runs[0]})
    progress.remove_task(task)
    return rows


def arrivals(seeds: int, progress: Progress) -> list[Row]:
    """What is told of two neighbouring antennas, by rate."""
    task = progress.add_task("two antennas", total=4 * seeds)
    rows = []
    for rate in (*MIXED, None):
        runs = []
        for seed in range(seeds):
            runs.append(told(rate, seed))
            progress.advance(task)
        visits = sum(run.visits for run in runs)
        rows.append(
            {
                "rate": rate,
                "visits": visits,
                "once": sum(run.once for run in runs) / visits,
                "invented": sum(run.invented for run in runs) / visits,
                "strays_an_hour": sum(run.stray_arrivals for run in runs) / sum(run.hours for run in runs),
                "ghosts": sum(run.ghosts for run in runs),
                "ghost_arrivals": sum(run.ghost_arrivals for run in runs),
                "delay": median(delay for run in runs for delay in run.delays),
            }
        )
    progress.remove_task(task)
    return rows


def missed(smoothed: Sequence[Row], told_rows: Sequence[Row]) -> list[str]:
    """The bars that are missed, in words."""
    found = []
    for row in smoothed:
        if row["stay"] == YARDSTICK and row["rate"] is None:
            best = min(row[f"window {width}"] for width in FIXED)
            if row["ours"] >= min(best, row["SMURF"]) or row["ours"] > WITHIN_LIMIT * row["limit"]:
                found.append(f"smoothing: {row['ours']:.2f} wrong, best window {best:.2f}, limit {row['limit']:.2f}")
    for row in told_rows:
        if row["once"] < ONCE[row["rate"]] or row["invented"] > INVENTED or row["ghost_arrivals"]:
            found.append(f"arrivals at {_rate(row['rate'])}: {row}")
    if fmean(row["strays_an_hour"] for row in told_rows) > STRAYS_AN_HOUR:
        found.append("strays came too often")
    return found


def tables(smoothed: Sequence[Row], told_rows: Sequence[Row]) -> list[Table]:
    """For people."""
    names = ("ours", "limit", "SMURF", *(f"window {width}" for width in FIXED))
    first = Table("mean stay", "p", *names, title="wrong epochs of 100, one antenna")
    for row in smoothed:
        first.add_row(str(row["stay"]), _rate(row["rate"]), *(f"{row[name]:.2f}" for name in names))
    heads = ("p", "stays", "told once", "twice or wrong", "strays an hour", "ghosts", "came", "epochs to come")
    second = Table(*heads, title="what is told, two neighbouring antennas")
    for row in told_rows:
        shares = (f"{100 * row['once']:.2f} %", f"{100 * row['invented']:.2f} %", f"{row['strays_an_hour']:.3f}")
        rest = (row["ghosts"], row["ghost_arrivals"], row["delay"])
        second.add_row(_rate(row["rate"]), str(row["visits"]), *shares, *map(str, rest))
    return [first, second]


def judge(smoothed: Sequence[Row], told_rows: Sequence[Row]) -> int:
    """Say which bars are missed; the exit status."""
    found = missed(smoothed, told_rows)
    for text in found:
        print(f"missed: {text}", file=sys.stderr)
    return int(bool(found))


def _rate(rate: Rate) -> str:
    return "mixed" if rate is None else f"{rate}"
