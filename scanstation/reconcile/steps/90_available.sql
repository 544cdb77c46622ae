-- available: what is left of each wrong item for the sales channels
--
-- in     stock, allocation
-- out    one row an item with a discrepancy: item, available_before, available_after
-- rule   available = ATP - everything that open order lines ask for.  May be negative.
SELECT s.item,
       s.atp_before - COALESCE(q.qty, 0) AS available_before,
       s.atp_after - COALESCE(q.qty, 0) AS available_after
FROM stock AS s
LEFT JOIN (SELECT item, CAST(sum(qty) AS BIGINT) AS qty FROM allocation GROUP BY item) AS q ON q.item = s.item
