"""What no other system shows before posting: whose order goes short, until when, and what to do about it."""

import pytest

from scanstation.audit import AuditError, AuditReason
from scanstation.audit.live import LiveAudit
from scanstation.stock.model import (
    Item,
    Listing,
    ListingState,
    Location,
    Movement,
    OrderLine,
    PurchaseOrderLine,
    Reservation,
    StockRecord,
    StockStatus,
)
from scanstation.store import schema

DAY = 20_370  # 2025-10-09, the day of the simulated clock


@pytest.fixture
def shop(reopen):
    """Ten units of one item on record, all of them promised; a channel, a supplier, a reorder point."""
    site = reopen()
    site.stock.put_items([Item(item="vase", name="Vase", unit_cost=100_000, price=250_000, abc_class="A")])
    site.stock.put_locations([Location(location=name, site="S", zone="Z") for name in ("A1", "A2")])
    site.stock.put_records([StockRecord(item="vase", location="A1", lot=None, qty=10)])
    orders = [("O1", 4, "Ada"), ("O2", 4, "Bob"), ("O3", 2, "Cleo")]
    site.stock.put_orders(
        [
            OrderLine(order_id=order, item="vase", qty=qty, due=DAY + place, customer=customer, available_at_order=10)
            for place, (order, qty, customer) in enumerate(orders)
        ]
    )
    site.stock.set_reservations([Reservation(item="vase", qty=qty, order_id=order) for order, qty, _ in orders])
    site.stock.put_listings([Listing(channel="web", item="vase", state=ListingState.IN_STOCK, published_qty=1)])
    return site


def planned(site, *, reorder_point, order_quantity):
    with site.stock.engine.begin() as connection:
        row = {"item": "vase", "reorder_point": reorder_point, "order_quantity": order_quantity}
        connection.execute(schema.planning.insert(), row)
        supplier = {"item": "vase", "price": 80_000, "pack": 6, "lead_days_mean": 5.0}
        connection.execute(schema.suppliers.insert(), [{**supplier, "supplier": "Kilnworks"}])


def by_kind(review):
    found = {}
    for row in review.consequences:
        found.setdefault(row.kind, []).append(row)
    return found


def test_stock_10_orders_4_4_2_counted_5(shop):
    planned(shop, reorder_point=6, order_quantity=12)
    shop.stock.put_purchase_orders(
        [PurchaseOrderLine(po="P1", line="1", supplier="Kilnworks", item="vase", qty_ordered=3, due=DAY + 6)]
    )
    shop.workflow.open_audit("AU1", scope=["A1"], name="Shelf A")
    shop.count("AU1", "A1", ("vase", 5))

    review = shop.workflow.reconcile_audit("AU1")

    assert [(row.order_id, row.short) for row in review.order_lines] == [("O2", 3), ("O3", 2)]
    found = by_kind(review)
    assert [
        (row.order_id, row.customer, row.units, row.of_units, row.day, row.days, row.note) for row in found["OVERSOLD"]
    ] == [
        ("O2", "Bob", 3, 4, DAY + 6, 5, "unintentional"),
        ("O3", "Cleo", 2, 2, None, None, "unintentional"),
    ]
    assert [row.words for row in found["OVERSOLD"]] == [
        (
            "Order O2 (Bob), due 2025-10-10: 3 of 4 Vase go short; covered again on 2025-10-15, 5 days late; "
            "an unintentional backorder: the record showed stock. Customer desk: tell the customer "
            "the new date 2025-10-15. Behind it: A1 -5."
        ),
        (
            "Order O3 (Cleo), due 2025-10-11: 2 of 2 Vase go short; no receipt is due that would cover it; an "
            "unintentional backorder: the record showed stock. Customer desk: tell the customer. "
            "Behind it: A1 -5."
        ),
    ]
    assert [(row.order_id, row.units, row.note) for row in found["PARTIAL"]] == [("O2", 1, "wait")]
    assert found["PARTIAL"][0].words.endswith(
        "Store keeper: wait and ship the line whole, which is cheaper. Behind it: A1 -5."
    )
    assert [(row.channel, row.units, row.note) for row in found["OVERSELL_NEXT"]] == [("web", 1, "out_of_stock")]
    assert [(row.units, row.supplier, row.day) for row in found["FROZEN_REORDER"]] == [(12, "Kilnworks", DAY + 5)]
    assert found["FROZEN_REORDER"][0].words == (
        "Vase stands at 5, at or below its reorder point of 6; the record hides it with 10. "
        "Buyer: order 12 units from Kilnworks, there by 2025-10-14. Behind it: A1 -5."
    )
    assert "LATE_PROMISE" in found
    assert found["MONEY"][0].write_off == 500_000
    (finding,) = review.findings
    assert {(row.records, row.behind) for row in review.consequences} == {((finding.key,), "A1 -5")}
    assert [cause.cause for cause in finding.causes] == ["UNRECORDED_ISSUE"]
    assert not list(shop.stock.adjustments("AU1"))  # nothing is posted yet


