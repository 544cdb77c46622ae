-- money: MONEY, what the books are worth more or less
--
-- in     discrepancies, worth
-- out    a consequence an item: units (the sum of its variances), write_off (their cost; negative: a gain), what the
--        wrong records hold by_record and in_truth
-- rule   write_off = -(sum of the variances) x cost.  What moves from one place to another writes nothing off.
SELECT 'MONEY' AS kind, d.item, '' AS order_id, '' AS customer, '' AS channel, '' AS po, '' AS line, '' AS supplier,
       d.variance AS units, 0 AS of_units, CAST(NULL AS BIGINT) AS due, CAST(NULL AS BIGINT) AS day,
       CAST(NULL AS BIGINT) AS days, CASE WHEN d.variance < 0 THEN 'write_off' ELSE 'gain' END AS note,
       d.expected AS by_record, d.counted AS in_truth,
       0 AS margin, 0 AS handling, -d.variance * w.cost AS write_off, 'store_keeper' AS tell, 'adjust' AS action
FROM (
  SELECT item, CAST(sum(variance) AS BIGINT) AS variance, CAST(sum(expected) AS BIGINT) AS expected,
         CAST(sum(counted) AS BIGINT) AS counted
  FROM discrepancies
  GROUP BY item
  HAVING sum(variance) <> 0
) AS d
JOIN worth AS w ON w.item = d.item
