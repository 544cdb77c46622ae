-- allocation: how far each open order line of an affected item was covered, and how far it is covered in truth
--
-- in     orders (order_id, item, qty, due, allow_backorder, priority, placed_at, status), stock
-- out    one row an open order line: order_id, item, due, qty, allow_backorder, placed_at, ahead (the quantity of the
--        lines before it), promised, actual, promised_now, actual_now
-- rule   The lines of an item are served one after the other: first due first, then by priority (the lower number
--        first), then the older order, then order_id.  A line gets what the lines ahead of it leave:
--        min(qty, max(0, ATP - quantity ahead)), from atp_before (promised) and from atp_after (actual), and both as of now.
SELECT order_id, item, due, qty, allow_backorder, placed_at, ahead,
       CASE WHEN atp_before <= ahead THEN 0
            WHEN atp_before - ahead < qty THEN atp_before - ahead
            ELSE qty END AS promised,
       CASE WHEN atp_after <= ahead THEN 0
            WHEN atp_after - ahead < qty THEN atp_after - ahead
            ELSE qty END AS actual,
       CASE WHEN now_before <= ahead THEN 0
            WHEN now_before - ahead < qty THEN now_before - ahead
            ELSE qty END AS promised_now,
       CASE WHEN now_after <= ahead THEN 0
            WHEN now_after - ahead < qty THEN now_after - ahead
            ELSE qty END AS actual_now
FROM (
  SELECT o.order_id, o.item, o.due, o.qty, o.allow_backorder, o.placed_at, s.atp_before, s.atp_after, s.now_before,
         s.now_after,
         CAST(sum(o.qty) OVER (PARTITION BY o.item ORDER BY o.due, o.priority, o.placed_at, o.order_id
                               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) - o.qty AS ahead
  FROM orders AS o
  JOIN stock AS s ON s.item = o.item
  WHERE o.status = 'open'
) AS queue
