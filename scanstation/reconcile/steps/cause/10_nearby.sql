-- nearby: the bookings that came close to the cut-off or to the count of a wrong record
--
-- in     discrepancies, counts, movements, audit (snapshot_ts), policy (timing_minutes)
-- out    one row a wrong record and movement: item, location, lot, variance, document, line, ts, included (1 where
--        expected contains the movement), effect
-- rule   Goods move at one time and are booked at another.  A movement within timing_minutes of the cut-off or of the
--        count may lie on the wrong side of it: one that expected contains (booked after the cut-off, before the
--        count) may have happened after the count; one that expected leaves out may have happened before.  effect is
--        the variance that this would leave: minus the movement where it is included, else the movement.
SELECT d.item, d.location, d.lot, d.variance, m.document, m.line, m.ts,
       CASE WHEN m.ts > a.snapshot_ts AND m.ts < c.count_ts THEN 1 ELSE 0 END AS included,
       CASE WHEN m.ts > a.snapshot_ts AND m.ts < c.count_ts THEN -m.delta ELSE m.delta END AS effect
FROM discrepancies AS d
JOIN counts AS c ON c.location = d.location
JOIN movements AS m
  ON m.item = d.item AND m.location = d.location AND (m.lot = d.lot OR (m.lot IS NULL AND d.lot IS NULL))
CROSS JOIN audit AS a
CROSS JOIN policy AS p
WHERE abs(m.ts - a.snapshot_ts) <= p.timing_minutes * 60000000
   OR abs(m.ts - c.count_ts) <= p.timing_minutes * 60000000
