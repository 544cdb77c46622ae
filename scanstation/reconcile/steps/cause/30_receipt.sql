-- receipt: RECEIPT_SHORT and RECEIPT_OVER, the supplier sent another quantity than was booked
--
-- in     discrepancies, counts, purchase_orders, movements, policy (receipt_days)
-- out    evidence rows about purchase order lines: item, location, lot, cause, units (of the line), exact, about,
--        reference (the order), place (its line), ts (received at), ratio
-- rule   Applies where variance = qty_received - qty_ordered of a line received at most receipt_days before the count, or
--        of all such lines together: the books took what was ordered.  Where receipts of that order are booked to
--        locations, only these count.  A claim per purchase order line.
SELECT item, location, lot,
       CASE WHEN variance < 0 THEN 'RECEIPT_SHORT' ELSE 'RECEIPT_OVER' END AS cause,
       abs(differs) AS units, 1 AS exact, 'purchase order' AS about, po AS reference, line AS place, received_at AS ts,
       0 AS ratio
FROM (
  SELECT d.item, d.location, d.lot, d.variance, p.po, p.line, p.received_at, p.qty_received - p.qty_ordered AS differs,
         CAST(sum(p.qty_received - p.qty_ordered) OVER (PARTITION BY d.item, d.location, d.lot) AS BIGINT) AS together
  FROM discrepancies AS d
  JOIN counts AS c ON c.location = d.location
  JOIN purchase_orders AS p ON p.item = d.item
  CROSS JOIN policy AS y
  LEFT JOIN (
    SELECT item, document, location FROM movements WHERE delta > 0 AND document <> '' GROUP BY item, document, location
  ) AS m ON m.item = p.item AND m.document = p.po
  WHERE p.received_at <= c.count_ts AND c.count_ts - p.received_at <= y.receipt_days * 86400000000
    AND (m.location IS NULL OR m.location = d.location)
    AND (d.variance < 0 AND p.qty_received < p.qty_ordered OR d.variance > 0 AND p.qty_received > p.qty_ordered)
) AS claims
WHERE differs = variance OR together = variance
