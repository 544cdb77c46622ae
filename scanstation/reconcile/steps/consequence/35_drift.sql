-- drift: LISTING_DRIFT, a channel says something else than the record does
--
-- in     offers
-- out    one row a listing: channel, item, state, published_qty, should (state by the record), ats_before
-- rule   A finding that needs no variance: the published quantity is not what can be sold by the record, or the state is
--        not the one that follows from it: in stock where something can be sold, else backorder where the channel goes on
--        selling, else out of stock.  A preorder is left alone.
SELECT channel, item, state, published_qty, should, ats_before
FROM (
  SELECT channel, item, state, published_qty, ats_before,
         CASE WHEN ats_before > 0 THEN 'in_stock' WHEN policy = 'continue' THEN 'backorder' ELSE 'out_of_stock' END
           AS should
  FROM offers
) AS said
WHERE state <> 'preorder' AND (state <> should OR published_qty <> ats_before)
