"""Approving and posting rest on the figures of the moment, whether the stock side had to be read again or not."""

import subprocess
import sys

import pytest

from scanstation.audit import AuditError, AuditReason
from scanstation.stock.model import Item

SUPERVISOR = ("S01", "supervisor")

BOOK = """
import sys
from scanstation.stock.model import Movement
from scanstation.store.stock import open_stock

with open_stock(sys.argv[1]) as stock:
    stock.book([Movement(item="lamp", location="A1", lot=None, delta=-2, ts=int(sys.argv[2]), reason="issue")])
"""


@pytest.fixture
def readings(site, monkeypatch):
    """How often the stock side was read, as a list that grows."""
    seen, read = [], site.stock.reconcile_inputs
    monkeypatch.setattr(site.stock, "reconcile_inputs", lambda audit: seen.append(audit) or read(audit))
    return seen


def counted(site):
    """Count A1: three lamps are missing.  Return a moment before the count."""
    site.workflow.open_audit("AU1", scope=("A1",), operator="S01")
    before = site.now[0] + 1
    site.count("AU1", "A1", ("lamp", 7), ("mug", 40))
    site.workflow.reconcile_audit("AU1")
    return before


def book_elsewhere(site, ts):
    """Another process books that two lamps were picked."""
    subprocess.run([sys.executable, "-c", BOOK, site.stock.engine.url.database, str(ts)], check=True)


def test_where_nobody_writes_the_stock_side_is_read_once(site, readings):
    counted(site)
    site.workflow.approve("AU1", *SUPERVISOR)
    assert site.workflow.post("AU1", *SUPERVISOR).new == 1
    assert readings == ["AU1"]
    assert site.on_hand("lamp", "A1") == 7


def test_what_another_process_booked_late_is_seen_by_who_approves(site, readings):
    before = counted(site)
    book_elsewhere(site, before)
    assert site.workflow.approve("AU1", *SUPERVISOR).amount == 100_000  # one lamp; three before
    site.workflow.post("AU1", *SUPERVISOR)
    assert readings == ["AU1", "AU1"]
    assert site.on_hand("lamp", "A1") == 7


def test_what_another_process_booked_late_voids_the_approval(site):
    before = counted(site)
    site.workflow.approve("AU1", *SUPERVISOR)
    book_elsewhere(site, before)
    with pytest.raises(AuditError) as caught:
        site.workflow.post("AU1", *SUPERVISOR)
    assert caught.value.reason is AuditReason.CHANGED
    assert site.on_hand("lamp", "A1") == 8


def test_a_price_that_changed_is_what_is_approved(site, readings):
    counted(site)
    site.stock.put_items([Item(item="lamp", name="Lamp", unit_cost=110_000, abc_class="A")])
    approved = site.workflow.approve("AU1", *SUPERVISOR)
    assert approved.amount == site.workflow.review("AU1").amount
    assert len(readings) == 3


def test_what_changes_no_figure_is_read_once_more_only(site, readings):
    counted(site)
    site.book("mug", "B1", 1, reason="receipt")
    site.workflow.approve("AU1", *SUPERVISOR)
    site.workflow.post("AU1", *SUPERVISOR)
    assert readings == ["AU1", "AU1"]


def test_what_was_counted_meanwhile_is_seen(site):
    counted(site)
    site.workflow.request_recount("AU1", *SUPERVISOR)
    site.count("AU1", "A1", ("lamp", 9), ("mug", 40), operator="C02")
    site.workflow.reconcile_audit("AU1")
    site.workflow.approve("AU1", *SUPERVISOR)
    site.workflow.post("AU1", *SUPERVISOR)
    assert site.on_hand("lamp", "A1") == 9


def test_another_audit_takes_nothing_from_the_last_review(site):
    counted(site)
    site.workflow.open_audit("AU2", scope=("A2",), operator="S01")
    site.count("AU2", "A2", ("mug", 5), ("tea", 6, "T1"))
    assert site.workflow.reconcile_audit("AU2").findings == ()
    assert site.workflow.approve("AU1", *SUPERVISOR).amount == 300_000
