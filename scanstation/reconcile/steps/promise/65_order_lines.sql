-- order_lines: the promises that the wrong record broke, and those that can be kept after all
--
-- in     allocation
-- out    each order line whose cover changed: order_id, item, due, qty, allow_backorder, promised, actual, short,
--        released
-- rule   short = promised - actual where the line loses cover; released = actual - promised where it gains cover
SELECT order_id, item, due, qty, allow_backorder, promised, actual,
       CASE WHEN promised > actual THEN promised - actual ELSE 0 END AS short,
       CASE WHEN actual > promised THEN actual - promised ELSE 0 END AS released
FROM allocation
WHERE promised <> actual
