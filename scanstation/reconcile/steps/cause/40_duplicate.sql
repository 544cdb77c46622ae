-- duplicate: DUPLICATE, one movement was booked twice
--
-- in     discrepancies, counts, movements
-- out    evidence rows about movements: item, location, lot, cause, units, exact, about, reference (document), place
--        (line), ts (of the last one), ratio (how often it is booked)
-- rule   Movements of one record with the same document, line and quantity are one movement; each beyond the first may be
--        booked too much and leaves a variance of minus its quantity.  Applies where the variance has this sign; exact
--        where some or all of those beyond the first are the whole variance, else they must be less than it.
SELECT d.item, d.location, d.lot, 'DUPLICATE' AS cause,
       CASE WHEN abs(t.extra) < abs(d.variance) THEN abs(t.extra) ELSE abs(d.variance) END AS units,
       CASE WHEN abs(t.extra) < abs(d.variance) THEN 0 ELSE 1 END AS exact, 'movement' AS about,
       t.document AS reference, t.line AS place, t.ts, t.times AS ratio
FROM discrepancies AS d
JOIN (
  SELECT m.item, m.location, m.lot, m.document, m.line, m.delta, max(m.ts) AS ts, count(*) AS times,
         CAST((count(*) - 1) * m.delta AS BIGINT) AS extra
  FROM movements AS m
  JOIN counts AS c ON c.location = m.location
  WHERE m.document <> '' AND m.ts < c.count_ts AND m.delta <> 0
  GROUP BY m.item, m.location, m.lot, m.document, m.line, m.delta
  HAVING count(*) > 1
) AS t ON t.item = d.item AND t.location = d.location AND (t.lot = d.lot OR (t.lot IS NULL AND d.lot IS NULL))
WHERE (d.variance < 0 AND t.delta > 0 OR d.variance > 0 AND t.delta < 0)
  AND (abs(t.extra) < abs(d.variance) OR d.variance % t.delta = 0)
