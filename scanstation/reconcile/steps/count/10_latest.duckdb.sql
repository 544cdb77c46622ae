-- latest: where each tagged unit was last seen (DuckDB's idiom of 10_latest.sql, same rows)
--
-- in     reads (event_id, ts, location, item, lot, serial, voided)
-- out    one row a unit: item, location, lot
-- rule   See 10_latest.sql.  One hash grouping replaces a sort of all reads: it keeps the place of the greatest
--        ts x 2^64 + event_id, a number of 128 bits.  Two 64-bit numbers fit there side by side without touching, so
--        it orders as (ts, event_id) does.
SELECT item, place.location AS location, place.lot AS lot
FROM (
  SELECT item, serial,
         arg_max({'location': location, 'lot': lot}, ts::HUGEINT * 18446744073709551616::HUGEINT + event_id) AS place
  FROM reads
  WHERE NOT voided AND serial IS NOT NULL
  GROUP BY item, serial
) AS units
