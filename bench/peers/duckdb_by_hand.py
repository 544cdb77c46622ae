"""The reconciliation as one expert writes it for DuckDB alone: a yardstick of this project's own.

    python bench/peers/duckdb_by_hand.py DATA [limit]

Writes best_disc.parquet and best_items.parquet into DATA.  ``limit`` computes nothing: it reads every column of every
table and groups the tagged reads once, which no way of reconciling them can do without.
"""

import json
import sys
from pathlib import Path

import duckdb

KEYED = """
CREATE TEMP TABLE keyed AS
SELECT item, location, lot, sum(e)::BIGINT AS expected, sum(c)::BIGINT AS counted FROM (
  SELECT item, location, lot, qty AS e, 0 AS c FROM recorded
  UNION ALL
  SELECT item, location, lot, delta, 0 FROM movements JOIN counts USING (location) WHERE ts > $cut AND ts < count_ts
  UNION ALL
  SELECT item, location, lot, 0, qty FROM reads WHERE NOT voided AND serial IS NULL
  UNION ALL
  SELECT item, w.location, w.lot, 0, 1 FROM (
    SELECT item, max({'ts': ts, 'event_id': event_id, 'location': location, 'lot': lot}) AS w
    FROM reads WHERE NOT voided AND serial IS NOT NULL GROUP BY item, serial))
GROUP BY ALL
"""
BOOKS = "CREATE TEMP TABLE books AS SELECT item, max(unit_cost) AS cost FROM recorded GROUP BY item"
WRONG = """
CREATE TEMP TABLE wrong AS
WITH d AS (SELECT *, counted - expected AS variance FROM keyed SEMI JOIN counts USING (location)
           WHERE counted <> expected),
n AS (SELECT item, sum(greatest(variance, 0)) AS up, sum(greatest(-variance, 0)) AS down FROM d GROUP BY item)
SELECT item, location, lot, expected, counted, variance, variance * coalesce(cost, 0) AS variance_value,
       CASE WHEN cost IS NULL THEN 'unknown_item'
            WHEN up > 0 AND down > 0 AND abs(up - down) * 10 <= up + down THEN 'misplaced'
            WHEN variance < 0 THEN 'phantom' ELSE 'hidden' END AS kind
FROM d JOIN n USING (item) LEFT JOIN books USING (item)
"""
ITEMS = """
WITH net AS (SELECT item, sum(variance)::BIGINT AS net FROM wrong GROUP BY item),
stock AS (
  SELECT item, expected_total, expected_total + net AS verified_total, coalesce(cost, 0) AS cost,
         expected_total - coalesce(held, 0) AS atp_before, expected_total + net - coalesce(held, 0) AS atp_after
  FROM net
  JOIN (SELECT item, sum(expected)::BIGINT AS expected_total FROM keyed GROUP BY item) USING (item)
  LEFT JOIN books USING (item)
  LEFT JOIN (SELECT item, sum(qty)::BIGINT AS held FROM reservations GROUP BY item) USING (item)),
lines AS (
  SELECT item, qty, allow_backorder, atp_before, atp_after,
         (sum(qty) OVER (PARTITION BY item ORDER BY due, order_id))::BIGINT - qty AS ahead
  FROM orders JOIN stock USING (item)),
covered AS (
  SELECT *, least(qty, greatest(0, greatest(0, atp_before) - ahead)) AS promised,
         least(qty, greatest(0, greatest(0, atp_after) - ahead)) AS actual FROM lines),
hit AS (
  SELECT item, sum(greatest(0, promised - actual)) FILTER (NOT allow_backorder)::BIGINT AS unintentional_units,
         sum(greatest(0, actual - promised))::BIGINT AS needless_units,
         count(*) FILTER (actual > 0 AND actual < qty) AS partial_orders
  FROM covered GROUP BY item)
SELECT item, expected_total, verified_total, atp_before, atp_after,
       coalesce(unintentional_units, 0) AS unintentional_units, coalesce(needless_units, 0) AS needless_units,
       coalesce(partial_orders, 0) AS partial_orders, coalesce(unintentional_units, 0) * cost AS value_at_risk
FROM stock LEFT JOIN hit USING (item)
"""


def main() -> None:
    """Read, compute, write."""
    data = Path(sys.argv[1])
    con = duckdb.connect()
    names = ("recorded", "counts", "reads", "movements", "orders", "reservations")
    for name in names:
        con.execute(f"CREATE VIEW {name} AS FROM '{data}/{name}.parquet'")
    if sys.argv[2:] == ["limit"]:
        for name in names:
            con.execute(f"SELECT max(hash(COLUMNS(*))) FROM {name}").fetchall()
        con.execute(
            "SELECT count(*) FROM (SELECT DISTINCT item, serial FROM reads WHERE serial IS NOT NULL)"
        ).fetchall()
        return
    con.execute(KEYED, {"cut": json.loads((data / "meta.json").read_text())["snapshot_ts"]})
    con.execute(BOOKS)
    con.execute(WRONG)
    con.execute(f"COPY wrong TO '{data}/best_disc.parquet'")
    con.execute(f"COPY ({ITEMS}) TO '{data}/best_items.parquet'")


main()