def test_a_short_delivery_is_a_claim_that_the_buyer_is_told_of(shop):
    line = {"po": "P7", "line": "1", "supplier": "Kilnworks", "item": "vase", "qty_ordered": 10, "qty_received": 8}
    shop.stock.put_purchase_orders([PurchaseOrderLine(**line, received_at=shop.workflow.clock())])
    shop.workflow.open_audit("AU1", scope=["A1"])
    shop.count("AU1", "A1", ("vase", 8))
    (finding,) = shop.workflow.reconcile_audit("AU1").findings
    assert finding.causes[0].cause == "RECEIPT_SHORT"
    assert "Buyer: claim 2 units of purchase order P7/1 from the supplier." in finding.action


def test_counted_nothing_at_all(shop):
    shop.workflow.open_audit("AU1", scope=["A1"])
    shop.count("AU1", "A1")
    review = shop.workflow.reconcile_audit("AU1")
    assert [(row.expected, row.counted, row.within_tolerance) for row in review.findings] == [(10, 0, False)]
    assert [(row.order_id, row.short) for row in review.order_lines] == [("O1", 4), ("O2", 4), ("O3", 2)]


def test_found_ten_where_the_record_says_none(shop):
    shop.workflow.open_audit("AU1", scope=["A2"])
    shop.count("AU1", "A2", ("vase", 10))
    review = shop.workflow.reconcile_audit("AU1")
    assert [(row.expected, row.counted, row.within_tolerance) for row in review.findings] == [(0, 10, False)]


def test_five_less_here_and_five_more_there_is_inaccurate_twice_and_one_transfer(shop):
    shop.workflow.open_audit("AU1", scope=["A1", "A2"])
    shop.count("AU1", "A1", ("vase", 5))
    shop.count("AU1", "A2", ("vase", 5))
    review = shop.workflow.reconcile_audit("AU1")
    assert [(row.variance, row.within_tolerance) for row in review.findings] == [(-5, False), (5, False)]
    assert [(row.source, row.target, row.units) for row in review.transfers] == [("A1", "A2", 5)]
    assert review.order_lines == ()
    assert review.consequences == ()  # no promise breaks and no value is lost
    assert {row.causes[0].words for row in review.findings} == {
        "the units lie elsewhere: 5 units at A2",
        "the units lie elsewhere: 5 units at A1",
    }


def test_what_to_book_over_is_what_the_fewest_transfers_say(shop):
    places = ("A1", "A2", "A3", "A4")
    shop.stock.put_locations([Location(location=name, site="S", zone="Z") for name in places])
    records = dict(zip(places, (10, 0, 3, 0), strict=True))
    shop.stock.put_records([StockRecord(item="vase", location=at, lot=None, qty=qty) for at, qty in records.items()])
    shop.workflow.open_audit("AU1", scope=places)
    for place, units in zip(places, (5, 5, 0, 3), strict=True):
        shop.count("AU1", place, *[("vase", units)][: bool(units)])
    told = {row.location: row.action for row in shop.workflow.reconcile_audit("AU1").findings}
    assert "Book 5 units over to A2, where they were counted." in told["A1"]
    assert "Book 3 units over to A4, where they were counted." in told["A3"]


def test_two_audits_open_on_the_same_record_each_post_once(shop):
    shop.workflow.open_audit("AU1", scope=["A1"])
    opening = shop.workflow.open_audit("AU2", scope=["A1"])
    assert opening.overlaps == (("AU1", "A1"),)
    shop.count("AU1", "A1", ("vase", 7))
    shop.workflow.reconcile_audit("AU1")
    shop.workflow.approve("AU1", "S01", "supervisor")
    assert shop.workflow.post("AU1", "S01", "supervisor").new == 1
    shop.count("AU2", "A1", ("vase", 7), operator="C02")
    review = shop.workflow.reconcile_audit("AU2")
    assert review.findings == ()  # what the first one posted reached the second one as a movement
    assert shop.on_hand("vase", "A1") == 7


def test_stock_picked_between_count_and_approval_stays_right(shop):
    shop.workflow.open_audit("AU1", scope=["A1"])
    shop.count("AU1", "A1", ("vase", 8))
    shop.book("vase", "A1", -3)
    shop.workflow.reconcile_audit("AU1")
    shop.workflow.approve("AU1", "S01", "supervisor")
    shop.book("vase", "A1", -1)
    shop.workflow.post("AU1", "S01", "supervisor")
    assert shop.on_hand("vase", "A1") == 10 - 2 - 3 - 1


