"""An audit from opening to posting, on a real stock file and a real journal."""

import pytest

from scanstation.audit import AuditError, AuditReason
from scanstation.station.progress import Progress

SUPERVISOR = ("S01", "supervisor")


def opened(site, *scope):
    """Open audit AU1 over A1 and A2, unless other places are named."""
    return site.workflow.open_audit("AU1", scope=scope or ("A1", "A2"), name="First", operator="S01")


def counted(site):
    """Count A1 and A2: three lamps are missing, one mug was found, the tea is of another lot."""
    opened(site)
    site.count("AU1", "A1", ("lamp", 7), ("mug", 41))
    site.count("AU1", "A2", ("mug", 5), ("tea", 6, "T2"))
    return site.workflow.reconcile_audit("AU1")


def why(caught):
    return caught.value.reason


def test_findings_come_worst_first_with_what_they_break(site):
    review = counted(site)

    assert [(row.item, row.location, row.lot, row.expected, row.counted, row.kind) for row in review.findings] == [
        ("lamp", "A1", None, 10, 7, "phantom"),
        ("tea", "A2", "T1", 6, 0, "misplaced"),
        ("tea", "A2", "T2", 0, 6, "misplaced"),
        ("mug", "A1", None, 40, 41, "hidden"),
    ]
    lamp = review.findings[0]
    assert (lamp.recorded, lamp.variance, lamp.value) == (10, -3, -300_000)
    # 12 recorded, 1 reserved: 11 cover 6 + 4; 9 in truth, 8 free: O2 gets 2 of 4
    assert [(row.order_id, row.customer, row.promised, row.actual, row.short) for row in review.order_lines] == [
        ("O2", "Bob", 4, 2, 2)
    ]
    assert [(row.channel, row.ats_before, row.ats_after, row.oversells) for row in review.listings] == [
        ("web", 1, 0, 1)
    ]
    assert lamp.action == (
        "Have A1 counted again by another person. Take 3 units off the record. Customer desk: tell the customers of "
        "O2 (2 short), and the buyer what is missing. Channel web: publish 0 instead of 1."
    )
    assert review.findings[1].action == (
        "Have A2 counted again by another person. Book 6 units over to lot T2, where they were counted."
    )
    assert [row.within_tolerance for row in review.findings] == [False, False, False, True]
    assert sorted((row.abc_class, row.in_tolerance) for row in review.records) == [
        ("A", False), ("C", False), ("C", False), ("C", True), ("C", True),
    ]  # fmt: skip
    assert review.state == "reconciled"
    assert site.workflow.review("AU1").state == "reconciled"


def test_a_location_outside_the_scope_or_not_closed_says_nothing(site):
    opened(site)
    site.count("AU1", "A2", ("mug", 5), ("tea", 6, "T1"))
    site.sit_down()
    site.do(site.session.sign_in("C01", "counter"))
    site.do(site.session.choose_audit("AU1", site.stock.scope("AU1")))
    site.do(site.session.open_location("A1"))

    review = site.workflow.reconcile_audit("AU1")

    assert review.findings == ()
    assert review.counted == ("A2",)
    assert review.not_counted == ("A1",)


def test_a_shortage_where_codes_are_parked_says_so(site):
    opened(site)
    site.count("AU1", "A1", ("lamp", 9), ("mug", 40), parked=("???", "!!!"))
    (finding,) = site.workflow.reconcile_audit("AU1").findings
    assert finding.parked == 2
    assert finding.action.startswith("Resolve 2 parked codes at A1 first: what is missing may be what could not be")


