-- swap: SWAP, one item was taken for a look-alike
--
-- in     discrepancies, alike, neighbours
-- out    evidence rows about the look-alike: item, location, lot, cause, units, exact, about, reference (the other item),
--        place (its location), ts, ratio
-- rule   Applies where one item is short by q and an item like it is long by q in the same bin or the next one.
SELECT d.item, d.location, d.lot, 'SWAP' AS cause, abs(d.variance) AS units, 1 AS exact, l.about,
       l.other AS reference, e.location AS place, CAST(NULL AS BIGINT) AS ts, 0 AS ratio
FROM discrepancies AS d
JOIN alike AS l ON l.item = d.item
JOIN discrepancies AS e ON e.item = l.other AND e.variance = -d.variance
JOIN neighbours AS n ON n.location = d.location AND n.near = e.location
