-- alike: pairs of items that one can take for the other
--
-- in     traits
-- out    one row a pair and reason: item, other, about (family or document), reference (the family, the first document)
-- rule   Of the items with wrong records two are alike when they share a trait: the GTIN family, or a document that picked
--        both.
SELECT a.item, b.item AS other, a.about, min(a.reference) AS reference
FROM traits AS a
JOIN traits AS b ON b.reference = a.reference AND b.about = a.about AND b.item <> a.item
GROUP BY a.item, b.item, a.about
