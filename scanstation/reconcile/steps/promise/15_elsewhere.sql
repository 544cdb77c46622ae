-- elsewhere: stock that is promised outside the open order lines
--
-- in     reservations (item, qty, order_id), audit (orders_known), kept_out_orders
-- out    one row an item: item, qty
-- rule   A reservation that stands alone is taken off before any order line is covered.  So is one whose order line
--        nobody can look at: no order lines were given, or that order has a line that was kept out as bad.
SELECT r.item, CAST(sum(r.qty) AS BIGINT) AS qty
FROM reservations AS r
CROSS JOIN audit AS a
LEFT JOIN kept_out_orders AS k ON k.order_id = r.order_id
WHERE r.order_id IS NULL OR a.orders_known = 0 OR k.order_id IS NOT NULL
GROUP BY r.item
