-- held: stock that is there and may not be sold, before and after the count
--
-- in     recorded (item, location, lot, qty, status), movements (item, location, lot, delta, ts, status), lots (item, lot,
--        expires), marks (item, location, lot, units), variance, counts (location, count_ts), audit (snapshot_ts,
--        as_of_day)
-- out    one row an item: item, held_before, held_after
-- rule   By the record, stock is held where its status is not available (damaged, quarantined) or its lot has expired;
--        movements between cut-off and count change that.
--        After the count, a counted place holds what the record held or the counter marked, whichever is more, and
--        never more than was counted there; an uncounted place holds what the record says.
SELECT item, CAST(sum(held) AS BIGINT) AS held_before,
       CAST(sum(CASE WHEN NOT was_counted THEN held
                     WHEN held >= marked AND held <= counted THEN held
                     WHEN marked >= held AND marked <= counted THEN marked
                     ELSE counted END) AS BIGINT) AS held_after
FROM (
  SELECT k.item, k.held, k.marked, COALESCE(v.counted, 0) AS counted, c.location IS NOT NULL AS was_counted
  FROM (
    SELECT item, location, lot, CAST(sum(held) AS BIGINT) AS held, CAST(sum(marked) AS BIGINT) AS marked
    FROM (
      SELECT item, location, lot, qty AS held, 0 AS marked FROM recorded WHERE status <> 'available'
      UNION ALL
      SELECT m.item, m.location, m.lot, m.delta AS held, 0 AS marked
      FROM movements AS m
      JOIN counts AS c ON c.location = m.location
      CROSS JOIN audit AS a
      WHERE m.status <> 'available' AND m.ts > a.snapshot_ts AND m.ts < c.count_ts
      UNION ALL
      SELECT r.item, r.location, r.lot, r.qty AS held, 0 AS marked
      FROM recorded AS r
      JOIN lots AS l ON l.item = r.item AND l.lot = r.lot
      CROSS JOIN audit AS a
      WHERE r.status = 'available' AND l.expires < a.as_of_day
      UNION ALL
      SELECT item, location, lot, 0 AS held, units AS marked FROM marks
    ) AS parts
    GROUP BY item, location, lot
  ) AS k
  LEFT JOIN counts AS c ON c.location = k.location
  LEFT JOIN variance AS v
    ON v.item = k.item AND v.location = k.location AND (v.lot = k.lot OR (v.lot IS NULL AND k.lot IS NULL))
) AS places
GROUP BY item
