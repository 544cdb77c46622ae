-- evidence: everything that speaks for a cause of a wrong record
--
-- in     timing, misplaced, swap, receipt, unit_of_measure, duplicate, unrecorded_return, lot, count_error
-- out    item, location, lot, cause, units (that it explains), exact (1: the whole variance), about (what kind of thing
--        the evidence is), reference, place, ts, ratio
-- rule   The lines of all causes under each other.  Several causes may apply to one record.
SELECT item, location, lot, cause, units, exact, about, reference, place, ts, ratio FROM timing
UNION ALL
SELECT item, location, lot, cause, units, exact, about, reference, place, ts, ratio FROM misplaced
UNION ALL
SELECT item, location, lot, cause, units, exact, about, reference, place, ts, ratio FROM swap
UNION ALL
SELECT item, location, lot, cause, units, exact, about, reference, place, ts, ratio FROM receipt
UNION ALL
SELECT item, location, lot, cause, units, exact, about, reference, place, ts, ratio FROM unit_of_measure
UNION ALL
SELECT item, location, lot, cause, units, exact, about, reference, place, ts, ratio FROM duplicate
UNION ALL
SELECT item, location, lot, cause, units, exact, about, reference, place, ts, ratio FROM unrecorded_return
UNION ALL
SELECT item, location, lot, cause, units, exact, about, reference, place, ts, ratio FROM lot
UNION ALL
SELECT item, location, lot, cause, units, exact, about, reference, place, ts, ratio FROM count_error
