-- causes: why each record is wrong, as far as the evidence goes, the best cause first
--
-- in     discrepancies, evidence, parked (location, codes)
-- out    one row a wrong record and cause: item, location, lot, cause, rank (1 is the best), exact, pieces (of evidence),
--        parked (codes at the location that nobody has resolved)
-- rule   A cause that explains the whole variance comes before one that explains a part; then as listed: DUPLICATE,
--        TIMING, UNIT_OF_MEASURE, RECEIPT_SHORT and RECEIPT_OVER, LOT, MISPLACED, SWAP, UNRECORDED_RETURN, COUNT_ERROR:
--        an error in the books is surer than a movement on the floor, and a document booked twice is surest.
--        A shortage without evidence is an UNRECORDED_ISSUE (scrap, sample, damage, theft), unless codes are parked at
--        its location: what is missing may be what could not be read.  Everything else is UNEXPLAINED, which is an
--        honest answer.  That a lot has expired explains no variance: it comes last, beside one of these two.
SELECT item, location, lot, cause,
       row_number() OVER (PARTITION BY item, location, lot ORDER BY exact DESC, explains DESC, place) AS rank,
       exact, pieces, parked
FROM (
  SELECT d.item, d.location, d.lot, e.cause, e.exact, e.explains, e.pieces, COALESCE(p.codes, 0) AS parked,
         CASE e.cause
              WHEN 'DUPLICATE' THEN 1
              WHEN 'TIMING' THEN 2
              WHEN 'UNIT_OF_MEASURE' THEN 3
              WHEN 'RECEIPT_SHORT' THEN 4
              WHEN 'RECEIPT_OVER' THEN 4
              WHEN 'LOT' THEN 5
              WHEN 'MISPLACED' THEN 6
              WHEN 'SWAP' THEN 7
              WHEN 'UNRECORDED_RETURN' THEN 8
              ELSE 9 END AS place
  FROM discrepancies AS d
  JOIN (
    SELECT item, location, lot, cause, max(exact) AS exact, count(*) AS pieces,
           max(CASE WHEN about = 'expired' THEN 0 ELSE 1 END) AS explains
    FROM evidence
    GROUP BY item, location, lot, cause
  ) AS e ON e.item = d.item AND e.location = d.location AND (e.lot = d.lot OR (e.lot IS NULL AND d.lot IS NULL))
  LEFT JOIN parked AS p ON p.location = d.location
  UNION ALL
  SELECT d.item, d.location, d.lot,
         CASE WHEN d.variance < 0 AND COALESCE(p.codes, 0) = 0 THEN 'UNRECORDED_ISSUE' ELSE 'UNEXPLAINED' END AS cause,
         0 AS exact, 1 AS explains, 0 AS pieces, COALESCE(p.codes, 0) AS parked, 10 AS place
  FROM discrepancies AS d
  LEFT JOIN (SELECT item, location, lot FROM evidence WHERE about <> 'expired' GROUP BY item, location, lot) AS e
    ON e.item = d.item AND e.location = d.location AND (e.lot = d.lot OR (e.lot IS NULL AND d.lot IS NULL))
  LEFT JOIN parked AS p ON p.location = d.location
  WHERE e.item IS NULL
) AS found
