-- variance: every stock record of a counted location (DuckDB's idiom of 10_latest, 30_ledger and 40_variance, same rows)
--
-- in     recorded (item, location, lot, qty), applied, reads (event_id, ts, location, item, lot, serial, voided),
--        counts (location), kept_out_records
-- out    one row a key (item, location, lot) of a counted location: expected, counted, variance (0 where they agree)
-- rule   See the three.  Counted locations and lots get a number each, and a place is the two side by side in 64 bits:
--        it takes a fraction of the room and time of two texts, in both groupings and in what is kept.  Number 0 is
--        what was not counted, and no lot.  One hash grouping replaces a sort of all reads: it keeps the place of the
--        greatest ts x 2^64 + event_id.  Two 64-bit numbers fit into 128 bits without touching, so that it orders as
--        (ts, event_id) does.  Sums of 64 bits are enough: no quantity is above 10,000,000,000 (rows beyond are kept
--        out), so that it would take 900 million lines of one key to leave them.

-- keep locations_by_number
SELECT location, row_number() OVER () AS number FROM counts;

-- keep lots_by_number
SELECT lot, row_number() OVER () AS number
FROM (SELECT lot FROM recorded UNION SELECT lot FROM applied UNION SELECT lot FROM reads) AS named
WHERE lot IS NOT NULL;

-- keep records_by_number
WITH placed_reads AS NOT MATERIALIZED (
  SELECT r.item, r.serial, r.qty, r.ts::HUGEINT * 18446744073709551616::HUGEINT + r.event_id AS moment,
         (COALESCE(p.number, 0) << 32) | COALESCE(l.number, 0) AS place
  FROM reads AS r
  LEFT JOIN locations_by_number AS p ON p.location = r.location
  LEFT JOIN lots_by_number AS l ON l.lot = r.lot
  WHERE NOT r.voided
), books AS (
  SELECT item, location, lot, qty FROM recorded
  UNION ALL
  SELECT item, location, lot, delta AS qty FROM applied
), ledger AS (
  SELECT b.item, (p.number << 32) | COALESCE(l.number, 0) AS place, b.qty AS expected, 0 AS counted
  FROM books AS b
  JOIN locations_by_number AS p ON p.location = b.location
  LEFT JOIN lots_by_number AS l ON l.lot = b.lot
  UNION ALL
  SELECT item, place, 0 AS expected, qty AS counted FROM placed_reads WHERE serial IS NULL
  UNION ALL
  SELECT item, arg_max(place, moment) AS place, 0 AS expected, 1 AS counted
  FROM placed_reads
  WHERE serial IS NOT NULL
  GROUP BY item, serial
)
SELECT item, place,
       CAST(SUM(expected) AS BIGINT) AS expected, CAST(SUM(counted) AS BIGINT) AS counted
FROM ledger
GROUP BY item, place;

SELECT r.item, p.location, l.lot, r.expected, r.counted, r.counted - r.expected AS variance
FROM records_by_number AS r
JOIN locations_by_number AS p ON p.number = r.place >> 32
LEFT JOIN lots_by_number AS l ON l.number = r.place & 4294967295
LEFT JOIN kept_out_records AS b
  ON b.item = r.item AND b.location = p.location AND (b.lot = l.lot OR (b.lot IS NULL AND l.lot IS NULL))
WHERE b.item IS NULL
