-- unit_of_measure: UNIT_OF_MEASURE, packs were counted or booked as pieces, or pieces as packs
--
-- in     discrepancies, packs, movements, counts, policy (receipt_days)
-- out    evidence rows about packs, or about the movement booked in them: item, location, lot, cause, units, exact,
--        about, reference, place, ts, ratio (the pack size)
-- rule   Applies where expected is a pack size times counted, or counted a pack size times expected.  Applies too where
--        one movement at most receipt_days before the count would be right in the other unit: booked as pieces though
--        they were packs, variance = delta x (pack - 1); booked as packs though they were pieces,
--        variance = delta / pack - delta.
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
CROSS JOIN policy AS y
WHERE m.ts < c.count_ts AND c.count_ts - m.ts <= y.receipt_days * 86400000000
  AND (d.variance = m.delta * (p.units - 1) OR d.variance * p.units = -m.delta * (p.units - 1))
