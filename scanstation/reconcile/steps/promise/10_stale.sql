-- stale: stock that is kept for an order that no longer waits for it
--
-- in     reservations (item, qty, order_id), orders (order_id, item, status), audit (orders_known), kept_out_orders
-- out    one row a reservation and order: item, order_id, order_status (shipped, cancelled, or missing), qty
-- rule   A reservation that belongs to an order line is part of that line's cover.  Where no open line of that order
--        asks for the item any more, the reservation keeps stock from everybody: a false out of stock.  Nothing is said
--        where no order lines were given to look into, nor of an order with a line that was kept out as bad.
SELECT r.item, r.order_id, COALESCE(max(o.status), 'missing') AS order_status, CAST(max(r.qty) AS BIGINT) AS qty
FROM (
  SELECT item, order_id, CAST(sum(qty) AS BIGINT) AS qty
  FROM reservations
  WHERE order_id IS NOT NULL AND qty > 0
  GROUP BY item, order_id
) AS r
CROSS JOIN audit AS a
LEFT JOIN orders AS o ON o.item = r.item AND CAST(o.order_id AS VARCHAR) = r.order_id
LEFT JOIN kept_out_orders AS k ON k.order_id = r.order_id
WHERE a.orders_known = 1 AND k.order_id IS NULL
GROUP BY r.item, r.order_id
HAVING COALESCE(sum(CASE WHEN o.status = 'open' THEN 1 ELSE 0 END), 0) = 0
