-- stock: what can be promised of each affected item, before and after the count
--
-- in     affected, books, booked, elsewhere, stale, held, later (item, delta)
-- out    one row an affected item: item, wrong, expected_total, verified_total, atp_before, atp_after, now_before,
--        now_after, usable_before, usable_after, unit_cost
-- rule   expected_total = what the books say, all locations, applied movements included;
--        verified_total = expected_total + the item's variances;
--        available to promise (ATP) = total + later - what is promised elsewhere - what is held.  A reservation that
--        belongs to an open order line is that line's cover and not taken off here.  A stale one is taken off before, as
--        the record does, and not after.  All may be negative.
--        ATP is as of the count: later is what a source of its own says was booked since.  now is the same with the
--        movements after the count, which moved real stock, right or wrong the record; what a count breaks is told from
--        now.  usable is what lies there and is not held, promised or not.
SELECT t.item, t.wrong, t.expected_total,
       t.expected_total + t.variance AS verified_total,
       t.total - t.reserved - t.stale - t.held_before AS atp_before,
       t.total + t.variance - t.reserved - t.held_after AS atp_after,
       t.total + t.since - t.reserved - t.stale - t.held_before AS now_before,
       t.total + t.since + t.variance - t.reserved - t.held_after AS now_after,
       t.total + t.since - t.held_before AS usable_before,
       t.total + t.since + t.variance - t.held_after AS usable_after,
       t.unit_cost
FROM (
  SELECT w.item, w.wrong, w.variance,
         COALESCE(b.qty, 0) + COALESCE(m.applied, 0) AS expected_total,
         COALESCE(b.qty, 0) + COALESCE(m.applied, 0) + COALESCE(l.delta, 0) AS total,
         COALESCE(m.since, 0) AS since,
         COALESCE(r.qty, 0) AS reserved,
         COALESCE(s.qty, 0) AS stale,
         COALESCE(h.held_before, 0) AS held_before,
         COALESCE(h.held_after, 0) AS held_after,
         COALESCE(b.unit_cost, 0) AS unit_cost
  FROM affected AS w
  LEFT JOIN books AS b ON b.item = w.item
  LEFT JOIN booked AS m ON m.item = w.item
  LEFT JOIN (SELECT item, CAST(sum(delta) AS BIGINT) AS delta FROM later GROUP BY item) AS l ON l.item = w.item
  LEFT JOIN elsewhere AS r ON r.item = w.item
  LEFT JOIN (SELECT item, CAST(sum(qty) AS BIGINT) AS qty FROM stale GROUP BY item) AS s ON s.item = w.item
  LEFT JOIN held AS h ON h.item = w.item
) AS t
