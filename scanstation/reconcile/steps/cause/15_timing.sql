-- timing: TIMING, the booking and the goods did not move at the same time
--
-- in     nearby
-- out    evidence rows about movements: item, location, lot, cause, units, exact, about, reference, place, ts, ratio
-- rule   Applies where one nearby movement, or all of those on one side together, would leave exactly this variance:
--        minus the movements that were booked before the count, or those that were booked after it.
SELECT item, location, lot, 'TIMING' AS cause, abs(variance) AS units, 1 AS exact, 'movement' AS about,
       document AS reference, line AS place, ts, 0 AS ratio
FROM (
  SELECT item, location, lot, variance, document, line, ts, effect,
         CAST(sum(effect) OVER (PARTITION BY item, location, lot, side) AS BIGINT) AS together
  FROM nearby
) AS sides
WHERE effect = variance OR together = variance
