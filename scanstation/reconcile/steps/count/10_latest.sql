-- latest: where each tagged unit was last seen
--
-- in     reads (event_id, ts, station, location, item, lot, serial, voided)
-- out    one row a unit: item, location, lot
-- rule   A unit is known by its item and serial.  Of all its reads that were not voided the one with the greatest
--        (ts, event_id, station) tells where the unit is; every other read of it counts nothing.  This is decided over
--        all locations, also those that the audit did not count: a unit last seen in an uncounted place is no longer
--        in the counted one.  A reader sees the same tag many times; one unit stays one unit.
SELECT item, location, lot
FROM (
  SELECT item, location, lot,
         row_number() OVER (PARTITION BY item, serial ORDER BY ts DESC, event_id DESC, station DESC) AS place
  FROM reads
  WHERE NOT voided AND serial IS NOT NULL
) AS sightings
WHERE place = 1
