-- alike: pairs of items that one can take for the other
--
-- in     discrepancies, items (item, gtin), movements (item, document)
-- out    one row a pair and reason: item, other, about (family or document), reference
-- rule   Of the items with wrong records two are alike when their GTINs differ in the last three digits only (the last
--        two of the item reference, and the check digit: neighbours in one company's numbering), or when one document
--        moved both.
SELECT a.item, b.item AS other, 'family' AS about, a.family AS reference
FROM (
  SELECT i.item, substr(i.gtin, 1, length(i.gtin) - 3) AS family
  FROM items AS i
  JOIN (SELECT item FROM discrepancies GROUP BY item) AS w ON w.item = i.item
  WHERE length(i.gtin) >= 8
) AS a
JOIN (
  SELECT i.item, substr(i.gtin, 1, length(i.gtin) - 3) AS family
  FROM items AS i
  JOIN (SELECT item FROM discrepancies GROUP BY item) AS w ON w.item = i.item
  WHERE length(i.gtin) >= 8
) AS b ON b.family = a.family AND b.item <> a.item
UNION ALL
SELECT a.item, b.item AS other, 'document' AS about, min(a.document) AS reference
FROM (
  SELECT m.item, m.document
  FROM movements AS m
  JOIN (SELECT item FROM discrepancies GROUP BY item) AS w ON w.item = m.item
  WHERE m.document <> ''
  GROUP BY m.item, m.document
) AS a
JOIN (
  SELECT m.item, m.document
  FROM movements AS m
  JOIN (SELECT item FROM discrepancies GROUP BY item) AS w ON w.item = m.item
  WHERE m.document <> ''
  GROUP BY m.item, m.document
) AS b ON b.document = a.document AND b.item <> a.item
GROUP BY a.item, b.item
