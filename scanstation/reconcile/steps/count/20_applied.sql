-- applied: the movements that changed what the counter could find
--
-- in     movements (item, location, lot, delta, ts, status), counts (location, count_ts), audit (snapshot_ts)
-- out    one row a movement: item, location, lot, delta, status
-- rule   A movement counts when it was booked after the snapshot and before the count of its own location began:
--        snapshot_ts < ts < count_ts, both ends open.  What was booked before is in the record already; what was
--        booked after belongs to later.  At a location that was not counted no movement counts.
SELECT m.item, m.location, m.lot, m.delta, m.status
FROM movements AS m
JOIN counts AS c ON c.location = m.location
CROSS JOIN audit AS a
WHERE m.ts > a.snapshot_ts AND m.ts < c.count_ts
