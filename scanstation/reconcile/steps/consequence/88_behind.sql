-- behind: what lies behind the consequences of each item
--
-- in     discrepancies, marks (item, location, lot, units), stale
-- out    one row an item: item, behind (the three weightiest in words, and how many more)
-- rule   Consequences are decided at item level, so all wrong records of the item are behind each of them: location and
--        lot with the variance.  So are units that the counter marked, and reservations of orders that are gone.
SELECT item,
       max(CASE WHEN place = 1 THEN words ELSE '' END) || max(CASE WHEN place = 2 THEN ', ' || words ELSE '' END)
         || max(CASE WHEN place = 3 THEN ', ' || words ELSE '' END)
         || CASE WHEN count(*) > 3 THEN ' and ' || CAST(count(*) - 3 AS VARCHAR) || ' more' ELSE '' END AS behind
FROM (
  SELECT item, words, row_number() OVER (PARTITION BY item ORDER BY rank, units DESC, words) AS place
  FROM (
    SELECT item, 1 AS rank, abs(variance) AS units,
           location || COALESCE(' lot ' || lot, '') || CASE WHEN variance > 0 THEN ' +' ELSE ' ' END
             || CAST(variance AS VARCHAR) AS words
    FROM discrepancies
    UNION ALL
    SELECT item, 2 AS rank, units, location || COALESCE(' lot ' || lot, '') || ' ' || CAST(units AS VARCHAR) || ' marked'
             AS words
    FROM (
      SELECT item, location, lot, CAST(sum(units) AS BIGINT) AS units FROM marks GROUP BY item, location, lot
    ) AS marked
    UNION ALL
    SELECT item, 3 AS rank, qty AS units, 'reservation of order ' || order_id || ' ' || CAST(qty AS VARCHAR) AS words
    FROM stale
  ) AS reasons
) AS ranked
GROUP BY item