def test_an_unknown_item_is_listed_and_not_posted(site):
    opened(site)
    site.count("AU1", "A1", ("lamp", 10), ("mug", 40), ("new", 2))
    review = site.workflow.reconcile_audit("AU1")
    assert [(row.item, row.kind, row.posts) for row in review.findings] == [("new", "unknown_item", False)]
    (books,) = [row.words for row in review.consequences if row.kind == "MONEY"]
    assert "no record knows it: find out whose these are" in books and "post the adjustment" not in books
    site.workflow.approve("AU1", *SUPERVISOR)
    posting = site.workflow.post("AU1", *SUPERVISOR)
    assert (posting.new, posting.adjustments) == (0, 0)
    assert [row.item for row in posting.not_posted] == ["new"]
    assert site.on_hand("new", "A1") == 0


def test_approve_and_post_change_the_books_once(site):
    counted(site)
    approval = site.workflow.approve("AU1", *SUPERVISOR, reasons={("mug", "A1", None): "found"})
    assert approval.amount == 300_000 + 180_000 + 180_000 + 20_000

    first = site.workflow.post("AU1", *SUPERVISOR)
    again = site.workflow.post("AU1", *SUPERVISOR)

    assert (first.new, first.adjustments) == (4, 4)
    assert (again.new, again.adjustments) == (0, 4)
    assert [site.on_hand("lamp", place) for place in ("A1", "B1")] == [7, 2]
    assert [site.on_hand("mug", place) for place in ("A1", "A2")] == [41, 5]
    lots = {row.lot: row.qty for row in site.stock.records(item="tea")}
    assert lots == {"T1": 0, "T2": 6}
    assert {row.item: row.reason_code for row in site.stock.adjustments("AU1")} == {
        "lamp": "count",
        "mug": "found",
        "tea": "count",
    }
    assert site.stock.audit("AU1").state == "posted"
    assert site.kinds().count("posted") == 1
    assert site.kinds()[-2:] == ["approved", "posted"]


def test_a_posted_audit_still_tells_what_it_found(site):
    before = counted(site)
    site.workflow.approve("AU1", *SUPERVISOR)
    site.workflow.post("AU1", *SUPERVISOR)
    after = site.workflow.review("AU1")
    assert after.findings == before.findings
    assert after.order_lines == before.order_lines
    assert set(after.records) == set(before.records)


def test_stock_that_moves_before_the_count_is_expected(site):
    opened(site)
    site.book("lamp", "A1", -3)
    site.count("AU1", "A1", ("lamp", 7), ("mug", 40))
    assert site.workflow.reconcile_audit("AU1").findings == ()


def test_stock_that_moves_after_the_count_stays_right(site):
    opened(site)
    site.count("AU1", "A1", ("lamp", 7), ("mug", 40))
    site.book("lamp", "A1", -2)  # picked between count and approval
    site.workflow.reconcile_audit("AU1")
    site.book("lamp", "A1", -1)  # between reconciliation and approval
    site.workflow.approve("AU1", *SUPERVISOR)
    site.book("lamp", "A1", 5, reason="receipt")  # between approval and post
    site.workflow.post("AU1", *SUPERVISOR)
    site.book("lamp", "A1", -1)
    assert site.on_hand("lamp", "A1") == 7 - 2 - 1 + 5 - 1


def test_what_was_booked_after_the_count_is_no_longer_there_to_promise(site):
    opened(site)
    site.count("AU1", "A1", ("lamp", 7), ("mug", 40))
    assert [row.short for row in site.workflow.review("AU1").order_lines] == [2]
    site.book("lamp", "A1", 3, reason="receipt")
    site.book("lamp", "B1", 1, reason="receipt")
    review = site.workflow.review("AU1")
    assert [row.variance for row in review.findings] == [-3]
    assert review.order_lines == ()


def test_a_booking_that_comes_in_late_voids_the_approval(site):
    opened(site)
    before = site.now[0]
    site.count("AU1", "A1", ("lamp", 7), ("mug", 40))
    site.workflow.reconcile_audit("AU1")
    site.workflow.approve("AU1", *SUPERVISOR)
    site.book("lamp", "A1", -3, at=before + 1)  # picked before the count, booked now
    with pytest.raises(AuditError) as caught:
        site.workflow.post("AU1", *SUPERVISOR)
    assert why(caught) is AuditReason.CHANGED
    assert site.on_hand("lamp", "A1") == 7

    site.workflow.withdraw("AU1", *SUPERVISOR)
    assert site.workflow.reconcile_audit("AU1").findings == ()
    site.workflow.approve("AU1", *SUPERVISOR)
    assert site.workflow.post("AU1", *SUPERVISOR).adjustments == 0
    assert site.on_hand("lamp", "A1") == 7


