-- holds: the records with stock that may not be sold, by the books and by the counter's marks
--
-- in     recorded (item, location, lot, qty, status), applied (item, location, lot, delta, status),
--        lots (item, lot, expires), marks (item, location, lot, units, status), variance, counts (location),
--        audit (as_of_day)
-- out    one row a record with such stock, and a counted record of an expired lot: item, location, lot, damaged,
--        quarantined, expired (by the books when the location was counted), marked_damaged, marked_quarantined,
--        lot_expired, counted, was_counted
-- rule   The status of a record says whether its stock is available; damaged is one other status, every further one
--        counts as quarantined.  Movements change the status that they name.  Available stock of a lot whose last day
--        has passed is expired.
SELECT k.item, k.location, k.lot, k.damaged, k.quarantined, k.expired, k.marked_damaged, k.marked_quarantined,
       k.lot_expired,
       COALESCE(v.counted, 0) AS counted, c.location IS NOT NULL AS was_counted
FROM (
  SELECT item, location, lot, CAST(sum(damaged) AS BIGINT) AS damaged, CAST(sum(quarantined) AS BIGINT) AS quarantined,
         CAST(sum(expired) AS BIGINT) AS expired, CAST(sum(marked_damaged) AS BIGINT) AS marked_damaged,
         CAST(sum(marked_quarantined) AS BIGINT) AS marked_quarantined, max(lot_expired) AS lot_expired
  FROM (
    SELECT item, location, lot, CASE WHEN status = 'damaged' THEN qty ELSE 0 END AS damaged,
           CASE WHEN status = 'damaged' THEN 0 ELSE qty END AS quarantined,
           0 AS expired, 0 AS marked_damaged, 0 AS marked_quarantined, 0 AS lot_expired
    FROM recorded
    WHERE status <> 'available'
    UNION ALL
    SELECT item, location, lot, CASE WHEN status = 'damaged' THEN delta ELSE 0 END AS damaged,
           CASE WHEN status = 'damaged' THEN 0 ELSE delta END AS quarantined,
           0 AS expired, 0 AS marked_damaged, 0 AS marked_quarantined, 0 AS lot_expired
    FROM applied
    WHERE status <> 'available'
    UNION ALL
    SELECT r.item, r.location, r.lot, 0 AS damaged, 0 AS quarantined, r.qty AS expired, 0 AS marked_damaged,
           0 AS marked_quarantined, 1 AS lot_expired
    FROM (
      SELECT item, location, lot, qty FROM recorded WHERE status = 'available' AND lot IS NOT NULL
      UNION ALL
      SELECT item, location, lot, delta AS qty FROM applied WHERE status = 'available' AND lot IS NOT NULL
      UNION ALL
      SELECT item, location, lot, 0 AS qty FROM variance WHERE lot IS NOT NULL
    ) AS r
    JOIN lots AS l ON l.item = r.item AND l.lot = r.lot
    CROSS JOIN audit AS a
    WHERE l.expires < a.as_of_day
    UNION ALL
    SELECT item, location, lot, 0 AS damaged, 0 AS quarantined, 0 AS expired,
           CASE WHEN status = 'damaged' THEN units ELSE 0 END AS marked_damaged,
           CASE WHEN status = 'damaged' THEN 0 ELSE units END AS marked_quarantined, 0 AS lot_expired
    FROM marks
  ) AS parts
  GROUP BY item, location, lot
) AS k
LEFT JOIN counts AS c ON c.location = k.location
LEFT JOIN variance AS v
  ON v.item = k.item AND v.location = k.location AND (v.lot = k.lot OR (v.lot IS NULL AND k.lot IS NULL))
