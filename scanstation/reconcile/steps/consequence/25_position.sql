-- position: where each affected item stands against its reorder point
--
-- in     stock, allocation, purchase_orders, planning, pace
-- out    one row an affected item with a reorder point: item, before_count, after_count (inventory position),
--        outstanding, usable_before, usable_after (what lies there and is not held), reorder_point, order_quantity, order_up_to, daily
-- rule   inventory position = what can be promised now - all open order lines + everything outstanding from suppliers, by
--        the record (before) and in truth (after).
SELECT s.item,
       s.now_before - COALESCE(q.qty, 0) + COALESCE(o.qty, 0) AS before_count,
       s.now_after - COALESCE(q.qty, 0) + COALESCE(o.qty, 0) AS after_count,
       COALESCE(o.qty, 0) AS outstanding, s.usable_before, s.usable_after, p.reorder_point, p.order_quantity, p.order_up_to, d.daily
FROM stock AS s
JOIN planning AS p ON p.item = s.item
LEFT JOIN (SELECT item, CAST(sum(qty) AS BIGINT) AS qty FROM allocation GROUP BY item) AS q ON q.item = s.item
LEFT JOIN (
  SELECT item, CAST(sum(qty_ordered - qty_received) AS BIGINT) AS qty
  FROM purchase_orders
  WHERE qty_ordered > qty_received
  GROUP BY item
) AS o ON o.item = s.item
LEFT JOIN pace AS d ON d.item = s.item
