-- findings: what the audit found beside wrong records
--
-- in     stale, drift, worth
-- out    one row a finding: kind (STALE_RESERVATION, LISTING_DRIFT), item, order_id, channel, said (status of the order,
--        state of the listing), should (released, or the state by the record), units, should_units, margin, tell, action
-- rule   These stand without any variance.  units of a stale reservation are what it keeps back, of a listing what it
--        publishes; should_units is what is right.
SELECT 'STALE_RESERVATION' AS kind, s.item, s.order_id, '' AS channel, s.order_status AS said, 'released' AS should,
       s.qty AS units, CAST(0 AS BIGINT) AS should_units, s.qty * w.margin AS margin, 'store_keeper' AS tell,
       'release' AS action
FROM stale AS s
JOIN worth AS w ON w.item = s.item
UNION ALL
SELECT 'LISTING_DRIFT' AS kind, item, '' AS order_id, channel, state AS said, should, COALESCE(published_qty, 0) AS units,
       ats_after AS should_units, 0 AS margin, 'channel' AS tell, 'publish' AS action
FROM drift
