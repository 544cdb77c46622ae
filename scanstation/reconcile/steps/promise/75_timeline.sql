-- timeline: stock, receipts and orders of each affected item day by day, and what can be promised on each day
--
-- in     stock, allocation, supply, audit (as_of_day)
-- out    one row an item and day with an event, the day of the audit first: item, day, receipts, orders, atp,
--        catp, catp_ahead, catp_ahead_before
-- rule   Orders that are overdue ask today.
--        Stock is as of now, with the movements after the count.
--        Discrete ATP: what a receipt leaves until the next one.  ATP of a period = its receipt - all orders before the
--        next receipt; the first period starts with what is available.  Null on a day that starts no period.
--        Cumulative: CATP_t = CATP_(t-1) + receipts_t - orders_t.  With look-ahead: CATP'_t = min over u >= t of
--        CATP_u, so that nothing is promised twice; q can be promised on day t only if q <= CATP'_t.
--        catp_ahead_before is the same from what was available by the record (APICS: available-to-promise).
SELECT item, day, receipts, orders,
       CASE WHEN place = 1 THEN block_sum + CASE WHEN block = 0 THEN now_after ELSE 0 END END AS atp,
       now_after + run AS catp,
       now_after + low AS catp_ahead,
       now_before + low AS catp_ahead_before
FROM (
  SELECT item, day, receipts, orders, now_before, now_after, run, block,
         row_number() OVER (PARTITION BY item, block ORDER BY day) AS place,
         CAST(sum(receipts - orders) OVER (PARTITION BY item, block) AS BIGINT) AS block_sum,
         min(run) OVER (PARTITION BY item ORDER BY day ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS low
  FROM (
    SELECT item, day, receipts, orders, now_before, now_after,
           CAST(sum(receipts - orders) OVER (PARTITION BY item ORDER BY day
                                             ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS run,
           CAST(sum(CASE WHEN receipts > 0 THEN 1 ELSE 0 END)
             OVER (PARTITION BY item ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS block
    FROM (
      SELECT e.item, e.day, CAST(sum(e.receipts) AS BIGINT) AS receipts, CAST(sum(e.orders) AS BIGINT) AS orders,
             max(s.now_before) AS now_before, max(s.now_after) AS now_after
      FROM (
        SELECT w.item, a.as_of_day AS day, 0 AS receipts, 0 AS orders FROM stock AS w CROSS JOIN audit AS a
        UNION ALL
        SELECT q.item, CASE WHEN q.due < a.as_of_day THEN a.as_of_day ELSE q.due END AS day, 0 AS receipts, q.qty AS orders
        FROM allocation AS q CROSS JOIN audit AS a
        UNION ALL
        SELECT item, day, units AS receipts, 0 AS orders FROM supply
      ) AS e
      JOIN stock AS s ON s.item = e.item
      GROUP BY e.item, e.day
    ) AS days
  ) AS running
) AS blocks
