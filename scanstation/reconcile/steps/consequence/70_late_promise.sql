-- late_promise: LATE_PROMISE, dates that were given and cannot be kept
--
-- in     lines, worth, policy (lost_sale_share, contact_cost)
-- out    a consequence a line that was in time by the record and is late in truth: units, due, day (null: no dated
--        receipt covers it), days late, note (the kind of backorder), cover by_record and in_truth
-- rule   Late: the first day with CATP' >= quantity lies after the promised day, or there is none.  Told where the record
--        had it in time, or less late.  What OVERSOLD has counted in money is not counted again.
SELECT 'LATE_PROMISE' AS kind, l.item, l.order_id, l.customer, '' AS channel, '' AS po, '' AS line, '' AS supplier,
       l.qty - l.actual AS units, l.qty AS of_units, l.due, l.day_after AS day,
       CASE WHEN l.day_after IS NOT NULL THEN l.day_after - l.due END AS days, l.backorder AS note,
       l.promised AS by_record, l.actual AS in_truth,
       CASE WHEN l.promised > l.actual THEN 0
            ELSE CAST(((l.qty - l.actual) * w.margin * p.lost_sale_share
                       - ((l.qty - l.actual) * w.margin * p.lost_sale_share) % 1000) / 1000 AS BIGINT) END AS margin,
       CASE WHEN l.promised > l.actual THEN 0 ELSE p.contact_cost END AS handling,
       0 AS write_off, 'customer_desk' AS tell, 'new_date' AS action
FROM lines AS l
JOIN worth AS w ON w.item = l.item
CROSS JOIN policy AS p
WHERE l.day_before IS NOT NULL
  AND ((l.day_after IS NULL)
    OR (l.day_after > l.due AND l.day_after > l.day_before))
