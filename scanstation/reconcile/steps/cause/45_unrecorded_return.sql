-- unrecorded_return: UNRECORDED_RETURN, a customer's goods are back on the shelf and not in the books
--
-- in     discrepancies, counts, returns
-- out    evidence rows about return authorisations: item, location, lot, cause, units, exact, about, reference (the
--        authorisation), place, ts, ratio
-- rule   Applies to a surplus where an open return authorisation of the item, opened by the day of the count, covers it;
--        exact where it is for just these units.  Applies to all open ones where together they are just these units.
SELECT item, location, lot, 'UNRECORDED_RETURN' AS cause,
       CASE WHEN qty < variance THEN qty ELSE variance END AS units,
       CASE WHEN qty = variance OR together = variance THEN 1 ELSE 0 END AS exact,
       'return' AS about, rma AS reference, '' AS place, opened * 86400000000 AS ts, 0 AS ratio
FROM (
  SELECT d.item, d.location, d.lot, d.variance, r.rma, r.qty, r.opened,
         CAST(sum(r.qty) OVER (PARTITION BY d.item, d.location, d.lot) AS BIGINT) AS together
  FROM discrepancies AS d
  JOIN counts AS c ON c.location = d.location
  JOIN returns AS r ON r.item = d.item
  WHERE d.variance > 0 AND r.qty > 0 AND r.opened * 86400000000 <= c.count_ts
) AS authorised
WHERE qty >= variance OR together = variance
