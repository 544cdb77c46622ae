-- causes: why each record is wrong, as far as the evidence goes, the best cause first
--
-- in     discrepancies, evidence, parked (location, codes)
-- out    one row a wrong record and cause: item, location, lot, cause, rank (1 is the best), exact, pieces (of evidence),
--        parked (codes at the location that nobody has resolved)
-- rule   A cause that explains the whole variance comes before one that explains a part; then as listed: TIMING,
--        DUPLICATE, UNIT_OF_MEASURE, RECEIPT_SHORT and RECEIPT_OVER, LOT, MISPLACED, SWAP, UNRECORDED_RETURN,
--        COUNT_ERROR: an error in the books is surer than a movement on the floor.  A shortage without evidence is an
--        UNRECORDED_ISSUE (scrap, sample, damage, theft), unless codes are parked at its location: what is missing may
--        be what could not be read.  Everything else is UNEXPLAINED, which is an honest answer.
SELECT item, location, lot, cause,
       row_number() OVER (PARTITION BY item, location, lot ORDER BY exact DESC, place) AS rank,
       exact, pieces, parked
FROM (
  SELECT d.item, d.location, d.lot, COALESCE(p.codes, 0) AS parked,
         CASE WHEN e.cause IS NOT NULL THEN e.cause
              WHEN d.variance < 0 AND COALESCE(p.codes, 0) = 0 THEN 'UNRECORDED_ISSUE'
              ELSE 'UNEXPLAINED' END AS cause,
         CASE COALESCE(e.cause, '')
              WHEN 'TIMING' THEN 1
              WHEN 'DUPLICATE' THEN 2
              WHEN 'UNIT_OF_MEASURE' THEN 3
              WHEN 'RECEIPT_SHORT' THEN 4
              WHEN 'RECEIPT_OVER' THEN 4
              WHEN 'LOT' THEN 5
              WHEN 'MISPLACED' THEN 6
              WHEN 'SWAP' THEN 7
              WHEN 'UNRECORDED_RETURN' THEN 8
              WHEN 'COUNT_ERROR' THEN 9
              ELSE 10 END AS place,
         COALESCE(e.exact, 0) AS exact, COALESCE(e.pieces, 0) AS pieces
  FROM discrepancies AS d
  LEFT JOIN (
    SELECT item, location, lot, cause, max(exact) AS exact, count(*) AS pieces
    FROM evidence
    GROUP BY item, location, lot, cause
  ) AS e ON e.item = d.item AND e.location = d.location AND (e.lot = d.lot OR (e.lot IS NULL AND d.lot IS NULL))
  LEFT JOIN parked AS p ON p.location = d.location
) AS found
