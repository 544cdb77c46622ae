-- variance: every stock record of a counted location (DuckDB's idiom of 40_variance.sql, same rows)
--
-- in     ledger, counts (location)
-- out    one row a key (item, location, lot) of a counted location: expected, counted, variance (0 where they agree)
-- rule   See 40_variance.sql.  Sums of 64 bits are enough: no quantity is above 10,000,000,000 (rows beyond are kept
--        out), so that it would take 900 million lines of one key to leave them.
SELECT k.item, k.location, k.lot, k.expected, k.counted, k.counted - k.expected AS variance
FROM (
  SELECT item, location, lot,
         CAST(sum_no_overflow(expected) AS BIGINT) AS expected, CAST(sum_no_overflow(counted) AS BIGINT) AS counted
  FROM ledger
  GROUP BY item, location, lot
) AS k
JOIN counts AS c ON c.location = k.location
