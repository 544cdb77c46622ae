-- statuses: how much of each counted record is damaged or in quarantine, by the books and after the count
--
-- in     holds, books (item, unit_cost)
-- out    one row a counted record with damaged, quarantined or marked stock: item, location, lot, damaged_before,
--        quarantined_before, damaged_after, quarantined_after, units (that come into one of these statuses), value
-- rule   As in held, without what is only expired: the record holds what the books held or the counter marked, whichever
--        is more, and never more than was counted.  The marks say which status; what the books held beyond them keeps
--        its own.  A count without marks releases nothing: a counter who marks nothing has not said that all is well.
--        value = units x unit_cost of the item, 0 for an item without records.
SELECT s.item, s.location, s.lot, s.damaged AS damaged_before, s.quarantined AS quarantined_before, s.damaged_after,
       s.quarantined_after, s.units, s.units * COALESCE(b.unit_cost, 0) AS value
FROM (
  SELECT item, location, lot, damaged, quarantined, damaged_after, quarantined_after,
         CASE WHEN damaged_after > damaged THEN damaged_after - damaged ELSE 0 END
           + CASE WHEN quarantined_after > quarantined THEN quarantined_after - quarantined ELSE 0 END AS units
  FROM (
    SELECT item, location, lot, damaged, quarantined,
           CASE WHEN marked_damaged + kept < held THEN marked_damaged + kept ELSE held END AS damaged_after,
           CASE WHEN marked_damaged + kept < held THEN held - marked_damaged - kept ELSE 0 END AS quarantined_after
    FROM (
      SELECT item, location, lot, damaged, quarantined, marked_damaged, held,
             CASE WHEN held <= marked OR damaged <= marked_damaged THEN 0
                  WHEN held - marked < damaged - marked_damaged THEN held - marked
                  ELSE damaged - marked_damaged END AS kept
      FROM (
        SELECT item, location, lot, damaged, quarantined, marked_damaged, marked_damaged + marked_quarantined AS marked,
               CASE WHEN damaged + quarantined >= marked_damaged + marked_quarantined
                         AND damaged + quarantined <= counted THEN damaged + quarantined
                    WHEN marked_damaged + marked_quarantined >= damaged + quarantined
                         AND marked_damaged + marked_quarantined <= counted THEN marked_damaged + marked_quarantined
                    ELSE counted END AS held
        FROM holds
        WHERE was_counted AND (damaged <> 0 OR quarantined <> 0 OR marked_damaged + marked_quarantined > 0)
      ) AS whole
    ) AS shares
  ) AS after_count
) AS s
LEFT JOIN books AS b ON b.item = s.item
