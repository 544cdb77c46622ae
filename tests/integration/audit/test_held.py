"""Units counted as damaged or put into quarantine: what they break, and how posting changes their status."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scanstation.audit import AuditError, AuditReason
from scanstation.reports import to_csv, to_html
from scanstation.reports.json_reader import from_json
from scanstation.reports.json_writer import to_json
from scanstation.settings import Settings
from scanstation.station.office import Office
from scanstation.stock.model import Movement, StockStatus

SUPERVISOR = ("S01", "supervisor")
DAMAGED = ("lamp", "A1", None)


def counted(site, lamps=10, damaged=2, quarantined=0):
    """A1 is counted: all ten lamps are there, two of them damaged; the mugs are right."""
    site.workflow.open_audit("AU1", scope=("A1", "A2"), name="First")
    marks = [("lamp", damaged, "damaged"), ("lamp", quarantined, "quarantined")]
    site.count("AU1", "A1", ("lamp", lamps), ("mug", 40), marked=[mark for mark in marks if mark[1]])
    return site.workflow.reconcile_audit("AU1")


def posted(site, **how):
    site.workflow.approve("AU1", *SUPERVISOR, **how)
    return site.workflow.post("AU1", *SUPERVISOR)


def test_damage_without_a_variance_breaks_promises_and_is_told_with_units_and_money(site):
    review = counted(site)
    assert review.findings == ()
    (lamp,) = review.held
    assert (lamp.damaged_before, lamp.damaged, lamp.units, lamp.value) == (0, 2, 2, 200_000)
    assert lamp.action == "Move 2 units to damaged stock."
    assert [(row.order_id, row.short) for row in review.order_lines] == [("O2", 1)]  # 12 - 2 - 1 reserved: 9 of 10
    (oversold,) = (row for row in review.consequences if row.kind == "OVERSOLD")
    assert (oversold.order_id, oversold.records, oversold.behind) == ("O2", (DAMAGED,), "A1 2 marked")
    assert site.by_status("lamp", "A1") == {"available": 10}


def test_posting_moves_the_units_once(site):
    counted(site)
    approval = site.workflow.approve("AU1", *SUPERVISOR, reason_code="DAMAGE")
    assert approval.amount == 200_000
    first = site.workflow.post("AU1", *SUPERVISOR)
    again = site.workflow.post("AU1", *SUPERVISOR)
    assert (first.new, first.adjustments, first.not_posted) == (2, 2, ())
    assert (again.new, again.adjustments) == (0, 2)
    assert site.by_status("lamp", "A1") == {"available": 8, "damaged": 2}
    booked = [row for row in site.stock.movements(item="lamp") if row.document == "AU1"]
    assert sorted((row.status.value, row.delta, row.reason, row.line) for row in booked) == [
        ("available", -2, "adjustment", "DAMAGE"),
        ("damaged", 2, "adjustment", "DAMAGE"),
    ]
    assert site.kinds().count("posted") == 1


def test_a_variance_and_damage_of_one_record_are_posted_together(site):
    review = counted(site, lamps=7, damaged=2, quarantined=1)
    assert [(row.variance, row.value) for row in review.findings] == [(-3, -300_000)]
    assert site.workflow.approve("AU1", *SUPERVISOR).amount == 300_000 + 300_000
    assert site.workflow.post("AU1", *SUPERVISOR).new == 3
    assert site.by_status("lamp", "A1") == {"available": 4, "damaged": 2, "quarantined": 1}


def test_a_lot_has_its_own_statuses(site):
    site.workflow.open_audit("AU1", scope=("A2",))
    site.count("AU1", "A2", ("mug", 5), ("tea", 6, "T1"), marked=[("tea", 4, "quarantined", "T1")])
    site.workflow.reconcile_audit("AU1")
    posted(site)
    assert {(row.lot, row.status.value): row.qty for row in site.stock.records(item="tea")} == {
        ("T1", "available"): 2,
        ("T1", "quarantined"): 4,
    }


@pytest.mark.parametrize("marked", [[("lamp", 2, "damaged")], []])
def test_a_second_audit_after_posting_has_nothing_left_to_do(site, marked):
    """Whether its counter marks the units again or not: who marks nothing has not said that all is well."""
    counted(site)
    posted(site)
    site.workflow.open_audit("AU2", scope=("A1",))
    site.count("AU2", "A1", ("lamp", 10), ("mug", 40), marked=marked, operator="C02")
    review = site.workflow.reconcile_audit("AU2")
    assert (review.findings, review.changes, review.order_lines, review.consequences) == ((), (), (), ())
    assert [(row.damaged_before, row.damaged, row.units, row.action) for row in review.held] == [
        (2, 2, 0, "The books say so already.")
    ]
    assert site.workflow.approve("AU2", *SUPERVISOR).amount == 0
    assert site.workflow.post("AU2", *SUPERVISOR).adjustments == 0
    assert site.by_status("lamp", "A1") == {"available": 8, "damaged": 2}


def test_two_audits_of_one_record_move_its_units_once(site):
    counted(site)
    site.workflow.open_audit("AU2", scope=("A1",))  # its record is from before the posting
    posted(site)
    site.count("AU2", "A1", ("lamp", 10), ("mug", 40), marked=[("lamp", 2, "damaged")], operator="C02")
    review = site.workflow.reconcile_audit("AU2")
    assert review.changes == ()
    assert review.order_lines == ()


def test_a_posted_audit_still_tells_what_it_found(site):
    before = counted(site)
    posted(site)
    after = site.workflow.review("AU1")
    assert (after.held, after.order_lines, after.consequences) == (
        before.held,
        before.order_lines,
        before.consequences,
    )


def test_stock_that_becomes_unsaleable_after_the_count_is_no_longer_promised(site):
    counted(site, damaged=0)
    assert site.workflow.review("AU1").notices == ()
    moved = {"item": "lamp", "location": "B1", "lot": None, "reason": "transfer", "ts": site.workflow.clock()}
    available, damaged = Movement(**moved, delta=-2), Movement(**moved, delta=2, status=StockStatus.DAMAGED)
    site.stock.book([available, damaged])
    notices = site.workflow.review("AU1").notices
    assert [(row.kind, row.said, row.should) for row in notices] == [("LISTING_DRIFT", "in_stock", "out_of_stock")]


def test_the_move_is_undone_by_the_opposite_booking(site):
    """As after a repair: an audit says what is there, and releases nothing."""
    counted(site)
    posted(site)
    back = {"item": "lamp", "location": "A1", "lot": None, "reason": "repair", "ts": site.workflow.clock()}
    site.stock.book([Movement(**back, delta=2), Movement(**back, delta=-2, status=StockStatus.DAMAGED)])
    assert site.by_status("lamp", "A1") == {"available": 10}
    site.workflow.open_audit("AU2", scope=("A1",))
    site.count("AU2", "A1", ("lamp", 10), ("mug", 40), operator="C02")
    assert site.workflow.reconcile_audit("AU2").held == ()


def test_what_is_rejected_stays_as_it_is(site):
    counted(site, lamps=7)
    rejected = site.workflow.reject("AU1", *SUPERVISOR, DAMAGED, "on loan")
    assert (rejected.variance, rejected.units, rejected.value) == (-3, 2, 500_000)
    assert site.workflow.approve("AU1", *SUPERVISOR).amount == 0
    posting = site.workflow.post("AU1", *SUPERVISOR)
    assert [(row.item, row.why) for row in posting.not_posted] == [("lamp", "rejected by S01: on loan")]
    assert site.by_status("lamp", "A1") == {"available": 10}


def test_damaged_units_of_an_item_without_a_record_are_not_posted(site):
    site.workflow.open_audit("AU1", scope=("A1",))
    site.count("AU1", "A1", ("lamp", 10), ("mug", 40), ("new", 2), marked=[("new", 2, "damaged")])
    review = site.workflow.reconcile_audit("AU1")
    assert [(row.item, row.posts) for row in review.held] == [("new", False)]
    assert review.held[0].action == "No stock record knows this item: record it first."
    assert posted(site).adjustments == 0
    assert list(site.stock.records(item="new")) == []


def test_a_record_that_is_written_anyway_is_written_whole(site):
    site.decide(post_within_tolerance=False)
    site.workflow.open_audit("AU1", scope=("A1",))
    site.count("AU1", "A1", ("lamp", 10), ("mug", 41), marked=[("mug", 41, "damaged")])
    site.workflow.reconcile_audit("AU1")
    posted(site)
    assert site.by_status("mug", "A1") == {"damaged": 41}


def test_four_eyes_see_what_leaves_the_stock_that_can_be_sold(site):
    site.decide(four_eyes_above=199_999)
    counted(site)
    with pytest.raises(AuditError) as caught:
        site.workflow.approve("AU1", "C01", "supervisor")
    assert caught.value.reason is AuditReason.FOUR_EYES


@pytest.mark.parametrize("other", [False, True])
def test_a_mark_after_the_approval_is_not_posted_unseen(site, other):
    """Neither one more, nor the same two as another status."""
    counted(site)
    site.workflow.approve("AU1", *SUPERVISOR)  # the seat has not heard of it
    site.do(site.session.reopen_location("A1"))
    if other:
        site.do(site.session.undo())
        site.do(site.session.mark("lamp", None, 2, "quarantined"))
    else:
        site.do(site.session.mark("lamp", None, 1, "damaged"))
    site.do(site.session.close_location())
    with pytest.raises(AuditError) as caught:
        site.workflow.post("AU1", *SUPERVISOR)
    assert caught.value.reason is AuditReason.CHANGED
    assert site.by_status("lamp", "A1") == {"available": 10}


def test_the_report_shows_it_before_and_after(site, tmp_path):
    counted(site)
    settings = Settings(data_dir=tmp_path)
    office = Office(settings, site.workflow.policy, site.stock, site.journal, site.workflow.clock, str, site.workflow)
    before = office.report("AU1")
    page = to_html(before)
    assert (before.units_held, before.value_held) == (2, 200_000)
    assert "2 units were available by the record, worth 20.00 EUR" in page and "0 → 2" in page
    assert "lamp,Lamp,A1,,0,2,0,0,2,20.00,Move 2 units to damaged stock." in to_csv(before)["held.csv"]
    posted(site, reason_code="DAMAGE")
    after = office.report("AU1")
    assert "lamp,A1,,damaged,2,DAMAGE" in to_csv(after)["adjustments.csv"]
    again = from_json(to_json(after))
    assert again == after
    assert [row.status for row in again.adjustments] == [StockStatus.AVAILABLE, StockStatus.DAMAGED]


STATEMENTS = 7
"""Statements of the transaction that posts, the commit included."""
FULL = os.environ.get("SCANSTATION_FULL") == "1"
pytestmark = pytest.mark.counted


@pytest.mark.parametrize("statement", range(STATEMENTS + 1) if FULL else (3, 5, 6, 7))
def test_a_process_that_is_killed_while_it_posts_leaves_nothing_half_posted(reopen, site, tmp_path, statement):
    counted(site, lamps=7, damaged=2)
    site.workflow.approve("AU1", *SUPERVISOR)
    site.journal.close()
    site.stock.close()
    script = Path(__file__).with_name("cut_short.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), str(site.now[0]), "post", f"statement {statement}"],
        capture_output=True,
        timeout=120,
        check=False,
    )
    last = statement == STATEMENTS
    assert done.returncode == (0 if last else -signal.SIGKILL), done.stderr.decode()
    site.now[0] += 60_000_000
    again = reopen()
    whole = {"available": 5, "damaged": 2}
    assert again.by_status("lamp", "A1") == (whole if last else {"available": 10})
    assert len(list(again.stock.adjustments("AU1"))) == (2 if last else 0)
    again.workflow.heal()
    assert again.workflow.post("AU1", *SUPERVISOR).adjustments == 2
    assert again.by_status("lamp", "A1") == whole
    assert again.kinds().count("posted") == 1
