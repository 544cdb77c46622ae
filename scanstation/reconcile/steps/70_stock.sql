-- stock: what can be promised of each wrong item, before and after the count
--
-- in     discrepancies, books, applied, reservations (item, qty), later (item, delta: booked after the count, or at a
--        location that was not counted)
-- out    one row an item with a discrepancy: item, expected_total, verified_total, atp_before, atp_after, unit_cost
-- rule   expected_total = what the books say, all locations, applied movements included;
--        verified_total = expected_total + the item's variances;
--        available to promise (ATP) = total + what was booked later - what is reserved elsewhere: the later bookings
--        moved real stock, right or wrong the record.  All may be negative.
SELECT d.item,
       COALESCE(b.qty, 0) + COALESCE(m.delta, 0) AS expected_total,
       COALESCE(b.qty, 0) + COALESCE(m.delta, 0) + d.variance AS verified_total,
       COALESCE(b.qty, 0) + COALESCE(m.delta, 0) + COALESCE(l.delta, 0) - COALESCE(r.qty, 0) AS atp_before,
       COALESCE(b.qty, 0) + COALESCE(m.delta, 0) + d.variance + COALESCE(l.delta, 0) - COALESCE(r.qty, 0) AS atp_after,
       COALESCE(b.unit_cost, 0) AS unit_cost
FROM (SELECT item, CAST(sum(variance) AS BIGINT) AS variance FROM discrepancies GROUP BY item) AS d
LEFT JOIN books AS b ON b.item = d.item
LEFT JOIN (SELECT item, CAST(sum(delta) AS BIGINT) AS delta FROM applied GROUP BY item) AS m ON m.item = d.item
LEFT JOIN (SELECT item, CAST(sum(delta) AS BIGINT) AS delta FROM later GROUP BY item) AS l ON l.item = d.item
LEFT JOIN (SELECT item, CAST(sum(qty) AS BIGINT) AS qty FROM reservations GROUP BY item) AS r ON r.item = d.item
