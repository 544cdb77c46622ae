-- pace: how fast each affected item goes
--
-- in     demand (item, period_days, qty), affected
-- out    one row an affected item with a history: item, daily (units a day, in 1/1000)
-- rule   daily = units / days over the whole history.
SELECT item, CAST((1000 * units - (1000 * units) % days) / days AS BIGINT) AS daily
FROM (
  SELECT d.item, CAST(sum(d.qty) AS BIGINT) AS units, CAST(sum(d.period_days) AS BIGINT) AS days
  FROM demand AS d
  JOIN affected AS w ON w.item = d.item
  GROUP BY d.item
) AS history
