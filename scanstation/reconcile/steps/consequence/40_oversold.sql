-- oversold: OVERSOLD, order lines that the record covered and the shelf does not
--
-- in     lines, worth, policy (lost_sale_share, contact_cost, expedite_cost)
-- out    a consequence a line that loses cover: units short of of_units, due, day (covered again; null: no dated
--        receipt), days late, note (unintentional, intentional, refused or unknown backorder), cover by_record and
--        in_truth
-- rule   units = promised - actual.  margin = units x margin x the share of sales lost by waiting, 0 where the line is
--        covered again by its due date; handling = one contact
--        with the customer, and an expedited delivery where the line would be late.
SELECT 'OVERSOLD' AS kind, l.item, l.order_id, l.customer, '' AS channel, '' AS po, '' AS line, '' AS supplier,
       l.promised - l.actual AS units, l.qty AS of_units, l.due, l.day_after AS day,
       CASE WHEN l.day_after > l.due THEN l.day_after - l.due WHEN l.day_after IS NOT NULL THEN 0 END AS days,
       l.backorder AS note, l.promised AS by_record, l.actual AS in_truth,
       CASE WHEN l.day_after <= l.due THEN 0
            ELSE CAST(((l.promised - l.actual) * w.margin * p.lost_sale_share
                       - ((l.promised - l.actual) * w.margin * p.lost_sale_share) % 1000) / 1000 AS BIGINT) END AS margin,
       p.contact_cost + CASE WHEN l.day_after IS NULL OR l.day_after > l.due THEN p.expedite_cost ELSE 0 END AS handling,
       0 AS write_off, 'customer_desk' AS tell, 'tell_customer' AS action
FROM lines AS l
JOIN worth AS w ON w.item = l.item
CROSS JOIN policy AS p
WHERE l.promised > l.actual
