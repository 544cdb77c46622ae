-- false_out_of_stock: FALSE_OUT_OF_STOCK, customers are turned away although the shelf has the goods
--
-- in     offers, worth
-- out    a consequence a listing that says out of stock or backorder: units to release, note (what it should say),
--        ATS by_record and in_truth
-- rule   units = ATS from corrected stock; margin = units x margin, what is to be earned by releasing them.
SELECT 'FALSE_OUT_OF_STOCK' AS kind, o.item, '' AS order_id, '' AS customer, o.channel, '' AS po, '' AS line,
       '' AS supplier, o.false_out_of_stock AS units, COALESCE(o.published_qty, 0) AS of_units,
       CAST(NULL AS BIGINT) AS due, CAST(NULL AS BIGINT) AS day, CAST(NULL AS BIGINT) AS days, 'in_stock' AS note,
       o.ats_before AS by_record, o.ats_after AS in_truth,
       o.false_out_of_stock * w.margin AS margin, 0 AS handling, 0 AS write_off, 'channel' AS tell, 'publish' AS action
FROM offers AS o
JOIN worth AS w ON w.item = o.item
WHERE o.false_out_of_stock > 0 AND o.available_before <> o.available_after
