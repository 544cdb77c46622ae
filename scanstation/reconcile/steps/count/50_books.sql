-- books: what the record says of each item, all locations together
--
-- in     recorded (item, qty, unit_cost)
-- out    one row a recorded item: item, qty, unit_cost
-- rule   unit_cost is the greatest unit cost among the item's records (1/10000 of the currency unit).  An item without
--        a row here is unknown to the record.
SELECT item, CAST(sum(qty) AS BIGINT) AS qty, max(unit_cost) AS unit_cost
FROM recorded
GROUP BY item
