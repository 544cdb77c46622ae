-- unrecorded_return: UNRECORDED_RETURN, a customer's goods are back on the shelf and not in the books
--
-- in     discrepancies, counts, returns
-- out    evidence rows about return authorisations: item, location, lot, cause, units, exact, about, reference (the
--        authorisation), place, ts, ratio
-- rule   Applies to a surplus where an open return authorisation of the item, opened by the day of the count, covers
--        it; exact where it is for just these units.
SELECT d.item, d.location, d.lot, 'UNRECORDED_RETURN' AS cause, d.variance AS units,
       CASE WHEN r.qty = d.variance THEN 1 ELSE 0 END AS exact, 'return' AS about, r.rma AS reference, '' AS place,
       r.opened * 86400000000 AS ts, 0 AS ratio
FROM discrepancies AS d
JOIN counts AS c ON c.location = d.location
JOIN returns AS r ON r.item = d.item AND r.qty >= d.variance
WHERE d.variance > 0 AND r.opened * 86400000000 <= c.count_ts
