-- needless_reorder: NEEDLESS_REORDER, purchases that hidden stock makes unnecessary
--
-- in     purchase_orders, position, worth, policy (holding_cost)
-- out    a consequence a purchase order line: units that need not come, of_units (outstanding), due, supplier, units
--        of it that are not needed by_record and in_truth
-- rule   Without what is outstanding, the inventory position asks for an order or not: none above the reorder point; else
--        up to order_up_to, else the fewest whole order quantities that lift it above the reorder point, else up to one
--        above it.  What is outstanding beyond that need not come.  Going from the latest delivery backwards, a line can
--        be reduced by what is left of that; the consequence is what could be reduced in truth beyond what the record
--        allowed.  margin = what a year of holding these units costs.
SELECT 'NEEDLESS_REORDER' AS kind, n.item, '' AS order_id, '' AS customer, '' AS channel, n.po, n.line, n.supplier,
       n.after_units - n.before_units AS units, n.open_units AS of_units, n.due, CAST(NULL AS BIGINT) AS day,
       CAST(NULL AS BIGINT) AS days, 'reduce' AS note, n.before_units AS by_record, n.after_units AS in_truth,
       CAST(((n.after_units - n.before_units) * w.cost * c.holding_cost
             - ((n.after_units - n.before_units) * w.cost * c.holding_cost) % 1000) / 1000 AS BIGINT) AS margin,
       0 AS handling, 0 AS write_off, 'buyer' AS tell, 'reduce_order' AS action
FROM (
  SELECT item, po, line, supplier, due, open_units,
         CASE WHEN over_before <= later_units THEN 0
              WHEN over_before - later_units < open_units THEN over_before - later_units
              ELSE open_units END AS before_units,
         CASE WHEN over_after <= later_units THEN 0
              WHEN over_after - later_units < open_units THEN over_after - later_units
              ELSE open_units END AS after_units
  FROM (
    SELECT o.item, o.po, o.line, o.supplier, o.due, o.qty_ordered - o.qty_received AS open_units,
           p.outstanding - p.need_before AS over_before, p.outstanding - p.need_after AS over_after,
           CAST(sum(o.qty_ordered - o.qty_received)
                  OVER (PARTITION BY o.item ORDER BY COALESCE(o.due, 2147483647) DESC, o.po DESC, o.line DESC
                        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT)
             - (o.qty_ordered - o.qty_received) AS later_units
    FROM purchase_orders AS o
    JOIN (
      SELECT item, outstanding,
             CASE WHEN before_them > reorder_point THEN 0
                  WHEN order_up_to > before_them THEN order_up_to - before_them
                  WHEN order_quantity > 0
                  THEN CAST((reorder_point - before_them - (reorder_point - before_them) % order_quantity) / order_quantity AS BIGINT)
                       * order_quantity + order_quantity
                  ELSE reorder_point - before_them + 1 END AS need_before,
             CASE WHEN after_them > reorder_point THEN 0
                  WHEN order_up_to > after_them THEN order_up_to - after_them
                  WHEN order_quantity > 0
                  THEN CAST((reorder_point - after_them - (reorder_point - after_them) % order_quantity) / order_quantity AS BIGINT)
                       * order_quantity + order_quantity
                  ELSE reorder_point - after_them + 1 END AS need_after
      FROM (
        SELECT item, outstanding, before_count - outstanding AS before_them, after_count - outstanding AS after_them,
               reorder_point, order_quantity, order_up_to
        FROM position
      ) AS bare
    ) AS p ON p.item = o.item
    WHERE o.qty_ordered > o.qty_received
  ) AS queue
) AS n
JOIN worth AS w ON w.item = n.item
CROSS JOIN policy AS c
WHERE n.after_units > n.before_units
