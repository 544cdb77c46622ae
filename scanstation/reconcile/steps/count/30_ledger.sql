-- ledger: everything that says how much should be there or how much was there, one line each
--
-- in     recorded (item, location, lot, qty), applied, latest, reads (barcode scans: serial is null)
-- out    item, location, lot, expected, counted: a line of the record or of a movement adds to expected, a tagged unit
--        or a barcode scan adds to counted
-- rule   expected = recorded quantity + applied movements; counted = one for each tagged unit at its last place + the
--        quantity of every barcode scan that was not voided.  The lines are put under each other and added up in the
--        next step: a key that only one side knows needs no special care, and a missing lot is a lot of its own.
SELECT item, location, lot, qty AS expected, 0 AS counted FROM recorded
UNION ALL
SELECT item, location, lot, delta AS expected, 0 AS counted FROM applied
UNION ALL
SELECT item, location, lot, 0 AS expected, qty AS counted FROM reads WHERE NOT voided AND serial IS NULL
UNION ALL
SELECT item, location, lot, 0 AS expected, 1 AS counted FROM latest