def test_units_marked_damaged_break_promises_though_the_record_is_right(shop):
    shop.workflow.open_audit("AU1", scope=["A1"])
    shop.count("AU1", "A1", ("vase", 10), marked=[("vase", 3, "damaged")])
    live = LiveAudit(shop.stock, shop.journal, "AU1", clock=shop.workflow.clock, policy=shop.workflow.policy)

    review = shop.workflow.reconcile_audit("AU1")

    assert review.findings == ()
    assert [(row.order_id, row.short) for row in review.order_lines] == [("O2", 1), ("O3", 2)]
    oversold = {row.order_id: (row.units, row.records, row.behind) for row in by_kind(review)["OVERSOLD"]}
    place = (("vase", "A1", None),)
    assert oversold == {"O2": (1, place, "A1 3 marked"), "O3": (2, place, "A1 3 marked")}
    assert live.closing("A1").consequences == review.consequences


def test_units_that_went_into_quarantine_since_the_cut_off_are_promised_to_nobody(shop):
    shop.workflow.open_audit("AU1", scope=["A1"])
    into_quarantine(shop, 4, "Q1")
    shop.count("AU1", "A1", ("vase", 9))
    into_quarantine(shop, 1, "Q2")
    review = shop.workflow.reconcile_audit("AU1")
    # by the record 10 less 5 in quarantine: O1 and one for O2; one more is missing
    assert [(row.order_id, row.promised, row.actual) for row in review.order_lines] == [("O2", 1, 0)]


def into_quarantine(site, units, document):
    for status, delta in ((StockStatus.AVAILABLE, -units), (StockStatus.QUARANTINED, units)):
        what = {"item": "vase", "location": "A1", "lot": None, "delta": delta, "status": status}
        site.stock.book([Movement(**what, ts=site.workflow.clock(), reason="inspection", document=document)])


def test_a_slice_without_orders_knows_that_there_are_orders(shop):
    shop.stock.put_items([Item(item="bowl", name="Bowl", unit_cost=100_000)])
    shop.stock.put_records([StockRecord(item="bowl", location="A2", lot=None, qty=5)])
    shop.stock.set_reservations([Reservation(item="bowl", qty=3, order_id="gone")])
    shop.stock.put_listings([Listing(channel="web", item="bowl", state=ListingState.OUT_OF_STOCK)])
    shop.workflow.open_audit("AU1", scope=["A2"])
    shop.count("AU1", "A2", ("bowl", 4))
    live = LiveAudit(shop.stock, shop.journal, "AU1", clock=shop.workflow.clock, policy=shop.workflow.policy)
    review = shop.workflow.reconcile_audit("AU1")
    assert ("STALE_RESERVATION", "missing") in {(row.kind, row.said) for row in review.notices}
    assert live.closing("A2").consequences == tuple(row for row in review.consequences if row.item == "bowl")


def test_a_reservation_of_a_cancelled_order_is_a_false_out_of_stock(shop):
    gone = OrderLine(order_id="O9", item="vase", qty=5, due=DAY, status="cancelled")
    shop.stock.put_orders([gone])
    shop.stock.put_records([StockRecord(item="vase", location="A1", lot=None, qty=15)])
    shop.stock.set_reservations([Reservation(item="vase", qty=5, order_id="O9")])
    shop.stock.put_listings([Listing(channel="web", item="vase", state=ListingState.OUT_OF_STOCK)])
    shop.workflow.open_audit("AU1", scope=["A1"])
    shop.count("AU1", "A1", ("vase", 15))

    review = shop.workflow.reconcile_audit("AU1")

    assert review.findings == ()
    assert [(row.kind, row.order_id, row.said, row.units) for row in review.notices] == [
        ("STALE_RESERVATION", "O9", "cancelled", 5)
    ]
    assert [(row.kind, row.channel, row.units) for row in review.consequences] == [("FALSE_OUT_OF_STOCK", "web", 5)]


def test_a_count_equal_to_the_record_still_marks_the_location_as_counted(shop):
    shop.workflow.open_audit("AU1", scope=["A1", "A2"])
    shop.count("AU1", "A1", ("vase", 10))
    review = shop.workflow.reconcile_audit("AU1")
    assert (review.findings, review.counted, review.not_counted) == ((), ("A1",), ("A2",))
    assert [(row.expected, row.counted) for row in review.records] == [(10, 10)]


