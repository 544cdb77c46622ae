-- latest: where each tagged unit was last seen (DuckDB's idiom of 10_latest.sql, same rows)
--
-- in     reads (event_id, ts, location, item, lot, serial, voided)
-- out    one row a unit: item, location, lot
-- rule   See 10_latest.sql.  Structs compare field by field, so the greatest struct is the read with the greatest
--        (ts, event_id), and one hash grouping replaces a sort of all reads.
SELECT item, last_read.location AS location, last_read.lot AS lot
FROM (
  SELECT item, serial, max({'ts': ts, 'event_id': event_id, 'location': location, 'lot': lot}) AS last_read
  FROM reads
  WHERE NOT voided AND serial IS NOT NULL
  GROUP BY item, serial
) AS units
