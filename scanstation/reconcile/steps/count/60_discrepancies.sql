-- discrepancies: every record that the count proves wrong, with its value and its kind
--
-- in     variance, books
-- out    item, location, lot, expected, counted, variance, variance_value, kind
-- rule   variance_value = variance x unit_cost of the item, 0 for an item without records.  The kind is the first
--        that fits:
--          unknown_item  the item has no record anywhere
--          misplaced     the item's surpluses and shortages over all locations cancel out to a tenth:
--                        up > 0, down > 0 and |up - down| x 10 <= up + down
--          phantom       the record says more than the shelf has
--          hidden        the shelf has more than the record says
SELECT v.item, v.location, v.lot, v.expected, v.counted, v.variance,
       v.variance * COALESCE(b.unit_cost, 0) AS variance_value,
       CASE WHEN b.item IS NULL THEN 'unknown_item'
            WHEN n.up > 0 AND n.down > 0 AND abs(n.up - n.down) * 10 <= n.up + n.down THEN 'misplaced'
            WHEN v.variance < 0 THEN 'phantom'
            ELSE 'hidden' END AS kind
FROM variance AS v
JOIN (
  SELECT item,
         sum(CASE WHEN variance > 0 THEN variance ELSE 0 END) AS up,
         sum(CASE WHEN variance < 0 THEN -variance ELSE 0 END) AS down
  FROM variance
  WHERE variance <> 0
  GROUP BY item
) AS n ON n.item = v.item
LEFT JOIN books AS b ON b.item = v.item
WHERE v.variance <> 0
