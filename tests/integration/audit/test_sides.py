"""The two sides of a misplacement are decided together: no decision about one of them invents or destroys units."""

import pytest

from scanstation.audit import AuditError, AuditReason
from scanstation.counting.events import EventKind
from scanstation.stock.model import StockRecord

SUPERVISOR = ("S01", "supervisor")
OTHER = ("S02", "supervisor")
SHORT, OVER = ("mug", "A1", None), ("mug", "A2", None)


def counted(site, *, short=30, over=15, **more):
    """Ten mugs moved from A1 to A2, where nobody booked it: 40 and 5 on record."""
    site.workflow.open_audit("AU1", scope=("A1", "A2", "B1"))
    site.count("AU1", "A1", ("mug", short), ("lamp", 10))
    site.count("AU1", "A2", ("mug", over), ("tea", 6, "T1"), **more)
    return site.workflow.reconcile_audit("AU1")


def mugs(site):
    return site.on_hand("mug", "A1"), site.on_hand("mug", "A2")


def posted(site):
    site.workflow.approve("AU1", *SUPERVISOR)
    return site.workflow.post("AU1", *SUPERVISOR)


@pytest.mark.parametrize("side", [SHORT, OVER])
def test_what_one_side_keeps_the_other_keeps_too(site, side):
    counted(site)
    other = OVER if side == SHORT else SHORT
    made = site.workflow.reject("AU1", *SUPERVISOR, side, "the transfer is on its way")
    assert made.others == f"The other side stays too: 10 at {other[1]}."
    review = site.workflow.review("AU1")
    assert {row.location: (row.booked, row.stays) for row in review.findings} == {
        side[1]: (0, ""),
        other[1]: (0, f"The record stays as it is: the other side, {side[1]}, is rejected."),
    }
    assert review.amount == 0
    posting = posted(site)
    assert mugs(site) == (40, 5)
    assert [(row.location, row.why) for row in sorted(posting.not_posted, key=lambda row: row.location != side[1])] == [
        (side[1], "rejected by S01: the transfer is on its way"),
        (other[1], f"The record stays as it is: the other side, {side[1]}, is rejected."),
    ]


def test_what_the_other_side_is_wrong_by_besides_is_booked(site):
    """Ten of the twelve missing mugs lie at A2; two are gone."""
    counted(site, short=28)
    site.workflow.reject("AU1", *SUPERVISOR, OVER, "the transfer is on its way")
    (short,) = (row for row in site.workflow.review("AU1").findings if row.location == "A1")
    assert (short.variance, short.booked, short.amount) == (-12, -2, 40_000)
    assert short.stays == "10 of 12 units stay out: the other side, A2, is rejected."
    assert site.workflow.approve("AU1", *SUPERVISOR).amount == 40_000
    site.workflow.post("AU1", *SUPERVISOR)
    assert mugs(site) == (38, 5)
    assert sum(mugs(site)) == 28 + 15


def test_taken_back_both_sides_are_booked_again(site):
    counted(site)
    site.workflow.reject("AU1", *SUPERVISOR, SHORT, "the transfer is on its way")
    site.workflow.withdraw_rejection("AU1", *OTHER, SHORT)
    assert site.workflow.review("AU1").amount == 400_000
    posted(site)
    assert mugs(site) == (30, 15)


def test_who_says_so_books_one_side_alone(site):
    counted(site)
    made = site.workflow.reject("AU1", *SUPERVISOR, OVER, "borrowed from next door", alone=True)
    assert made.alone
    assert made.others == "The other side is booked all the same, which changes the item's total: 10 at A1."
    event = next(event for event in site.journal.events() if event.kind is EventKind.FINDING_REJECTED)
    assert event.data["alone"] is True
    site.workflow.reject("AU1", *SUPERVISOR, OVER, "the transfer is on its way")  # decided otherwise
    assert site.workflow.review("AU1").amount == 0
    site.workflow.reject("AU1", *SUPERVISOR, OVER, "borrowed from next door", alone=True)
    posted(site)
    assert mugs(site) == (30, 5)


