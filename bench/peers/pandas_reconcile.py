"""The same reconciliation as a careful pandas user writes it.

python bench/peers/pandas_reconcile.py DATA OUT
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

KEY = ["item", "location", "lot"]


def variances(data: Path, counts: pd.DataFrame, snapshot_ts: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return every key with expected and counted, and the recorded table."""
    recorded = pd.read_parquet(data / "recorded.parquet")
    reads = pd.read_parquet(data / "reads.parquet").drop(columns="station")
    reads = reads[~reads["voided"]]
    tagged = reads["serial"].notna()
    units = reads[tagged].sort_values(["ts", "event_id"]).drop_duplicates(["item", "serial"], keep="last")
    moved = pd.read_parquet(data / "movements.parquet").merge(counts, on="location")
    moved = moved[(moved["ts"] > snapshot_ts) & (moved["ts"] < moved["count_ts"])]
    parts = [
        recorded[KEY].assign(expected=recorded["qty"], counted=0),
        moved[KEY].assign(expected=moved["delta"], counted=0),
        reads.loc[~tagged, KEY].assign(expected=0, counted=reads.loc[~tagged, "qty"]),
        units[KEY].assign(expected=0, counted=1),
    ]
    ledger = pd.concat(parts, ignore_index=True)
    return ledger.groupby(KEY, dropna=False, sort=False, as_index=False).sum(), recorded


def discrepancies(keyed: pd.DataFrame, counts: pd.DataFrame, cost: pd.Series) -> pd.DataFrame:
    """Return the wrong records with their kind."""
    wrong = keyed[keyed["location"].isin(counts["location"]) & (keyed["expected"] != keyed["counted"])].copy()
    wrong["variance"] = wrong["counted"] - wrong["expected"]
    known = wrong["item"].isin(cost.index)
    unit_cost = wrong["item"].map(cost).fillna(0).astype("int64")
    wrong["variance_value"] = wrong["variance"] * unit_cost
    up = wrong["variance"].clip(lower=0).groupby(wrong["item"]).transform("sum")
    down = (-wrong["variance"]).clip(lower=0).groupby(wrong["item"]).transform("sum")
    misplaced = (up > 0) & (down > 0) & ((up - down).abs() * 10 <= up + down)
    wrong["kind"] = np.select(
        [~known, misplaced, wrong["variance"] < 0], ["unknown_item", "misplaced", "phantom"], "hidden"
    )
    return wrong


def items(data: Path, keyed: pd.DataFrame, wrong: pd.DataFrame, cost: pd.Series) -> pd.DataFrame:
    """Return the items with their promises."""
    net = wrong.groupby("item")["variance"].sum()
    stock = pd.DataFrame({"net": net})
    stock["expected_total"] = keyed.groupby("item")["expected"].sum().reindex(net.index)
    stock["verified_total"] = stock["expected_total"] + stock["net"]
    held = pd.read_parquet(data / "reservations.parquet").groupby("item")["qty"].sum().reindex(net.index)
    held = held.fillna(0).astype("int64")
    stock["atp_before"] = stock["expected_total"] - held
    stock["atp_after"] = stock["verified_total"] - held
    lines = pd.read_parquet(data / "orders.parquet")
    lines = lines[lines["item"].isin(net.index)].sort_values(["item", "due", "order_id"])
    ahead = lines.groupby("item")["qty"].cumsum() - lines["qty"]
    for name, atp in (("promised", "atp_before"), ("actual", "atp_after")):
        left = (lines["item"].map(stock[atp]).clip(lower=0) - ahead).clip(lower=0)
        lines[name] = np.minimum(lines["qty"], left)
    lines["unintentional_units"] = (
        (lines["promised"] - lines["actual"]).clip(lower=0).where(~lines["allow_backorder"], 0)
    )
    lines["needless_units"] = (lines["actual"] - lines["promised"]).clip(lower=0)
    lines["partial_orders"] = ((lines["actual"] > 0) & (lines["actual"] < lines["qty"])).astype("int64")
    hits = lines.groupby("item")[["unintentional_units", "needless_units", "partial_orders"]].sum()
    stock = stock.join(hits).fillna(0).astype("int64")
    stock["value_at_risk"] = stock["unintentional_units"] * cost.reindex(net.index).fillna(0).astype("int64")
    return stock.drop(columns="net").reset_index()


def main() -> None:
    """Read, compute, write."""
    data, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    snapshot_ts = json.loads((data / "meta.json").read_text())["snapshot_ts"]
    counts = pd.read_parquet(data / "counts.parquet")
    keyed, recorded = variances(data, counts, snapshot_ts)
    cost = recorded.groupby("item")["unit_cost"].max()
    wrong = discrepancies(keyed, counts, cost)
    wrong.to_parquet(out / "discrepancies.parquet", index=False)
    items(data, keyed, wrong, cost).to_parquet(out / "items.parquet", index=False)


main()
