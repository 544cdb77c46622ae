-- since: stock that came and went after it was counted
--
-- in     movements (item, location, delta, ts, status), counts (location, count_ts), audit (snapshot_ts, later_known)
-- out    one row an item: item, delta
-- rule   Every movement from the count of its location on; since the cut-off where the location was not counted.  What
--        moved into or out of held stock changes nothing that may be sold.  Nothing where the table later says it.
SELECT m.item, CAST(sum(m.delta) AS BIGINT) AS delta
FROM movements AS m
CROSS JOIN audit AS a
LEFT JOIN counts AS c ON c.location = m.location
WHERE a.later_known = 0 AND m.ts > a.snapshot_ts AND (c.location IS NULL OR m.ts >= c.count_ts)
  AND m.status = 'available'
GROUP BY m.item
