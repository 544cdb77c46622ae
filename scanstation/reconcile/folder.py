"""A whole reconciliation from one folder to another: Parquet and JSON in, Parquet and JSON out."""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scanstation.policy import ConsequencePolicy
from scanstation.reconcile.canonical import COLUMNS
from scanstation.reconcile.canonical import fingerprint as fingerprint_of
from scanstation.reconcile.engine import Engine
from scanstation.reconcile.errors import Fault, ReconcileError, ReconcileReason, input_error
from scanstation.reconcile.parts import reconcile_in_parts
from scanstation.reconcile.run import OnStep, Outcome, reconcile
from scanstation.reconcile.street import ANSWERS
from scanstation.reconcile.tables import TABLES

SUMMARY = "summary.json"
"""Written last: where it lies, the answer beside it is whole."""

NOT_READ = (".csv", ".tsv", ".xlsx", ".xls", ".ods", ".json", ".jsonl", ".arrow", ".feather")
"""A table that lies there like this is told, and not passed over as absent."""


def run_folder(
    data: Path,
    out: Path,
    *,
    on_step: OnStep | None = None,
    fingerprint: bool = False,
    engine: Engine | None = None,
    partitions: int = 1,
    full: bool = True,
    policy: ConsequencePolicy | None = None,
) -> dict[str, Any]:
    """Reconcile the Parquet files and ``meta.json`` of ``data``; write the answers to ``out``; return the summary.

    Reads recorded, counts and reads, and every other input table that lies there (`scanstation.reconcile.TABLES`);
    ``meta.json`` holds ``snapshot_ts`` and, where dates are to be reckoned from another moment than the last count,
    ``as_of_ts``.  Writes one Parquet file an answer (listings only when given), kept_out.parquet (when rows were
    bad) and summary.json.  ``fingerprint`` adds the SHA-256 of the canonical form of every answer (it sorts them in
    memory).  A run that fails leaves ``out`` as it was.

    ``partitions`` above 1 runs the items in so many shares, one after the other (on DuckDB; another engine splits by
    itself).

    :raises ReconcileError: INPUT (every fault at once), ENGINE or OUTPUT.
    """
    inputs, snapshot_ts, as_of_ts = _inputs(data)
    how: dict[str, Any] = {"snapshot_ts": snapshot_ts, "as_of_ts": as_of_ts, "policy": policy, "full": full}
    how |= {"on_step": on_step, "where": str(data)}
    if partitions > 1 and engine is None:
        outcome = reconcile_in_parts(inputs, partitions, **how)
    else:
        outcome = reconcile(inputs, engine=engine, **how)
    try:
        summary: dict[str, Any] = {
            "snapshot_ts": snapshot_ts,
            **outcome.summary,
            "seconds": {step: round(value, 4) for step, value in outcome.seconds.items()},
        }
        if fingerprint:
            summary["sha256"] = {name: _fingerprint(outcome, name) for name in outcome.answers}
        _write(outcome, summary, out)
    finally:
        outcome.close()
    return summary


def _inputs(data: Path) -> tuple[dict[str, Path], int, int | None]:
    if not data.is_dir():
        raise input_error(str(data), [Fault(table="folder", column="", why=f"there is no folder {data}")])
    inputs = {name: path for name in TABLES if (path := data / f"{name}.parquet").is_file()}
    others = {
        path.stem: path.name
        for path in sorted(data.iterdir())
        if path.suffix.lower() in NOT_READ and path.stem in TABLES and path.stem not in inputs
    }
    faults = [
        Fault(table=name, column="", why=f"{others[name]} is no Parquet file: write {name}.parquet")
        if name in others
        else Fault(
            table=name, column="", why=f"{data / name}.parquet is missing, and nothing can be reconciled without it"
        )
        for name, table in TABLES.items()
        if name in others or (table.switches_off is None and name not in inputs)
    ]
    snapshot_ts, as_of_ts = 0, None
    try:
        meta = json.loads((data / "meta.json").read_text("utf-8"))
        snapshot_ts = _moment(meta, "snapshot_ts")
        as_of_ts = _moment(meta, "as_of_ts") if "as_of_ts" in meta else None
    except (OSError, ValueError) as error:
        why = f"expected {{'snapshot_ts': microseconds since 1970-01-01 UTC}}; {error}"
        faults.append(Fault(table="meta.json", column="", why=why))
    if faults:
        raise input_error(str(data), faults + _other_faults(inputs))
    return inputs, snapshot_ts, as_of_ts


def _moment(meta: Any, name: str) -> int:
    value = meta.get(name) if isinstance(meta, Mapping) else None
    if not isinstance(value, int) or isinstance(value, bool) or not -(2**63) <= value < 2**63:
        raise ValueError(f"{name} is {value!r}")
    return value


def _other_faults(inputs: Mapping[str, Path]) -> list[Fault]:
    """Return what is wrong inside the files that are there, so that one run names everything."""
    try:
        reconcile(inputs, snapshot_ts=0).close()
    except ReconcileError as error:
        return [fault for fault in error.faults if fault.table in inputs]
    return []


def _fingerprint(outcome: Outcome, name: str) -> str:
    return fingerprint_of(outcome.engine.rows(f"SELECT {', '.join(COLUMNS[name])} FROM {outcome.answers[name]}"))


def _write(outcome: Outcome, summary: Mapping[str, Any], out: Path) -> None:
    """Write everything beside its place, then move it there, the summary last."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=out))
        try:
            for name, relation in outcome.answers.items():
                outcome.engine.write(relation, part / f"{name}.parquet")
            if summary["kept_out"]:
                outcome.engine.write("kept_out", part / "kept_out.parquet")
            (part / SUMMARY).write_text(json.dumps(summary, indent=1) + "\n", "utf-8")
            (out / SUMMARY).unlink(missing_ok=True)
            for name in (*ANSWERS, "kept_out"):
                if (part / f"{name}.parquet").exists():
                    os.replace(part / f"{name}.parquet", out / f"{name}.parquet")
                else:
                    (out / f"{name}.parquet").unlink(missing_ok=True)
            os.replace(part / SUMMARY, out / SUMMARY)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise ReconcileError(
            ReconcileReason.OUTPUT, f"{out}: {error}", "make the folder writable and free some disk"
        ) from error
