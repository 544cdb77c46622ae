-- supply: what suppliers still have to bring, added up by day
--
-- in     purchase_orders (item, qty_ordered, qty_received, due), affected, audit (as_of_day), policy (overdue_days)
-- out    one row an affected item and day: item, day, units (expected that day), total (expected up to that day)
-- rule   What is outstanding = qty_ordered - qty_received, where positive.  A line that is overdue is expected
--        overdue_days from now; a line without a date promises nothing.
SELECT item, day, units,
       CAST(sum(units) OVER (PARTITION BY item ORDER BY day
                             ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS total
FROM (
  SELECT item, day, CAST(sum(units) AS BIGINT) AS units
  FROM (
    SELECT p.item, p.qty_ordered - p.qty_received AS units,
           CASE WHEN p.due < a.as_of_day THEN a.as_of_day + c.overdue_days ELSE p.due END AS day
    FROM purchase_orders AS p
    JOIN affected AS w ON w.item = p.item
    CROSS JOIN audit AS a
    CROSS JOIN policy AS c
    WHERE p.due IS NOT NULL AND p.qty_ordered > p.qty_received
  ) AS outstanding
  GROUP BY item, day
) AS days