@pytest.mark.parametrize("later", ["reopened", "counted", "resolved"])
def test_what_was_not_reviewed_is_not_approved(site, later):
    """The count goes on after the comparison: the figures that the supervisor saw are no longer those of the count."""
    opened(site, "A1", "A2", "B1")
    site.count("AU1", "A1", ("lamp", 7), ("mug", 40), parked=("???",))
    site.count("AU1", "A2", ("mug", 5), ("tea", 6, "T1"))
    assert site.workflow.reconcile_audit("AU1").amount == 300_000
    place = "B1" if later == "counted" else "A1"
    if later == "counted":
        site.count("AU1", "B1", ("lamp", 1), operator="C02")
    elif later == "reopened":
        site.do(site.session.reopen_location("A1"))
    else:
        (parked,) = site.session.parked
        site.do(site.session.resolve_parked(parked.seq, "lamp", 3))

    with pytest.raises(AuditError) as caught:
        site.workflow.approve("AU1", *SUPERVISOR)

    assert why(caught) is AuditReason.CHANGED
    assert str(caught.value) == (
        f"audit AU1: {place} was counted or reopened after the comparison, so nobody has reviewed these figures"
    )
    assert caught.value.remedy == "Compare again, review, then approve."
    assert "approved" not in site.kinds()
    review = site.workflow.reconcile_audit("AU1")
    assert site.workflow.approve("AU1", *SUPERVISOR).amount == review.amount


def test_a_location_that_is_merely_open_holds_nothing_up(site):
    opened(site)
    site.count("AU1", "A1", ("lamp", 7), ("mug", 40))
    site.workflow.reconcile_audit("AU1")
    site.do(site.session.open_location("A2"))
    assert site.workflow.approve("AU1", *SUPERVISOR).amount == 300_000


def test_what_the_supervisor_decides_is_no_change_of_the_count(site):
    counted(site)
    lamp = ("lamp", "A1", None)
    site.workflow.reject("AU1", *SUPERVISOR, lamp, "on loan")
    site.workflow.withdraw_rejection("AU1", *SUPERVISOR, lamp)
    site.workflow.approve("AU1", *SUPERVISOR)
    site.workflow.withdraw("AU1", *SUPERVISOR)
    for _ in range(2):
        site.workflow.reconcile_audit("AU1", operator="S01")
    site.workflow.approve("AU1", *SUPERVISOR)
    assert [event.operator for event in site.journal.events() if event.kind.value == "reconciled"] == ["", "S01"]


def test_a_journal_that_does_not_say_what_was_compared_is_approved_as_before(site):
    """Audits that an earlier version has reconciled have no such event."""
    opened(site)
    site.count("AU1", "A1", ("lamp", 7), ("mug", 40))
    site.stock.set_audit_state("AU1", "reconciled", at=site.now[0])
    assert site.workflow.approve("AU1", *SUPERVISOR).amount == 300_000


def test_a_movement_while_the_count_was_open_is_told(site):
    """In whatever round, until a count is closed under which nothing was booked."""
    opened(site)
    for operator in ("C01", "C02"):
        site.sit_down()
        site.do(site.session.sign_in(operator, "counter"))
        site.do(site.session.choose_audit("AU1", site.stock.scope("AU1")))
        site.do(site.session.open_location("A2"))
        site.book("mug", "A2", -1)
        site.do(site.session.close_location())
        assert site.workflow.reconcile_audit("AU1").disturbed == ("A2",)
        assert site.workflow.request_recount("AU1", *SUPERVISOR) == ("A2",)
    site.count("AU1", "A2", ("mug", 3), ("tea", 6, "T1"), operator="C03")
    assert site.workflow.reconcile_audit("AU1").disturbed == ()
    assert site.workflow.request_recount("AU1", *SUPERVISOR) == ()


