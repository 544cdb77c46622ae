-- duplicate: DUPLICATE, one movement was booked twice
--
-- in     discrepancies, counts, movements
-- out    evidence rows about movements: item, location, lot, cause, units, exact, about, reference (document), place
--        (line), ts (of the last one), ratio (how often it is booked)
-- rule   Movements of one record with the same document, line and quantity are one movement; what is booked beyond the
--        first left a variance of minus that.  Applies where this has the sign of the variance and is no larger; exact
--        where it is the whole variance.
SELECT d.item, d.location, d.lot, 'DUPLICATE' AS cause, abs(t.extra) AS units,
       CASE WHEN d.variance = -t.extra THEN 1 ELSE 0 END AS exact, 'movement' AS about,
       t.document AS reference, t.line AS place, t.ts, t.times AS ratio
FROM discrepancies AS d
JOIN (
  SELECT m.item, m.location, m.lot, m.document, m.line, max(m.ts) AS ts, count(*) AS times,
         CAST((count(*) - 1) * m.delta AS BIGINT) AS extra
  FROM movements AS m
  JOIN counts AS c ON c.location = m.location
  WHERE m.document <> '' AND m.ts < c.count_ts
  GROUP BY m.item, m.location, m.lot, m.document, m.line, m.delta
  HAVING count(*) > 1
) AS t ON t.item = d.item AND t.location = d.location AND (t.lot = d.lot OR (t.lot IS NULL AND d.lot IS NULL))
WHERE (d.variance < 0 AND -t.extra < 0 AND -t.extra >= d.variance)
   OR (d.variance > 0 AND -t.extra > 0 AND -t.extra <= d.variance)
