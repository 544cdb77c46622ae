-- unit_of_measure: UNIT_OF_MEASURE, packs were counted or booked as pieces, or pieces as packs
--
-- in     discrepancies, packs, movements, counts
-- out    evidence rows about packs, or about the movement booked in them: item, location, lot, cause, units, exact,
--        about, reference, place, ts, ratio (the pack size)
-- rule   Applies where expected is a pack size times counted, or counted a pack size times expected; and where one
--        movement before the count, taken times the pack size, would be right: variance = delta x (pack - 1).
SELECT d.item, d.location, d.lot, 'UNIT_OF_MEASURE' AS cause, abs(d.variance) AS units, 1 AS exact, 'pack' AS about,
       '' AS reference, '' AS place, CAST(NULL AS BIGINT) AS ts, p.units AS ratio
FROM discrepancies AS d
JOIN packs AS p ON p.item = d.item
WHERE d.expected > 0 AND d.counted > 0 AND (d.expected = d.counted * p.units OR d.counted = d.expected * p.units)
UNION ALL
SELECT d.item, d.location, d.lot, 'UNIT_OF_MEASURE' AS cause, abs(d.variance) AS units, 1 AS exact, 'movement' AS about,
       m.document AS reference, m.line AS place, m.ts, p.units AS ratio
FROM discrepancies AS d
JOIN packs AS p ON p.item = d.item
JOIN counts AS c ON c.location = d.location
JOIN movements AS m
  ON m.item = d.item AND m.location = d.location AND (m.lot = d.lot OR (m.lot IS NULL AND d.lot IS NULL))
WHERE m.ts < c.count_ts AND d.variance = m.delta * (p.units - 1)
