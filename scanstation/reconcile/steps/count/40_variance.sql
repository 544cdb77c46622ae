-- variance: every stock record of a counted location, with what was expected and what was counted
--
-- in     ledger, counts (location), kept_out_records
-- out    one row a key (item, location, lot) of a counted location: expected, counted, variance (0 where they agree)
-- rule   variance = counted - expected at the moment that this location was counted.  Expected may be negative: the
--        books can say less than nothing.  Nothing is concluded about a location that was not counted,
--        nor about a record of which a row was kept out as bad: nobody knows what it says.
SELECT k.item, k.location, k.lot, k.expected, k.counted, k.counted - k.expected AS variance
FROM (
  SELECT item, location, lot,
         CAST(sum(expected) AS BIGINT) AS expected, CAST(sum(counted) AS BIGINT) AS counted
  FROM ledger
  GROUP BY item, location, lot
) AS k
JOIN counts AS c ON c.location = k.location
LEFT JOIN kept_out_records AS b
  ON b.item = k.item AND b.location = k.location AND (b.lot = k.lot OR (b.lot IS NULL AND k.lot IS NULL))
WHERE b.item IS NULL
