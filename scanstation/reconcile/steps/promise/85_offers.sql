-- offers: what the sales channels say of each item, and what they should say
--
-- in     listings (channel, item, state, published_qty, policy, share, buffer), available
-- out    one row a listing: channel, item, wrong (records of the item that are wrong), state, published_qty, policy,
--        offered, available_before, available_after, ats_before, ats_after, false_out_of_stock, oversells
-- rule   available to sell (ATS) = max(0, min(share % of available, available - buffer - safety stock)), whole units.
--        false_out_of_stock: units that could be sold while the channel says out of stock or backorder.
--        oversells: units that the channel offers beyond ATS.  A channel offers its published quantity; one that
--        publishes none but says in stock offers what the record showed, and one unit at least; one that says out of
--        stock offers nothing.
SELECT channel, item, wrong, state, published_qty, policy, offered, available_before, available_after,
       ats_before, ats_after,
       CASE WHEN state IN ('out_of_stock', 'backorder') THEN ats_after ELSE 0 END AS false_out_of_stock,
       CASE WHEN offered > ats_after THEN offered - ats_after ELSE 0 END AS oversells
FROM (
  SELECT channel, item, wrong, state, published_qty, policy, available_before, available_after, ats_before,
         ats_after,
         CASE WHEN state = 'out_of_stock' THEN 0
              WHEN published_qty IS NOT NULL THEN published_qty
              WHEN state <> 'in_stock' THEN 0
              WHEN ats_before > 1 THEN ats_before
              ELSE 1 END AS offered
  FROM (
    SELECT channel, item, wrong, state, published_qty, policy, available_before, available_after,
           CASE WHEN before_share <= 0 OR before_buffer <= 0 THEN 0
                WHEN before_share < before_buffer THEN before_share ELSE before_buffer END AS ats_before,
           CASE WHEN after_share <= 0 OR after_buffer <= 0 THEN 0
                WHEN after_share < after_buffer THEN after_share ELSE after_buffer END AS ats_after
    FROM (
      SELECT l.channel, l.item, a.wrong, l.state, l.published_qty, l.policy, a.available_before, a.available_after,
             CAST((a.available_before * l.share - (a.available_before * l.share) % 100) / 100 AS BIGINT)
               AS before_share,
             CAST((a.available_after * l.share - (a.available_after * l.share) % 100) / 100 AS BIGINT)
               AS after_share,
             a.available_before - l.buffer - a.safety_stock AS before_buffer,
             a.available_after - l.buffer - a.safety_stock AS after_buffer
      FROM listings AS l
      JOIN available AS a ON a.item = l.item
    ) AS parts
  ) AS sellable
) AS offers
