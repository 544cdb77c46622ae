"""An example of each cause."""

from typing import Any

from scanstation.reconcile.examples.case import DAY, HOUR, LAMP, MOVES, NINE, TEN, TODAY, Example


def _cause(kind: str, story: str, **more: Any) -> Example:
    return Example(kind=kind, answer="evidence", story=story, says={"cause": kind, **more.pop("says")}, **more)


CAUSES = (
    _cause(
        "TIMING",
        "Two lamps were picked before the count and booked at 11:00, after it: expected still holds them.",
        recorded=[("lamp", "A1", 10)],
        counted=[("lamp", "A1", 8)],
        more={"movements": (MOVES, [("lamp", "A1", None, -2, TEN + HOUR, "issue", "PICK-1", "1")])},
        says={"about": "movement", "reference": "PICK-1", "units": 2, "exact": 1},
    ),
    _cause(
        "MISPLACED",
        "Five lamps are missing at A1 and five too many lie at B2: one transfer mends both records.",
        recorded=[("lamp", "A1", 10), ("lamp", "B2", 0)],
        counted=[("lamp", "A1", 5), ("lamp", "B2", 5)],
        says={"location": "A1", "about": "location", "place": "B2", "units": 5, "exact": 1},
    ),
    _cause(
        "SWAP",
        "A picker took three red lamps instead of white ones from the same bin; their numbers are neighbours.",
        recorded=[("red", "A1", 10), ("white", "A1", 10)],
        counted=[("red", "A1", 7), ("white", "A1", 13)],
        more={"items": (LAMP, [("red", "Red", "04006381333931", 0, 0), ("white", "White", "04006381333948", 0, 0)])},
        says={"item": "red", "about": "family", "reference": "white", "units": 3, "exact": 1},
    ),
    _cause(
        "RECEIPT_SHORT",
        "Twelve were ordered, ten came, and the books took the order for the receipt: a claim for two.",
        recorded=[("lamp", "A1", 12)],
        counted=[("lamp", "A1", 10)],
        more={
            "purchase_orders": (
                "po line supplier item qty_ordered qty_received due received_at",
                [("PO-7", "1", "Lichtwerk", "lamp", 12, 10, TODAY, NINE - HOUR)],
            )
        },
        says={"about": "purchase order", "reference": "PO-7", "place": "1", "units": 2, "exact": 1},
    ),
    _cause(
        "RECEIPT_OVER",
        "Twelve were ordered, fourteen came, and the books took the order for the receipt.",
        recorded=[("lamp", "A1", 12)],
        counted=[("lamp", "A1", 14)],
        more={
            "purchase_orders": (
                "po line supplier item qty_ordered qty_received due received_at",
                [("PO-7", "1", "Lichtwerk", "lamp", 12, 14, TODAY, NINE - HOUR)],
            )
        },
        says={"about": "purchase order", "reference": "PO-7", "units": 2, "exact": 1},
    ),
    _cause(
        "UNIT_OF_MEASURE",
        "Four cartons of six were booked as four pieces.",
        recorded=[("lamp", "A1", 4)],
        counted=[("lamp", "A1", 24)],
        more={"packs": ("item units", [("lamp", 6)])},
        says={"about": "pack", "ratio": 6, "units": 20, "exact": 1},
    ),
    _cause(
        "DUPLICATE",
        "One receipt of six was booked twice, on the same document and line.",
        recorded=[("lamp", "A1", 12)],
        counted=[("lamp", "A1", 6)],
        more={
            "movements": (
                MOVES,
                [("lamp", "A1", None, 6, NINE - DAY + at, "receipt", "GR-5", "1") for at in (0, HOUR)],
            )
        },
        says={"about": "movement", "reference": "GR-5", "ratio": 2, "units": 6, "exact": 1},
    ),
    Example(
        kind="UNRECORDED_ISSUE",
        answer="causes",
        story="Three lamps are gone and nothing tells where: scrap, a sample, damage or theft.",
        recorded=[("lamp", "A1", 10)],
        counted=[("lamp", "A1", 7)],
        says={"cause": "UNRECORDED_ISSUE", "rank": 1, "pieces": 0},
    ),
    _cause(
        "UNRECORDED_RETURN",
        "A lamp too many, and a customer was allowed to send one back.",
        recorded=[("lamp", "A1", 10)],
        counted=[("lamp", "A1", 11)],
        more={"returns": ("rma item qty opened", [("RMA-3", "lamp", 1, TODAY - 4)])},
        says={"about": "return", "reference": "RMA-3", "units": 1, "exact": 1},
    ),
    _cause(
        "LOT",
        "All ten are there, four of them under the other lot.",
        recorded=[("tea", "A1", "L1", 10), ("tea", "A1", "L2", 0)],
        counted=[("tea", "A1", "L1", 6), ("tea", "A1", "L2", 4)],
        says={"lot": "L1", "about": "lot", "units": 4, "exact": 1},
    ),
    _cause(
        "COUNT_ERROR",
        "Another person counted ten, as the record says: it is the first count that is wrong.",
        recorded=[("lamp", "A1", 10)],
        counted=[("lamp", "A1", 9)],
        more={"second_counts": ("item location lot qty", [("lamp", "A1", None, 10)])},
        says={"about": "second count", "ratio": 10, "exact": 1},
    ),
    Example(
        kind="UNEXPLAINED",
        answer="causes",
        story="A shortage where a code is parked: what is missing may be what could not be read.",
        recorded=[("lamp", "A1", 10)],
        counted=[("lamp", "A1", 9)],
        more={"parked": ("location codes", [("A1", 1)])},
        says={"cause": "UNEXPLAINED", "parked": 1},
    ),
)
"""An example of each cause."""