def test_a_location_that_was_open_longer_than_before_is_looked_at_anew(site):
    """Closed, then reopened and closed again after a booking, with the same counts."""
    opened(site)
    site.count("AU1", "A2", ("mug", 5), ("tea", 6, "T1"))
    site.book("mug", "A2", -1)
    assert site.workflow.reconcile_audit("AU1").disturbed == ()
    site.do(site.session.reopen_location("A2"))
    site.do(site.session.close_location())
    assert site.workflow.request_recount("AU1", *SUPERVISOR) == ("A2",)


def test_four_eyes_above_the_limit(site):
    opened(site)
    site.count("AU1", "A1", ("mug", 40), operator="S01")  # ten lamps missing: 100.0000
    site.count("AU1", "A2", operator="C02")  # mugs and tea: 28.0000
    review = site.workflow.reconcile_audit("AU1")
    assert review.gross_value == 1_000_000 + 100_000 + 180_000
    site.decide(four_eyes_above=review.gross_value - 1)
    for operator in ("S01", "C02"):
        with pytest.raises(AuditError) as caught:
            site.workflow.approve("AU1", operator, "supervisor")
        assert why(caught) is AuditReason.FOUR_EYES
        assert "128.00 EUR (limit 128.00)" in str(caught.value)
    assert site.stock.audit("AU1").state == "reconciled"
    assert "approved" not in site.kinds()
    site.workflow.approve("AU1", "S02", "supervisor")


def test_at_the_limit_two_eyes_are_enough(site):
    opened(site)
    site.count("AU1", "A2", operator="S01")
    review = site.workflow.reconcile_audit("AU1")
    site.decide(four_eyes_above=review.gross_value)
    assert site.workflow.approve("AU1", *SUPERVISOR).amount == review.gross_value


@pytest.mark.parametrize("role", ["counter", "auditor", "cleaner", ""])
def test_only_a_supervisor_approves_and_posts(site, role):
    counted(site)
    with pytest.raises(AuditError) as caught:
        site.workflow.approve("AU1", "X01", role)
    assert why(caught) is AuditReason.NOT_ALLOWED
    site.workflow.approve("AU1", *SUPERVISOR)
    with pytest.raises(AuditError) as caught:
        site.workflow.post("AU1", "X01", role)
    assert why(caught) is AuditReason.NOT_ALLOWED


def test_variances_within_tolerance_stay_where_the_policy_says_so(site):
    site.decide(post_within_tolerance=False)
    counted(site)
    site.workflow.approve("AU1", *SUPERVISOR)
    posting = site.workflow.post("AU1", *SUPERVISOR)
    assert [row.item for row in posting.not_posted] == ["mug"]
    assert site.on_hand("mug", "A1") == 40


def test_a_recount_is_another_persons_and_its_figures_win(site):
    counted(site)
    assert site.workflow.request_recount("AU1", *SUPERVISOR) == ("A1", "A2")
    assert site.stock.audit("AU1").state == "counting"
    assert site.workflow.request_recount("AU1", *SUPERVISOR) == ()  # they are due already

    assert site.workflow.reconcile_audit("AU1").state == "counting"
    with pytest.raises(AuditError) as caught:
        site.workflow.approve("AU1", *SUPERVISOR)
    assert why(caught) is AuditReason.WRONG_STATE

    with pytest.raises(AssertionError, match="counted"):
        site.count("AU1", "A1", ("lamp", 7), operator="C01")
    site.count("AU1", "A1", ("lamp", 10), ("mug", 40), operator="C02")
    site.count("AU1", "A2", ("mug", 5), ("tea", 6, "T2"), operator="C02")
    review = site.workflow.reconcile_audit("AU1")
    assert [(row.item, row.lot, row.round) for row in review.findings] == [("tea", "T1", 2), ("tea", "T2", 2)]
    assert review.recounts_due == ()
    assert review.counters == {"C01", "C02"}
    assert site.workflow.request_recount("AU1", *SUPERVISOR) == ()  # two counts agree: nothing is asked again
    site.workflow.approve("AU1", *SUPERVISOR)


