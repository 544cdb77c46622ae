-- partial: PARTIAL, lines of which a part can go now
--
-- in     lines, worth, audit (as_of_day), policy (extra_shipment_cost, waiting_cost)
-- out    a consequence a line whose cover changed and is neither none nor whole: units to ship now, of_units, due, day
--        (of the rest), note (split or wait), cover by_record and in_truth
-- rule   Splitting costs one more shipment.  Waiting costs, for each unit that could go and each day from today or, where
--        that is later, the due date until the rest comes, waiting_cost of its price: a line that is whole in time waits
--        for nothing.  The cheaper one is advised; split where no date is known for the rest.
SELECT 'PARTIAL' AS kind, item, order_id, customer, '' AS channel, '' AS po, '' AS line, '' AS supplier,
       actual AS units, qty AS of_units, due, day_after AS day, days,
       CASE WHEN wait_cost IS NULL OR wait_cost > split_cost THEN 'split' ELSE 'wait' END AS note, promised AS by_record,
       actual AS in_truth, 0 AS margin,
       CASE WHEN wait_cost IS NULL OR wait_cost > split_cost THEN split_cost ELSE wait_cost END AS handling,
       0 AS write_off, 'store_keeper' AS tell,
       CASE WHEN wait_cost IS NULL OR wait_cost > split_cost THEN 'ship_part' ELSE 'hold' END AS action
FROM (
  SELECT l.item, l.order_id, l.customer, l.promised, l.actual, l.qty, l.due, l.day_after, l.day_after - a.as_of_day AS days,
         p.extra_shipment_cost AS split_cost,
         CAST((l.actual * w.price * p.waiting_cost * l.late - (l.actual * w.price * p.waiting_cost * l.late) % 1000) / 1000
              AS BIGINT) AS wait_cost
  FROM (
    SELECT lines.*,
           CASE WHEN lines.day_after <= lines.due THEN 0
                WHEN lines.due > t.as_of_day THEN lines.day_after - lines.due
                ELSE lines.day_after - t.as_of_day END AS late
    FROM lines
    CROSS JOIN audit AS t
  ) AS l
  JOIN worth AS w ON w.item = l.item
  CROSS JOIN audit AS a
  CROSS JOIN policy AS p
  WHERE l.promised <> l.actual AND l.actual > 0 AND l.actual < l.qty
) AS choices
