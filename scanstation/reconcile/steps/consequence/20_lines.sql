-- lines: the open order lines of affected items, when each is covered, and what the record said when it was placed
--
-- in     allocation, orders (order_id, item, customer, available_at_order), stock, supply, books, movements, elsewhere,
--        held, audit (snapshot_ts, as_of_ts, as_of_day)
-- out    one row an open order line: order_id (text), item, customer, due, qty, promised, actual, day_before, day_after,
--        backorder, told_by
-- rule   A line is covered today where stock covers it whole; else on the first day on which stock and the receipts up
--        to then reach its quantity and that of all lines ahead of it (day_before by the record, day_after in truth);
--        null where no dated receipt does.  This is the first day with CATP' >= its quantity, reckoned over the lines
--        ahead of it.
--        promised and actual are those of now.
--        backorder: unintentional where the line gets less than the record showed for it when the order was placed; else
--        intentional where the line allows a backorder: it was known that the rest would wait; refused where it allows
--        none; unknown where nothing tells.  told_by: order (available_at_order), or replay: the record at t0, less what
--        moved between the order and t0 (plus what moved between t0 and the order), less what is held, less what stands
--        reserved elsewhere and less the open lines placed earlier; only where the movements reach back that far.
SELECT order_id, item, customer, due, qty, promised, actual, day_before, day_after,
       CASE WHEN at_order IS NULL THEN 'unknown'
            WHEN at_order > promised AND qty > promised OR at_order > actual AND qty > actual THEN 'unintentional'
            WHEN allow_backorder THEN 'intentional'
            ELSE 'refused' END AS backorder,
       CASE WHEN at_order IS NULL THEN '' WHEN given IS NOT NULL THEN 'order' ELSE 'replay' END AS told_by
FROM (
  SELECT CAST(q.order_id AS VARCHAR) AS order_id, q.item, o.customer, q.due, q.qty, q.promised, q.actual,
         q.allow_backorder, o.available_at_order AS given,
         CASE WHEN s.now_before >= q.ahead + q.qty THEN a.as_of_day ELSE f.day_before END AS day_before,
         CASE WHEN s.now_after >= q.ahead + q.qty THEN a.as_of_day ELSE f.day_after END AS day_after,
         CASE WHEN o.available_at_order IS NOT NULL THEN o.available_at_order
              WHEN m.first_ts <= q.placed_at AND q.placed_at <= a.as_of_ts
              THEN COALESCE(b.qty, 0) - COALESCE(v.moved, 0) - COALESCE(h.held_before, 0) - COALESCE(r.qty, 0)
                   - q.placed_before END AS at_order
  FROM (
    SELECT order_id, item, due, qty, allow_backorder, placed_at, ahead, promised_now AS promised, actual_now AS actual,
           CAST(sum(qty) OVER (PARTITION BY item ORDER BY placed_at, order_id
                               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) - qty AS placed_before
    FROM allocation
  ) AS q
  JOIN orders AS o ON o.order_id = q.order_id AND o.item = q.item
  JOIN stock AS s ON s.item = q.item
  CROSS JOIN audit AS a
  LEFT JOIN (
    SELECT q.order_id, q.item,
           min(CASE WHEN s.now_before + y.total >= q.ahead + q.qty THEN y.day END) AS day_before,
           min(CASE WHEN s.now_after + y.total >= q.ahead + q.qty THEN y.day END) AS day_after
    FROM allocation AS q
    JOIN stock AS s ON s.item = q.item
    JOIN supply AS y ON y.item = q.item
    GROUP BY q.order_id, q.item
  ) AS f ON f.order_id = q.order_id AND f.item = q.item
  LEFT JOIN books AS b ON b.item = q.item
  LEFT JOIN (SELECT item, min(ts) AS first_ts FROM movements GROUP BY item) AS m ON m.item = q.item
  LEFT JOIN (
    SELECT q.order_id, q.item,
           CAST(sum(CASE WHEN m.ts > q.placed_at AND m.ts <= a.snapshot_ts THEN m.delta
                         WHEN m.ts <= q.placed_at AND m.ts > a.snapshot_ts THEN -m.delta
                         ELSE 0 END) AS BIGINT) AS moved
    FROM allocation AS q
    JOIN movements AS m ON m.item = q.item
    CROSS JOIN audit AS a
    GROUP BY q.order_id, q.item
  ) AS v ON v.order_id = q.order_id AND v.item = q.item
  LEFT JOIN elsewhere AS r ON r.item = q.item
  LEFT JOIN held AS h ON h.item = q.item
) AS told
