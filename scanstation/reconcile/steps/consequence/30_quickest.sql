-- quickest: who delivers each item first, as far as one can rely on it
--
-- in     suppliers (item, supplier, price, pack, minimum, lead_days_mean, lead_days_sd, on_time_share),
--        stock, policy (lead_safety, late_days)
-- out    one row an affected item with a supplier: item, supplier, price, pack, minimum, lead_days
-- rule   days one can rely on = mean + lead_safety x standard deviation + (1 - on-time share) x late_days, rounded up.
--        The fewest days win, then the lower price, then the name.
SELECT item, supplier, price, pack, minimum, lead_days
FROM (
  SELECT item, supplier, price, pack, minimum, lead_days,
         row_number() OVER (PARTITION BY item ORDER BY lead_days, price, supplier) AS place
  FROM (
    SELECT item, supplier, price, pack, minimum,
           CAST((thousandths + 999 - (thousandths + 999) % 1000) / 1000 AS BIGINT) AS lead_days
    FROM (
      SELECT s.item, s.supplier, s.price, s.pack, s.minimum,
             s.lead_days_mean
             + CAST((c.lead_safety * s.lead_days_sd - (c.lead_safety * s.lead_days_sd) % 1000) / 1000 AS BIGINT)
             + (1000 - s.on_time_share) * c.late_days AS thousandths
      FROM suppliers AS s
      JOIN stock AS w ON w.item = s.item
      CROSS JOIN policy AS c
    ) AS exactly
  ) AS rounded
) AS ranked
WHERE place = 1
