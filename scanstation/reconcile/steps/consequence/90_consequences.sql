-- consequences: everything that the wrong records break, each with what it costs and who has to know
--
-- in     oversold, oversell_next, false_out_of_stock, needless_backorder, frozen_reorder, needless_reorder, late_promise,
--        partial, risk, money, behind
-- out    one row a consequence: kind, item, order_id, customer, channel, po, line, supplier, units, of_units, due, day,
--        days, note, by_record and in_truth (the figure that the record has wrong), margin, handling, write_off, money
--        (the three together), severity, tell, action, behind.  What it is not about is empty, what is not known is null
-- rule   Severity: 4 breaks a promise to a customer (OVERSOLD, LATE_PROMISE); 3 will break one or loses sales now
--        (OVERSELL_NEXT, FALSE_OUT_OF_STOCK, NEEDLESS_BACKORDER, FROZEN_REORDER); 2 costs (NEEDLESS_REORDER, PARTIAL,
--        SERVICE); 1 changes the value of the books (MONEY).  A gain in the books is no money saved elsewhere: it counts
--        0.
SELECT kind, k.item, order_id, customer, channel, po, line, supplier, units, of_units, due, day, days, note, by_record,
       in_truth, margin, handling, write_off, margin + handling + CASE WHEN write_off > 0 THEN write_off ELSE 0 END AS money,
       CASE WHEN kind IN ('OVERSOLD', 'LATE_PROMISE') THEN 4
            WHEN kind IN ('OVERSELL_NEXT', 'FALSE_OUT_OF_STOCK', 'NEEDLESS_BACKORDER', 'FROZEN_REORDER') THEN 3
            WHEN kind = 'MONEY' THEN 1
            ELSE 2 END AS severity,
       tell, action, COALESCE(b.behind, '') AS behind
FROM (
  SELECT * FROM oversold
  UNION ALL
  SELECT * FROM oversell_next
  UNION ALL
  SELECT * FROM false_out_of_stock
  UNION ALL
  SELECT * FROM needless_backorder
  UNION ALL
  SELECT * FROM frozen_reorder
  UNION ALL
  SELECT * FROM needless_reorder
  UNION ALL
  SELECT * FROM late_promise
  UNION ALL
  SELECT * FROM partial
  UNION ALL
  SELECT * FROM risk
  UNION ALL
  SELECT * FROM money
) AS k
LEFT JOIN behind AS b ON b.item = k.item
