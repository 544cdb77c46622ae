-- count_error: COUNT_ERROR, it is the count that is wrong
--
-- in     discrepancies, second_counts, sweeps (location, read_rate, usual_rate), policy (sweep_margin)
-- out    evidence rows about another count or about a sweep: item, location, lot, cause, units, exact, about, reference,
--        place, ts, ratio (of a sweep: its read rate in 1/1000)
-- rule   Applies where another count of the same record disagrees with this one, exact where that one is what was
--        expected; and to a shortage at a location where the tags answered less often than usual: its read rate lies
--        more than sweep_margin below the reader's own history.
SELECT d.item, d.location, d.lot, 'COUNT_ERROR' AS cause, abs(s.qty - d.counted) AS units,
       CASE WHEN s.qty = d.expected THEN 1 ELSE 0 END AS exact, 'second count' AS about, '' AS reference,
       d.location AS place, CAST(NULL AS BIGINT) AS ts, s.qty AS ratio
FROM discrepancies AS d
JOIN (
  SELECT item, location, lot, CAST(sum(qty) AS BIGINT) AS qty FROM second_counts GROUP BY item, location, lot
) AS s ON s.item = d.item AND s.location = d.location AND (s.lot = d.lot OR (s.lot IS NULL AND d.lot IS NULL))
WHERE s.qty <> d.counted
UNION ALL
SELECT d.item, d.location, d.lot, 'COUNT_ERROR' AS cause, abs(d.variance) AS units, 0 AS exact, 'sweep' AS about,
       '' AS reference, d.location AS place, CAST(NULL AS BIGINT) AS ts, w.read_rate AS ratio
FROM discrepancies AS d
JOIN sweeps AS w ON w.location = d.location
CROSS JOIN policy AS p
WHERE d.variance < 0 AND w.read_rate + p.sweep_margin < w.usual_rate
