-- risk: SERVICE, stock runs out sooner than the record lets one think
--
-- in     service (item, before_risk, after_risk, lead_days, short), stock, planning (item, safety_stock), worth
-- out    a consequence an item: units of new demand expected to be short in the lead time beyond what the record
--        expects, of_units (the safety stock), days (of the lead time), note (breach where safety stock is used up,
--        else risk), the chance of a stockout by_record and in_truth (in 1/1000, null without a demand history)
-- rule   Told where the chance is greater in truth than by the record, or where the safety stock was whole by the record
--        and is not in truth.  margin = expected units short x margin.
SELECT 'SERVICE' AS kind, s.item, '' AS order_id, '' AS customer, '' AS channel, '' AS po, '' AS line, '' AS supplier,
       COALESCE(r.short, 0) AS units, COALESCE(p.safety_stock, 0) AS of_units, CAST(NULL AS BIGINT) AS due,
       CAST(NULL AS BIGINT) AS day, r.lead_days AS days,
       CASE WHEN p.safety_stock > 0 AND s.now_before >= p.safety_stock AND s.now_after < p.safety_stock THEN 'breach'
            ELSE 'risk' END AS note,
       r.before_risk AS by_record, r.after_risk AS in_truth,
       COALESCE(r.short, 0) * w.margin AS margin, 0 AS handling, 0 AS write_off, 'buyer' AS tell, 'watch' AS action
FROM stock AS s
JOIN worth AS w ON w.item = s.item
LEFT JOIN service AS r ON r.item = s.item
LEFT JOIN planning AS p ON p.item = s.item
WHERE r.after_risk > r.before_risk
   OR (p.safety_stock > 0 AND s.now_before >= p.safety_stock AND s.now_after < p.safety_stock)
