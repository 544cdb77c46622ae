-- frozen_reorder: FROZEN_REORDER, the purchase that the record holds back
--
-- in     position, quickest, worth, audit (as_of_day)
-- out    a consequence an item: units to order, of_units (the reorder point), supplier, day (of arrival), days (until the
--        record would have triggered the order; null without demand), note (reorder or no_supplier)
-- rule   Frozen: by the record above the reorder point s, in truth at or below it.  Quantity: up to order_up_to where it
--        is given; else the fewest whole order quantities that lift the position above s; without either, up to s + 1.
--        At least the supplier's minimum, in whole packs.  days = (position by the record - s) / daily, rounded up.
--        margin = what would be sold and not be there in those days.
SELECT 'FROZEN_REORDER' AS kind, item, '' AS order_id, '' AS customer, '' AS channel, '' AS po, '' AS line, supplier,
       least + CASE WHEN least % pack = 0 THEN 0 ELSE pack - least % pack END AS units, reorder_point AS of_units,
       CAST(NULL AS BIGINT) AS due, as_of_day + lead_days AS day, days,
       CASE WHEN supplier = '' THEN 'no_supplier' ELSE 'reorder' END AS note,
       CAST(COALESCE(days * daily * margin - (days * daily * margin) % 1000, 0) / 1000 AS BIGINT) AS margin,
       0 AS handling, 0 AS write_off, 'buyer' AS tell, 'order' AS action
FROM (
  SELECT n.item, n.reorder_point, n.daily, n.days, n.margin, n.as_of_day, n.supplier, n.pack, n.lead_days,
         CASE WHEN n.units < n.minimum THEN n.minimum ELSE n.units END AS least
  FROM (
    SELECT p.item, p.reorder_point, p.daily, w.margin, a.as_of_day, COALESCE(q.supplier, '') AS supplier,
           CASE WHEN q.pack > 1 THEN q.pack ELSE 1 END AS pack, COALESCE(q.minimum, 0) AS minimum, q.lead_days,
           CASE WHEN p.order_up_to IS NOT NULL AND p.order_up_to > p.after_count THEN p.order_up_to - p.after_count
                WHEN p.order_quantity > 0
                THEN CAST((p.reorder_point - p.after_count - (p.reorder_point - p.after_count) % p.order_quantity)
                          / p.order_quantity AS BIGINT) * p.order_quantity + p.order_quantity
                ELSE p.reorder_point - p.after_count + 1 END AS units,
           CASE WHEN p.daily > 0
                THEN CAST((1000 * (p.before_count - p.reorder_point) + p.daily - 1
                           - (1000 * (p.before_count - p.reorder_point) + p.daily - 1) % p.daily) / p.daily AS BIGINT)
                END AS days
    FROM position AS p
    JOIN worth AS w ON w.item = p.item
    CROSS JOIN audit AS a
    LEFT JOIN quickest AS q ON q.item = p.item
    WHERE p.before_count > p.reorder_point AND p.after_count <= p.reorder_point
  ) AS n
) AS sized
