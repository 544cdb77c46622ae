-- held: stock that is there and may not be sold, before and after the count
--
-- in     holds
-- out    one row an item: item, held_before, held_after
-- rule   By the record, stock is held where it is damaged, in quarantine or expired.  After the count, a counted place
--        holds what the record held or the counter marked, whichever is more, and never more than was counted there; of
--        an expired lot all that was counted; an uncounted place holds what the record says.
SELECT item, CAST(sum(held) AS BIGINT) AS held_before,
       CAST(sum(CASE WHEN NOT was_counted THEN held
                     WHEN lot_expired = 1 THEN counted
                     WHEN held >= marked AND held <= counted THEN held
                     WHEN marked >= held AND marked <= counted THEN marked
                     ELSE counted END) AS BIGINT) AS held_after
FROM (
  SELECT item, damaged + quarantined + expired AS held, marked_damaged + marked_quarantined AS marked, counted,
         was_counted, lot_expired
  FROM holds
) AS places
GROUP BY item
