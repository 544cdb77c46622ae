"""What a printed label says is what is booked: every label is read back, scanned and counted as its item."""

from collections.abc import Callable
from typing import Any

import pytest

from scanstation.identity import Names
from scanstation.rehearsal import differences, play, read
from scanstation.reports.labels.fonts import label_font
from scanstation.reports.labels.layout import lay_out
from scanstation.reports.labels.paper import paper_named
from scanstation.station.label_check import Wanted, read_back
from scanstation.stock.model import Item
from scanstation.stock.symbols import Symbology

NEEDS_AIM = {Symbology.GS1_128, Symbology.GS1_DATA_MATRIX}
"""Without their identifier these are digits like any others."""


@pytest.mark.parametrize("aim", [True, False], ids=["with identifier", "without identifier"])
def test_what_is_printed_is_booked(
    aim: bool, wanted: Callable[[int], tuple[list[Wanted], list[Item]]], full: bool
) -> None:
    labels, items = wanted(600 if full else 60)
    paper, font, scans = paper_named("a4-3x7"), label_font(), []
    booked: list[dict[str, Any]] = []
    for one in labels:
        if one.names is not Names.TRADE_ITEM:
            continue
        symbol = lay_out(one.label, paper, 0.1, font).symbol
        if not aim and symbol.symbology in NEEDS_AIM:
            continue
        found = read_back(symbol)
        scans.append({"do": "scan", "hex": found.payload.hex(), "aim": found.aim if aim else "", "after": 30})
        booked.append({"location": "A-01", "item": one.key, "qty": 1})
    steps = [{"do": "open", "audit": "AU1"}, {"do": "sign_in", "operator": "C01"}]
    rehearsal = read(
        {
            "title": "Printed labels",
            "now": "2026-12-01T08:00:00Z",
            "tables": {
                "items": [{"item": item.item, "name": "Part", "gtin": item.gtin or ""} for item in items],
                "locations": [{"location": "A-01"}],
            },
            "steps": [*steps, {"do": "scan", "payload": "LOC-A-01", "aim": "]C0"}, *scans],
            "expect": {"booked": booked, "parked": [], "exactly": ["booked", "parked"]},
        }
    )
    assert len(booked) > len(labels) / 3
    played = play(rehearsal)
    assert [str(one) for one in differences(played.rehearsal.expect, played.result)] == []
