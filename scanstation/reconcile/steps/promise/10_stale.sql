-- stale: stock that is kept for an order that no longer waits for it
--
-- in     reservations (item, qty, order_id), orders (order_id, item, status)
-- out    one row a reservation and order: item, order_id, order_status (shipped, cancelled, or missing), qty
-- rule   A reservation that belongs to an order line is part of that line's cover.  Where no open line of that order
--        asks for the item any more, the reservation keeps stock from everybody: a false out of stock.  Without any
--        order lines to look into nothing is said.
SELECT r.item, r.order_id, COALESCE(max(o.status), 'missing') AS order_status, CAST(max(r.qty) AS BIGINT) AS qty
FROM (
  SELECT item, order_id, CAST(sum(qty) AS BIGINT) AS qty
  FROM reservations
  WHERE order_id IS NOT NULL AND qty > 0
  GROUP BY item, order_id
) AS r
CROSS JOIN (SELECT count(*) AS lines FROM orders) AS known
LEFT JOIN orders AS o ON o.item = r.item AND CAST(o.order_id AS VARCHAR) = r.order_id
WHERE known.lines > 0
GROUP BY r.item, r.order_id
HAVING COALESCE(sum(CASE WHEN o.status = 'open' THEN 1 ELSE 0 END), 0) = 0