def test_looking_again_after_posting_says_the_same(shop):
    shop.workflow.open_audit("AU1", scope=["A1"])
    shop.count("AU1", "A1", ("vase", 5))
    before = shop.workflow.reconcile_audit("AU1")
    shop.workflow.approve("AU1", "S01", "supervisor")
    shop.workflow.post("AU1", "S01", "supervisor")
    after = shop.workflow.review("AU1")
    assert (after.findings, after.consequences) == (before.findings, before.consequences)


def test_a_record_that_another_audit_corrected_after_this_one_counted_is_not_corrected_twice(shop):
    shop.workflow.open_audit("AU1", scope=["A1"])
    shop.workflow.open_audit("AU2", scope=["A1"])
    shop.count("AU1", "A1", ("vase", 7))
    shop.count("AU2", "A1", ("vase", 7), operator="C02")
    for audit in ("AU1", "AU2"):
        shop.workflow.reconcile_audit(audit)
        shop.workflow.approve(audit, "S01", "supervisor")
    assert shop.workflow.post("AU1", "S01", "supervisor").new == 1
    for step in (shop.workflow.post, shop.workflow.approve):
        with pytest.raises(
            AuditError, match="vase/A1/- was corrected by audit AU1 after it was counted here"
        ) as caught:
            step("AU2", "S01", "supervisor")
        assert caught.value.reason is AuditReason.CHANGED
        if step == shop.workflow.post:
            shop.workflow.withdraw("AU2", "S01", "supervisor")
            shop.workflow.reconcile_audit("AU2")
    assert shop.on_hand("vase", "A1") == 7
    assert shop.workflow.request_recount("AU2", "S01", "supervisor") == ("A1",)
    shop.count("AU2", "A1", ("vase", 7), operator="C03")
    assert shop.workflow.reconcile_audit("AU2").findings == ()
    shop.workflow.approve("AU2", "S01", "supervisor")
    assert shop.workflow.post("AU2", "S01", "supervisor").adjustments == 0


def test_what_another_audit_posts_after_this_count_changes_nothing_of_what_it_breaks(shop):
    for number, audit in enumerate(("AU1", "AU2"), 1):
        shop.workflow.open_audit(audit, scope=["A1"])
        shop.count(audit, "A1", ("vase", 5), operator=f"C0{number}")
    before = shop.workflow.reconcile_audit("AU2")
    shop.workflow.reconcile_audit("AU1")
    shop.workflow.approve("AU1", "S01", "supervisor")
    shop.workflow.post("AU1", "S01", "supervisor")
    after = shop.workflow.review("AU2")
    assert before.consequences
    assert after.consequences == before.consequences
    assert [row.causes for row in after.findings] == [row.causes for row in before.findings]


def test_what_another_audit_corrected_can_be_rejected_instead_of_counted_again(shop):
    shop.workflow.open_audit("AU1", scope=["A1"])
    shop.workflow.open_audit("AU2", scope=["A1"])
    shop.count("AU2", "A1", ("vase", 7), operator="C02")  # counted first, posted last
    shop.count("AU1", "A1", ("vase", 7))
    shop.workflow.reconcile_audit("AU1")
    shop.workflow.approve("AU1", "S01", "supervisor")
    shop.workflow.post("AU1", "S01", "supervisor")
    shop.workflow.reconcile_audit("AU2")
    shop.workflow.reject("AU2", "S01", "supervisor", ("vase", "A1", None), "AU1 has it")
    shop.workflow.approve("AU2", "S01", "supervisor")
    shop.workflow.post("AU2", "S01", "supervisor")
    assert shop.on_hand("vase", "A1") == 7


def test_what_was_thrown_away_of_an_expired_lot_after_the_count_takes_nothing_from_what_can_be_sold(shop):
    """Twelve good vases, ten of them promised; five of a lot that has expired are scrapped after the count."""
    shop.stock.put_listings([Listing(channel="web", item="vase", state=ListingState.IN_STOCK, published_qty=3)])
    shop.stock.put_records([StockRecord(item="vase", location="A2", lot="OLD", qty=5)])
    with shop.stock.engine.begin() as connection:
        connection.execute(schema.lots.insert().values(item="vase", lot="OLD", expires=DAY - 1))
    shop.workflow.open_audit("AU1", scope=["A1", "A2"])
    shop.count("AU1", "A1", ("vase", 12))
    shop.count("AU1", "A2", ("vase", 5, "OLD"))
    shop.book("vase", "A2", -5, lot="OLD", reason="scrap")
    (listing,) = shop.workflow.reconcile_audit("AU1").listings
    assert (listing.ats_before, listing.ats_after) == (0, 2)
