-- item_answers: what each wrong item means for the promises made on it
--
-- in     stock, allocation
-- out    one row an item with a discrepancy: item, expected_total, verified_total, atp_before, atp_after,
--        unintentional_units, needless_units, partial_orders, value_at_risk
-- rule   unintentional_units: promised to lines that accept no backorder, and not there;
--        needless_units: kept waiting although the shelf has them; partial_orders: lines that can be shipped in part;
--        value_at_risk = unintentional_units x unit_cost (1/10000 of the currency unit)
SELECT s.item, s.expected_total, s.verified_total, s.atp_before, s.atp_after,
       COALESCE(h.unintentional_units, 0) AS unintentional_units,
       COALESCE(h.needless_units, 0) AS needless_units,
       COALESCE(h.partial_orders, 0) AS partial_orders,
       COALESCE(h.unintentional_units, 0) * s.unit_cost AS value_at_risk
FROM stock AS s
LEFT JOIN (
  SELECT item,
         CAST(sum(CASE WHEN promised > actual AND NOT allow_backorder THEN promised - actual ELSE 0 END) AS BIGINT)
           AS unintentional_units,
         CAST(sum(CASE WHEN actual > promised THEN actual - promised ELSE 0 END) AS BIGINT) AS needless_units,
         CAST(sum(CASE WHEN actual > 0 AND actual < qty THEN 1 ELSE 0 END) AS BIGINT) AS partial_orders
  FROM allocation
  GROUP BY item
) AS h ON h.item = s.item
WHERE s.wrong > 0
