-- neighbours: the places where a hand can slip from one bin into the next
--
-- in     counts (location), locations (location, site, zone)
-- out    one row a pair: location, near.  Every counted location is near itself
-- rule   Within a zone of a site the bins stand in the order of their codes; a bin is near the one before it and the
--        one after it.
SELECT location, location AS near FROM counts
UNION ALL
SELECT location, next_one AS near
FROM (
  SELECT location, lead(location) OVER (PARTITION BY site, zone ORDER BY location) AS next_one FROM locations
) AS forward
WHERE next_one IS NOT NULL
UNION ALL
SELECT location, one_before AS near
FROM (
  SELECT location, lag(location) OVER (PARTITION BY site, zone ORDER BY location) AS one_before FROM locations
) AS backward
WHERE one_before IS NOT NULL
