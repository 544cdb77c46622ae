-- stock: what can be promised of each affected item, before and after the count
--
-- in     affected, books, applied, reservations (item, qty, order_id), stale, held, later (item, delta: booked after
--        the count, or at a location that was not counted)
-- out    one row an affected item: item, wrong, expected_total, verified_total, atp_before, atp_after, unit_cost
-- rule   expected_total = what the books say, all locations, applied movements included;
--        verified_total = expected_total + the item's variances;
--        available to promise (ATP) = total + what was booked later - what is reserved elsewhere - what is held.  The
--        later bookings moved real stock, right or wrong the record.  A reservation that belongs to an open order line
--        is that line's cover and not taken off here.  A stale one is taken off before, as the record does, and not
--        after.  All may be negative.
SELECT t.item, t.wrong, t.expected_total,
       t.expected_total + t.variance AS verified_total,
       t.expected_total + t.moved - t.reserved - t.stale - COALESCE(h.held_before, 0) AS atp_before,
       t.expected_total + t.variance + t.moved - t.reserved - COALESCE(h.held_after, 0) AS atp_after,
       t.unit_cost
FROM (
  SELECT w.item, w.wrong, w.variance,
         COALESCE(b.qty, 0) + COALESCE(m.delta, 0) AS expected_total,
         COALESCE(l.delta, 0) AS moved,
         COALESCE(r.qty, 0) AS reserved,
         COALESCE(s.qty, 0) AS stale,
         COALESCE(b.unit_cost, 0) AS unit_cost
  FROM affected AS w
  LEFT JOIN books AS b ON b.item = w.item
  LEFT JOIN (SELECT item, CAST(sum(delta) AS BIGINT) AS delta FROM applied GROUP BY item) AS m ON m.item = w.item
  LEFT JOIN (SELECT item, CAST(sum(delta) AS BIGINT) AS delta FROM later GROUP BY item) AS l ON l.item = w.item
  LEFT JOIN (
    SELECT item, CAST(sum(qty) AS BIGINT) AS qty FROM reservations WHERE order_id IS NULL GROUP BY item
  ) AS r ON r.item = w.item
  LEFT JOIN (SELECT item, CAST(sum(qty) AS BIGINT) AS qty FROM stale GROUP BY item) AS s ON s.item = w.item
) AS t
LEFT JOIN held AS h ON h.item = t.item
