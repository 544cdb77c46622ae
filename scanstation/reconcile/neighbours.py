"""Which bins stand side by side: where a look-alike may have been taken from the next one."""

from itertools import groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

from scanstation.reconcile.engine import Engine
from scanstation.stock.walk import walk

if TYPE_CHECKING:
    import pyarrow


def neighbours(engine: Engine) -> "pyarrow.Table":
    """neighbours: the places where a hand can slip from one bin into the next

    in     discrepancies, alike, locations (location, site, zone)
    out    one row a pair: location, near.  Every location with a wrong record is near itself
    rule   Within a zone of a site the bins stand in the order of their codes, numbers as numbers: A2, A9, A10.  A bin
           is near the one before it and the one after it.  Only zones with a wrong record of a look-alike are looked
           at.
    """
    import pyarrow

    pairs = [(place, place) for (place,) in engine.rows("SELECT DISTINCT location FROM discrepancies")]
    found = sorted((site, zone, walk(place)) for site, zone, place in engine.rows(ZONES))
    for _, bins in groupby(found, key=itemgetter(0, 1)):
        for (*_, (_, here)), (*_, (_, there)) in pairwise(bins):
            pairs += [(here, there), (there, here)]
    return pyarrow.table(
        {
            "location": pyarrow.array([here for here, _ in pairs], pyarrow.string()),
            "near": pyarrow.array([there for _, there in pairs], pyarrow.string()),
        }
    )


ZONES = """
SELECT l.site, l.zone, l.location
FROM locations AS l
JOIN (
  SELECT p.site, p.zone
  FROM locations AS p
  JOIN discrepancies AS d ON d.location = p.location
  JOIN (SELECT item FROM alike GROUP BY item) AS a ON a.item = d.item
  GROUP BY p.site, p.zone
) AS z ON z.site = l.site AND z.zone = l.zone
"""
