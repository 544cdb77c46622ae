-- needless_backorder: NEEDLESS_BACKORDER, order lines that wait although the shelf has the goods
--
-- in     lines, worth, audit (as_of_day), policy (lost_sale_share)
-- out    a consequence a line that gains cover: units of of_units, due, day (today), note (why it waited), cover
--        by_record and in_truth
-- rule   units = actual - promised; margin = units x margin x the share of sales that waiting would have lost, 0
--        where the record had the line covered by its due date.
SELECT 'NEEDLESS_BACKORDER' AS kind, l.item, l.order_id, l.customer, '' AS channel, '' AS po, '' AS line, '' AS supplier,
       l.actual - l.promised AS units, l.qty AS of_units, l.due, a.as_of_day AS day, 0 AS days, l.backorder AS note,
       l.promised AS by_record, l.actual AS in_truth,
       CASE WHEN l.day_before <= l.due THEN 0
            ELSE CAST(((l.actual - l.promised) * w.margin * p.lost_sale_share
                       - ((l.actual - l.promised) * w.margin * p.lost_sale_share) % 1000) / 1000 AS BIGINT) END AS margin,
       0 AS handling, 0 AS write_off, 'customer_desk' AS tell, 'ship' AS action
FROM lines AS l
JOIN worth AS w ON w.item = l.item
CROSS JOIN audit AS a
CROSS JOIN policy AS p
WHERE l.actual > l.promised
