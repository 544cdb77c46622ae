-- receipt: RECEIPT_SHORT and RECEIPT_OVER, the supplier sent another quantity than was booked
--
-- in     discrepancies, counts, purchase_orders, movements, policy (receipt_days)
-- out    evidence rows about purchase order lines: item, location, lot, cause, units, exact, about, reference (the
--        order), place (its line), ts (received at), ratio
-- rule   Applies where variance = qty_received - qty_ordered of a line received at most receipt_days before the count:
--        the books took what was ordered.  Where receipts of that order are booked to locations, only these count.
--        A claim per purchase order line.
SELECT d.item, d.location, d.lot,
       CASE WHEN d.variance < 0 THEN 'RECEIPT_SHORT' ELSE 'RECEIPT_OVER' END AS cause,
       abs(d.variance) AS units, 1 AS exact, 'purchase order' AS about, p.po AS reference, p.line AS place,
       p.received_at AS ts, 0 AS ratio
FROM discrepancies AS d
JOIN counts AS c ON c.location = d.location
JOIN purchase_orders AS p ON p.item = d.item AND p.qty_received - p.qty_ordered = d.variance
CROSS JOIN policy AS y
LEFT JOIN (
  SELECT item, document, location FROM movements WHERE delta > 0 AND document <> '' GROUP BY item, document, location
) AS m ON m.item = p.item AND m.document = p.po
WHERE p.received_at <= c.count_ts AND c.count_ts - p.received_at <= y.receipt_days * 86400000000
  AND (m.location IS NULL OR m.location = d.location)
