-- traits: by what an item with a wrong record can be taken for another
--
-- in     discrepancies, items (item, gtin), movements (item, delta, document)
-- out    one row an item and trait: item, about (family or document), reference
-- rule   family: the GTIN, in 14 digits, without its last three, which are the last two of the item reference and the
--        check digit: neighbours in one company's numbering.  document: one that picked the item.
SELECT i.item, 'family' AS about, substr('000000' || i.gtin, length(i.gtin) - 7, 11) AS reference
FROM items AS i
JOIN (SELECT item FROM discrepancies GROUP BY item) AS w ON w.item = i.item
WHERE length(i.gtin) BETWEEN 8 AND 14
UNION ALL
SELECT m.item, 'document' AS about, m.document AS reference
FROM movements AS m
JOIN (SELECT item FROM discrepancies GROUP BY item) AS w ON w.item = m.item
WHERE m.document <> '' AND m.delta < 0
GROUP BY m.item, m.document
