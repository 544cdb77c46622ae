-- listing_answers: the listings that the count has something to say about
--
-- in     offers
-- out    one row a listing of an item with a wrong record, or whose available quantity changed: channel, item, state,
--        published_qty, ats_before, ats_after, false_out_of_stock, oversells
-- rule   The others are as right or wrong as they were before the audit: see drift.
SELECT channel, item, state, published_qty, ats_before, ats_after, false_out_of_stock, oversells
FROM offers
WHERE wrong > 0 OR ats_before <> ats_after
