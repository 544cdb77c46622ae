-- lot: LOT, the item is all there, under other lots than the record says; and lots that have expired
--
-- in     discrepancies, lots (item, lot, expires), audit (as_of_day)
-- out    evidence rows about lots: item, location, lot, cause, units, exact, about, reference (the lot), place, ts, ratio
-- rule   Applies where the variances of an item's lots at one location cancel out, or those over all locations do though
--        its lots by themselves do not.  An expired lot that was counted is evidence beside it, never the whole.
SELECT d.item, d.location, d.lot, 'LOT' AS cause, abs(d.variance) AS units, 1 AS exact, 'lot' AS about,
       COALESCE(d.lot, '') AS reference, d.location AS place, CAST(NULL AS BIGINT) AS ts, 0 AS ratio
FROM discrepancies AS d
JOIN (
  SELECT item, location FROM discrepancies GROUP BY item, location HAVING count(*) > 1 AND sum(variance) = 0
) AS here ON here.item = d.item AND here.location = d.location
UNION ALL
SELECT d.item, d.location, d.lot, 'LOT' AS cause, abs(d.variance) AS units, 1 AS exact, 'lot' AS about,
       COALESCE(d.lot, '') AS reference, '' AS place, CAST(NULL AS BIGINT) AS ts, 0 AS ratio
FROM discrepancies AS d
JOIN (
  SELECT item
  FROM (SELECT item, lot, sum(variance) AS variance FROM discrepancies GROUP BY item, lot) AS by_lot
  GROUP BY item
  HAVING sum(variance) = 0 AND sum(abs(variance)) > 0
) AS anywhere ON anywhere.item = d.item
LEFT JOIN (
  SELECT item, location FROM discrepancies GROUP BY item, location HAVING count(*) > 1 AND sum(variance) = 0
) AS here ON here.item = d.item AND here.location = d.location
WHERE here.item IS NULL
UNION ALL
SELECT d.item, d.location, d.lot, 'LOT' AS cause, d.counted AS units, 0 AS exact, 'expired' AS about,
       d.lot AS reference, '' AS place, l.expires * 86400000000 AS ts, 0 AS ratio
FROM discrepancies AS d
JOIN lots AS l ON l.item = d.item AND l.lot = d.lot
CROSS JOIN audit AS a
WHERE l.expires < a.as_of_day AND d.counted > 0
