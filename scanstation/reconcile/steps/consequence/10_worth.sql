-- worth: what a unit of each affected item costs and earns
--
-- in     stock (item, unit_cost), items (item, unit_cost, price)
-- out    one row an affected item: item, cost, price, margin (1/10000 of the currency unit)
-- rule   cost is that of the record, else that of the item; margin = price - cost, never below 0; 0 without a price.
SELECT item, cost, price, CASE WHEN price > cost THEN price - cost ELSE 0 END AS margin
FROM (
  SELECT s.item, CASE WHEN s.unit_cost > 0 THEN s.unit_cost ELSE COALESCE(i.unit_cost, 0) END AS cost,
         COALESCE(i.price, 0) AS price
  FROM stock AS s
  LEFT JOIN items AS i ON i.item = s.item
) AS figures
