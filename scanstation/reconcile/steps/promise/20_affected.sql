-- affected: the items whose promises have to be looked at
--
-- in     discrepancies, stale, listings (item), marks (item)
-- out    one row an item: item, variance (the sum of its variances, 0 where its records are right), wrong (how many of
--        its records are wrong)
-- rule   An item is looked at when one of its records is wrong, when the counter marked units damaged or quarantined, when
--        stock is kept for an order that is gone, or when a sales channel lists it: a listing can lie beside a record
--        that is right.
SELECT item, CAST(sum(variance) AS BIGINT) AS variance, CAST(sum(wrong) AS BIGINT) AS wrong
FROM (
  SELECT item, variance, 1 AS wrong FROM discrepancies
  UNION ALL
  SELECT item, 0 AS variance, 0 AS wrong FROM marks
  UNION ALL
  SELECT item, 0 AS variance, 0 AS wrong FROM stale
  UNION ALL
  SELECT item, 0 AS variance, 0 AS wrong FROM listings
) AS reasons
GROUP BY item
