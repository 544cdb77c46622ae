-- nearby: the bookings that came close to the cut-off or to the count of a wrong record
--
-- in     discrepancies, counts, movements, audit (snapshot_ts), policy (timing_minutes)
-- out    one row a wrong record and movement: item, location, lot, variance, document, line, ts, side (1 booked up to the
--        cut-off, 2 between cut-off and count, 3 from the count on), effect
-- rule   Goods move at one time and are booked at another.  A movement within timing_minutes of the cut-off or of the
--        count may lie on the wrong side of it.  What was booked before the count is contained in expected; if the goods
--        moved only after the count, the variance is minus the movement.  What was booked from the count on is left out
--        of expected; if the goods moved before, the variance is the movement.  effect is this variance.  An adjustment
--        moves no goods.
SELECT d.item, d.location, d.lot, d.variance, m.document, m.line, m.ts,
       CASE WHEN m.ts >= c.count_ts THEN 3 WHEN m.ts > a.snapshot_ts THEN 2 ELSE 1 END AS side,
       CASE WHEN m.ts >= c.count_ts THEN m.delta ELSE -m.delta END AS effect
FROM discrepancies AS d
JOIN counts AS c ON c.location = d.location
JOIN movements AS m
  ON m.item = d.item AND m.location = d.location AND (m.lot = d.lot OR (m.lot IS NULL AND d.lot IS NULL))
CROSS JOIN audit AS a
CROSS JOIN policy AS p
WHERE m.reason <> 'adjustment'
  AND (abs(m.ts - a.snapshot_ts) <= p.timing_minutes * 60000000
       OR abs(m.ts - c.count_ts) <= p.timing_minutes * 60000000)
