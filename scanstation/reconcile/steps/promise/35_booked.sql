-- booked: what was booked for an item since the cut-off, before and after the count
--
-- in     movements (item, location, lot, delta, ts, reason, status), counts (location, count_ts), lots (item, lot, expires),
--        audit (snapshot_ts, later_known, as_of_day)
-- out    one row an item: item, applied (before the count of its location), since (what came and went after it)
-- rule   applied adds up the movements of the step applied.  since takes every movement from the count of its location
--        on; from the cut-off on where the location was not counted.  What moved into or out of held stock, or of a
--        lot that has expired, changes nothing that may be sold; nor does an adjustment of a place after its count:
--        it corrects the record and moves no goods.  since is 0 where the table later says it.
SELECT m.item,
       CAST(sum(CASE WHEN m.ts < c.count_ts THEN m.delta ELSE 0 END) AS BIGINT) AS applied,
       CAST(sum(CASE WHEN a.later_known = 0 AND m.status = 'available' AND l.item IS NULL
                          AND (c.location IS NULL OR m.ts >= c.count_ts AND m.reason <> 'adjustment')
                          THEN m.delta ELSE 0 END) AS BIGINT) AS since
FROM movements AS m
CROSS JOIN audit AS a
LEFT JOIN counts AS c ON c.location = m.location
LEFT JOIN lots AS l ON l.item = m.item AND l.lot = m.lot AND l.expires < a.as_of_day
WHERE m.ts > a.snapshot_ts
GROUP BY m.item