def test_a_recount_asked_for_at_the_seat_holds_the_approval_up(site):
    counted(site)
    site.do(site.session.sign_in("S01", "supervisor"))
    site.do(site.session.choose_audit("AU1", site.stock.scope("AU1")))
    site.do(site.session.request_recount("A2", "looks odd"))
    with pytest.raises(AuditError) as caught:
        site.workflow.approve("AU1", *SUPERVISOR)
    assert why(caught) is AuditReason.RECOUNT_DUE
    assert site.workflow.heal() == ("AU1",)
    assert site.stock.audit("AU1").state == "counting"


def test_a_second_audit_of_the_same_places_is_told_on_both_sides(site):
    assert opened(site).overlaps == ()
    second = site.workflow.open_audit("AU2", scope=("A2", "B1"), name="Second")
    assert second.overlaps == (("AU1", "A2"),)
    site.count("AU1", "A1", ("lamp", 10), ("mug", 40))
    assert site.workflow.review("AU1").overlaps == (("AU2", "A2"),)


def test_two_audits_of_one_record_correct_it_once(site):
    opened(site)
    site.count("AU1", "A1", ("lamp", 7), ("mug", 40))
    site.workflow.reconcile_audit("AU1")
    site.workflow.approve("AU1", *SUPERVISOR)
    site.workflow.open_audit("AU2", scope=("A1",))
    site.workflow.post("AU1", *SUPERVISOR)
    site.count("AU2", "A1", ("lamp", 7), ("mug", 40))
    assert site.workflow.reconcile_audit("AU2").findings == ()


def test_steps_out_of_order_are_refused(site):
    for step in (site.workflow.reconcile_audit, site.workflow.review):
        with pytest.raises(AuditError) as caught:
            step("AU9")
        assert why(caught) is AuditReason.UNKNOWN_AUDIT
    opened(site)
    with pytest.raises(AuditError) as caught:
        opened(site)
    assert why(caught) is AuditReason.WRONG_STATE
    with pytest.raises(AuditError) as caught:
        site.workflow.reconcile_audit("AU1")
    assert why(caught) is AuditReason.NOTHING_COUNTED
    for step in (site.workflow.approve, site.workflow.post, site.workflow.withdraw):
        with pytest.raises(AuditError) as caught:
            step("AU1", *SUPERVISOR)
        assert why(caught) is AuditReason.WRONG_STATE
    with pytest.raises(AuditError) as caught:
        site.workflow.request_recount("AU1", *SUPERVISOR, ["A1"])
    assert why(caught) is AuditReason.NOTHING_COUNTED


def test_a_location_that_was_open_at_the_approval_is_open_no_more_and_goes_on_after_its_withdrawal(site):
    opened(site, "A1", "A2")
    site.count("AU1", "A2", ("mug", 5))
    site.sit_down()
    seat = site.session
    for decision in (seat.sign_in("C01", "counter"), seat.choose_audit("AU1", site.stock.scope("AU1"))):
        site.do(decision)
    site.do(seat.open_location("A1"))
    progress = Progress(site.journal)
    assert [place.location for place in progress.of("AU1", ["A1", "A2"]).open] == ["A1"]
    site.workflow.reconcile_audit("AU1")
    site.workflow.approve("AU1", *SUPERVISOR)
    assert progress.of("AU1", ["A1", "A2"]).open == ()
    site.workflow.withdraw("AU1", *SUPERVISOR)
    site.count("AU1", "A1", ("lamp", 10))
    assert site.workflow.reconcile_audit("AU1").not_counted == ()
