-- drift: LISTING_DRIFT, a channel says something else than the record does
--
-- in     offers
-- out    one row a listing: channel, item, state, published_qty, should (the right state), ats_after (the right quantity)
-- rule   A finding that needs no variance: the published quantity is not what can be sold by the record, or the state is
--        not the one that follows from it: in stock where something can be sold, else backorder where the channel goes on
--        selling, else out of stock.  What it should say follows in the same way from corrected stock; where it says that
--        already it is left alone, and so is a preorder.
SELECT channel, item, state, published_qty, should, ats_after
FROM (
  SELECT channel, item, state, published_qty, ats_before, ats_after,
         CASE WHEN ats_before > 0 THEN 'in_stock' WHEN policy = 'continue' THEN 'backorder' ELSE 'out_of_stock' END
           AS by_record,
         CASE WHEN ats_after > 0 THEN 'in_stock' WHEN policy = 'continue' THEN 'backorder' ELSE 'out_of_stock' END
           AS should
  FROM offers
) AS said
WHERE state <> 'preorder' AND (state <> by_record OR published_qty <> ats_before)
  AND (state <> should OR published_qty <> ats_after)
