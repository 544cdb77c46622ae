-- available: what is left of each affected item for the sales channels today
--
-- in     timeline, audit (as_of_day), stock, planning (item, safety_stock)
-- out    one row an affected item: item, wrong, available_before, available_after, safety_stock
-- rule   available = CATP' of the day of the audit: what is there less everything that open order lines ask for, where
--        receipts help only the orders after them.  May be negative.
SELECT t.item, s.wrong, t.catp_ahead_before AS available_before, t.catp_ahead AS available_after,
       COALESCE(p.safety_stock, 0) AS safety_stock
FROM timeline AS t
JOIN audit AS a ON a.as_of_day = t.day
JOIN stock AS s ON s.item = t.item
LEFT JOIN planning AS p ON p.item = t.item
