-- frozen_reorder: FROZEN_REORDER, the purchase that the record holds back
--
-- in     position, quickest, worth, audit (as_of_day)
-- out    a consequence an item: units to order, of_units (the reorder point), supplier, day (of arrival), days (until the
--        record would have triggered the order; null without demand), note (reorder or no_supplier), the stock that hides
--        it by_record and in_truth
-- rule   Frozen: in truth the inventory position lies at or below the reorder point s, and the record hides it: its own
--        position lies above s, or so does what it says lies on the shelf while in truth that is at or below s.
--        Quantity: up to order_up_to where it is given; else the fewest whole order quantities that lift the position
--        above s; without either, up to s + 1.  At least the supplier's minimum, in whole packs.
--        days = (what the record shows above s) / daily, rounded up.
--        margin = what would be sold in those days beyond what lies there and is not held.
SELECT 'FROZEN_REORDER' AS kind, item, '' AS order_id, '' AS customer, '' AS channel, '' AS po, '' AS line, supplier,
       least + CASE WHEN least % pack = 0 THEN 0 ELSE pack - least % pack END AS units, reorder_point AS of_units,
       CAST(NULL AS BIGINT) AS due, as_of_day + lead_days AS day, days,
       CASE WHEN supplier = '' THEN 'no_supplier' ELSE 'reorder' END AS note, by_record, in_truth,
       CASE WHEN days * daily > 1000 * there
            THEN CAST(((days * daily - 1000 * there) * margin
                       - ((days * daily - 1000 * there) * margin) % 1000) / 1000 AS BIGINT)
            ELSE 0 END AS margin,
       0 AS handling, 0 AS write_off, 'buyer' AS tell, 'order' AS action
FROM (
  SELECT n.item, n.reorder_point, n.by_record, n.in_truth, n.there, n.daily, n.margin, n.as_of_day, n.supplier, n.pack,
         n.lead_days,
         CASE WHEN n.units < n.minimum THEN n.minimum ELSE n.units END AS least,
         CASE WHEN n.daily > 0
              THEN CAST((1000 * (n.by_record - n.reorder_point) + n.daily - 1
                         - (1000 * (n.by_record - n.reorder_point) + n.daily - 1) % n.daily) / n.daily AS BIGINT)
              END AS days
  FROM (
    SELECT p.item, p.reorder_point, p.daily, w.margin, a.as_of_day, COALESCE(q.supplier, '') AS supplier,
           CASE WHEN q.pack > 1 THEN q.pack ELSE 1 END AS pack, COALESCE(q.minimum, 0) AS minimum, q.lead_days,
           CASE WHEN p.before_count > p.reorder_point THEN p.before_count ELSE p.usable_before END AS by_record,
           CASE WHEN p.before_count > p.reorder_point THEN p.after_count ELSE p.usable_after END AS in_truth,
           CASE WHEN p.usable_after > 0 THEN p.usable_after ELSE 0 END AS there,
           CASE WHEN p.order_up_to IS NOT NULL AND p.order_up_to > p.after_count THEN p.order_up_to - p.after_count
                WHEN p.order_quantity > 0
                THEN CAST((p.reorder_point - p.after_count - (p.reorder_point - p.after_count) % p.order_quantity)
                          / p.order_quantity AS BIGINT) * p.order_quantity + p.order_quantity
                ELSE p.reorder_point - p.after_count + 1 END AS units
    FROM position AS p
    JOIN worth AS w ON w.item = p.item
    CROSS JOIN audit AS a
    LEFT JOIN quickest AS q ON q.item = p.item
    WHERE p.after_count <= p.reorder_point
      AND (p.before_count > p.reorder_point
           OR p.usable_before > p.reorder_point AND p.usable_after <= p.reorder_point)
  ) AS n
) AS sized
