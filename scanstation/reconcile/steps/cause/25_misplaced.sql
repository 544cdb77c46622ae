-- misplaced: MISPLACED, what is missing here lies there
--
-- in     discrepancies, transfers (item, lot, source, target, units)
-- out    evidence rows about locations: item, location, lot, cause, units, exact, about, reference, place, ts, ratio
-- rule   Applies to both ends of every proposed transfer; place is the other end.  exact where the transfers of a
--        record together are its whole variance.
SELECT item, location, lot, 'MISPLACED' AS cause, units,
       CASE WHEN abs(variance) = together THEN 1 ELSE 0 END AS exact,
       'location' AS about, '' AS reference, place, CAST(NULL AS BIGINT) AS ts, 0 AS ratio
FROM (
  SELECT d.item, d.location, d.lot, d.variance, t.units, t.place,
         CAST(sum(t.units) OVER (PARTITION BY d.item, d.location, d.lot) AS BIGINT) AS together
  FROM discrepancies AS d
  JOIN (
    SELECT item, lot, source AS here, target AS place, units FROM transfers
    UNION ALL
    SELECT item, lot, target AS here, source AS place, units FROM transfers
  ) AS t ON t.item = d.item AND t.here = d.location AND (t.lot = d.lot OR (t.lot IS NULL AND d.lot IS NULL))
) AS ends
