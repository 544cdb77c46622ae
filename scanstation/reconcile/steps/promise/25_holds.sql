-- holds: the records with stock that may not be sold, by the books and by the counter's marks
--
-- in     recorded (item, location, lot, qty, status), applied (item, location, lot, delta, status),
--        lots (item, lot, expires), marks (item, location, lot, units, status), variance, counts (location),
--        audit (as_of_day)
-- out    one row a record with such stock: item, location, lot, damaged, quarantined, expired (by the books when the
--        location was counted), marked_damaged, marked_quarantined, counted, was_counted
-- rule   The status of a record says whether its stock is available; damaged is one other status, every further one
--        counts as quarantined.  Movements change the status that they name.  Available stock of a lot whose last day
--        has passed is expired.
SELECT k.item, k.location, k.lot, k.damaged, k.quarantined, k.expired, k.marked_damaged, k.marked_quarantined,
       COALESCE(v.counted, 0) AS counted, c.location IS NOT NULL AS was_counted
FROM (
  SELECT item, location, lot, CAST(sum(damaged) AS BIGINT) AS damaged, CAST(sum(quarantined) AS BIGINT) AS quarantined,
         CAST(sum(expired) AS BIGINT) AS expired, CAST(sum(marked_damaged) AS BIGINT) AS marked_damaged,
         CAST(sum(marked_quarantined) AS BIGINT) AS marked_quarantined
  FROM (
    SELECT item, location, lot, CASE WHEN status = 'damaged' THEN qty ELSE 0 END AS damaged,
           CASE WHEN status = 'damaged' THEN 0 ELSE qty END AS quarantined,
           0 AS expired, 0 AS marked_damaged, 0 AS marked_quarantined
    FROM recorded
    WHERE status <> 'available'
    UNION ALL
    SELECT item, location, lot, CASE WHEN status = 'damaged' THEN delta ELSE 0 END AS damaged,
           CASE WHEN status = 'damaged' THEN 0 ELSE delta END AS quarantined,
           0 AS expired, 0 AS marked_damaged, 0 AS marked_quarantined
    FROM applied
    WHERE status <> 'available'
    UNION ALL
    SELECT r.item, r.location, r.lot, 0 AS damaged, 0 AS quarantined, r.qty AS expired, 0 AS marked_damaged,
           0 AS marked_quarantined
    FROM recorded AS r
    JOIN lots AS l ON l.item = r.item AND l.lot = r.lot
    CROSS JOIN audit AS a
    WHERE r.status = 'available' AND l.expires < a.as_of_day
    UNION ALL
    SELECT item, location, lot, 0 AS damaged, 0 AS quarantined, 0 AS expired,
           CASE WHEN status = 'damaged' THEN units ELSE 0 END AS marked_damaged,
           CASE WHEN status = 'damaged' THEN 0 ELSE units END AS marked_quarantined
    FROM marks
  ) AS parts
  GROUP BY item, location, lot
) AS k
LEFT JOIN counts AS c ON c.location = k.location
LEFT JOIN variance AS v
  ON v.item = k.item AND v.location = k.location AND (v.lot = k.lot OR (v.lot IS NULL AND k.lot IS NULL))
