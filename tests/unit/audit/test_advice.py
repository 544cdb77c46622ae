"""The recommended action, first things first."""

from scanstation.audit.advice import advise
from scanstation.audit.findings import ListingEffect, OrderEffect

PLAIN = {
    "kind": "phantom",
    "location": "A1",
    "lot": None,
    "variance": -2,
    "elsewhere": (),
    "parked": 0,
    "recount": False,
    "claims": (),
    "orders": (),
    "listings": (),
}


def order(number, *, short=0, released=0):
    return OrderEffect(
        order_id=number,
        customer="Ada",
        item="lamp",
        name="Lamp",
        due=1,
        qty=9,
        allow_backorder=False,
        promised=5,
        actual=5 + released - short,
        short=short,
        released=released,
    )


def listing(state, published, ats_after, *, released=0, oversells=0):
    return ListingEffect(
        channel="web",
        item="lamp",
        name="Lamp",
        state=state,
        published_qty=published,
        ats_before=0,
        ats_after=ats_after,
        false_out_of_stock=released,
        oversells=oversells,
    )


def test_one_finding_one_step():
    assert advise(**PLAIN) == "Take 2 units off the record."
    assert advise(**{**PLAIN, "kind": "hidden", "variance": 1, "lot": "L1"}) == "Add 1 unit to the record of lot L1."


def test_a_misplaced_unit_is_carried_in_the_books_or_by_hand():
    here = {**PLAIN, "kind": "misplaced", "elsewhere": [("B1", None, 2)]}
    assert advise(**here) == "Book 2 units over to B1, where they were counted."
    assert advise(**{**here, "variance": 2}) == ("These 2 units are missing at B1: book them over or carry them back.")


def test_the_transfers_of_a_record_are_told_each_and_what_they_leave():
    here = {**PLAIN, "kind": "misplaced", "variance": -11, "elsewhere": [("B1", None, 6), ("B2", None, 4)]}
    assert advise(**here) == (
        "Book 10 units over to B1 (6), B2 (4), where they were counted. Take 1 unit off the record."
    )
    assert advise(**{**here, "variance": 11}) == (
        "10 units of these are missing at B1 (6), B2 (4): book them over or carry them back. Add 1 unit to the record."
    )


def test_a_receipt_that_was_short_is_a_claim_for_each_line():
    assert advise(**{**PLAIN, "variance": -5, "claims": [("P7/1", 2), ("P7/2", 3)]}) == (
        "Take 5 units off the record. Buyer: claim 2 units of purchase order P7/1 from the supplier. "
        "Buyer: claim 3 units of purchase order P7/2 from the supplier."
    )
    assert advise(**{**PLAIN, "kind": "hidden", "variance": 1, "claims": [("P8/1", 1)]}).endswith(
        "Buyer: 1 unit too many came with purchase order P8/1: keep or return."
    )


def test_lots_of_one_place_are_named_as_lots():
    swap = {**PLAIN, "kind": "misplaced", "lot": "T1", "elsewhere": [("A1", "T2", 2), ("A1", None, 1)]}
    assert advise(**swap) == "Book 2 units over to lot T2, no lot, where they were counted."


def test_parked_codes_excuse_a_shortage_and_not_a_surplus():
    assert advise(**{**PLAIN, "parked": 1}).startswith("Resolve 1 parked code at A1 first")
    assert "parked" not in advise(**{**PLAIN, "parked": 1, "kind": "hidden", "variance": 2})


def test_long_lists_are_cut_and_counted():
    orders = [order(f"O{number}", short=1) for number in range(5)] + [order("O9", released=4)]
    assert advise(**{**PLAIN, "recount": True, "orders": orders}) == (
        "Have A1 counted again by another person. Take 2 units off the record. Customer desk: tell the customers of "
        "O0 (1 short), O1 (1 short), O2 (1 short) and 2 more, and the buyer what is missing. "
        "Customer desk: release O9 (4 units)."
    )


def test_channels_are_told_what_to_publish():
    listings = [listing("out_of_stock", None, 6, released=6), listing("in_stock", 7, 3, oversells=4)]
    assert advise(**{**PLAIN, "listings": listings}) == (
        "Take 2 units off the record. Channel web: publish 6 instead of out of stock. "
        "Channel web: publish 3 instead of 7."
    )