def test_both_sides_rejected_are_rejected(site):
    counted(site)
    site.workflow.reject("AU1", *SUPERVISOR, SHORT, "one")
    site.workflow.reject("AU1", *SUPERVISOR, OVER, "two", alone=True)
    assert [(row.location, row.booked, row.stays) for row in site.workflow.review("AU1").findings] == [
        ("A1", 0, ""),
        ("A2", 0, ""),
    ]
    posted(site)
    assert mugs(site) == (40, 5)


def test_a_recount_that_changes_one_side_settles_the_other_anew(site):
    """The rejection of A1 lapses with its figures, and A2 is booked again."""
    counted(site)
    site.workflow.reject("AU1", *SUPERVISOR, SHORT, "the transfer is on its way")
    site.workflow.request_recount("AU1", *SUPERVISOR, ["A1"])
    site.count("AU1", "A1", ("mug", 29), ("lamp", 10), operator="C02")
    site.workflow.reconcile_audit("AU1")
    assert site.workflow.review("AU1").rejections == ()
    posted(site)
    assert mugs(site) == (29, 15)


def test_after_a_restart_without_a_look_at_it_the_same_is_posted(site, reopen):
    counted(site)
    site.workflow.reject("AU1", *SUPERVISOR, SHORT, "the transfer is on its way")
    again = reopen()
    again.workflow.approve("AU1", *SUPERVISOR)
    last = reopen()
    assert last.workflow.post("AU1", *SUPERVISOR).new == 0
    assert mugs(last) == (40, 5)


def test_units_of_another_lot_are_decided_together_too(site):
    """The six teas carry another lot than the record says."""
    site.workflow.open_audit("AU1", scope=("A2",))
    site.count("AU1", "A2", ("mug", 5), ("tea", 6, "T2"))
    site.workflow.reconcile_audit("AU1")
    made = site.workflow.reject("AU1", *SUPERVISOR, ("tea", "A2", "T2"), "the old label is right")
    assert made.others == "The other side stays too: 6 at A2 lot T1."
    posted(site)
    assert site.on_hand("tea", "A2") == 6
    assert [row.lot for row in site.stock.records(item="tea") if row.qty] == ["T1"]


def test_who_counted_answers_for_both_sides(site):
    """20.00 at A1 and 20.00 at A2: what is kept out together counts."""
    site.decide(four_eyes_above=300_000)
    counted(site)
    with pytest.raises(AuditError, match=r"may not reject 40\.00 EUR") as caught:
        site.workflow.reject("AU1", "C01", "supervisor", SHORT, "never mind")
    assert caught.value.reason is AuditReason.FOUR_EYES
    site.workflow.reject("AU1", "C01", "supervisor", SHORT, "never mind", alone=True)


def test_no_status_takes_more_than_the_record_will_hold(site):
    """All 15 mugs at A2 are damaged, and the record stays at 5."""
    counted(site, marked=[("mug", 15, "damaged")])
    site.workflow.reject("AU1", *SUPERVISOR, SHORT, "the transfer is on its way")
    posted(site)
    assert site.by_status("mug", "A2") == {"available": 5}
    assert mugs(site) == (40, 5)


def test_a_status_that_the_record_has_the_units_for_changes(site):
    counted(site, marked=[("mug", 2, "damaged")])
    site.workflow.reject("AU1", *SUPERVISOR, SHORT, "the transfer is on its way")
    posted(site)
    assert site.by_status("mug", "A2") == {"available": 3, "damaged": 2}


def test_a_policy_that_leaves_small_variances_books_both_sides_of_a_transfer(site):
    """Three of 40 are within the tolerance, three at a place without any are not."""
    site.decide(post_within_tolerance=False)
    site.stock.put_records([StockRecord(item="mug", location="A2", lot=None, qty=0)])
    counted(site, short=37, over=3)
    posted(site)
    assert mugs(site) == (37, 3)
