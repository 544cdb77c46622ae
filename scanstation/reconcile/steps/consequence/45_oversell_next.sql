-- oversell_next: OVERSELL_NEXT, units that a channel is about to sell and that do not exist
--
-- in     offers, pace, worth, policy (horizon_days, lost_sale_share, contact_cost)
-- out    a consequence a listing that offers too much: units, of_units (offered), note (what it should say), ATS by_record
--        and in_truth
-- rule   A channel offers more than can be sold; how much of that it sells until it is corrected follows from demand:
--        units = min(offered, daily x horizon_days rounded up) - ATS, where positive; without a history everything that
--        it offers beyond ATS.  Demand is the item's: each channel that offers too much is told at its most.  Told where
--        what is available changed: else it is a listing that drifted.  Each such unit costs a contact and the share of
--        margin that is lost by waiting.
SELECT 'OVERSELL_NEXT' AS kind, o.item, '' AS order_id, '' AS customer, o.channel, '' AS po, '' AS line,
       '' AS supplier, o.units, o.offered AS of_units, CAST(NULL AS BIGINT) AS due, CAST(NULL AS BIGINT) AS day,
       CAST(NULL AS BIGINT) AS days, o.should AS note, o.ats_before AS by_record,
       o.ats_after AS in_truth,
       CAST((o.units * w.margin * p.lost_sale_share - (o.units * w.margin * p.lost_sale_share) % 1000) / 1000 AS BIGINT)
         AS margin,
       o.units * p.contact_cost AS handling, 0 AS write_off, 'channel' AS tell, 'publish' AS action
FROM (
  SELECT channel, item, offered, ats_before, ats_after,
         CASE WHEN ats_after > 0 THEN 'in_stock' WHEN policy = 'continue' THEN 'backorder' ELSE 'out_of_stock' END
           AS should,
         CASE WHEN expected IS NULL OR expected > offered THEN offered - ats_after ELSE expected - ats_after END AS units
  FROM (
    SELECT o.channel, o.item, o.policy, o.offered, o.ats_before, o.ats_after,
           CAST((d.daily * c.horizon_days + 999 - (d.daily * c.horizon_days + 999) % 1000) / 1000 AS BIGINT) AS expected
    FROM offers AS o
    CROSS JOIN policy AS c
    LEFT JOIN pace AS d ON d.item = o.item
    WHERE o.oversells > 0 AND o.available_before <> o.available_after
  ) AS selling
) AS o
JOIN worth AS w ON w.item = o.item
CROSS JOIN policy AS p
WHERE o.units > 0
