"""Rejecting single findings: the rest is approved and posted, and who rejected what, and why, is kept."""

import pytest

from scanstation.audit import AuditError, AuditReason
from scanstation.counting.events import EventKind

SUPERVISOR = ("S01", "supervisor")
LAMP, MUG, TEA = ("lamp", "A1", None), ("mug", "A1", None), ("tea", "A2", "T1")


def counted(site):
    """Three lamps are missing, one mug was found, the tea is of another lot."""
    site.workflow.open_audit("AU1", scope=("A1", "A2"), name="First")
    site.count("AU1", "A1", ("lamp", 7), ("mug", 41))
    site.count("AU1", "A2", ("mug", 5), ("tea", 6, "T2"))
    return site.workflow.reconcile_audit("AU1")


def rejected(site):
    return {row.key: row.reason for row in site.workflow.review("AU1").rejections}


def decisions(site):
    return [
        (event.kind.value, event.operator, event.data.get("item"), event.data.get("reason"))
        for event in site.journal.events()
        if event.kind in (EventKind.FINDING_REJECTED, EventKind.REJECTION_WITHDRAWN)
    ]


def test_the_rest_is_approved_and_posted(site):
    counted(site)
    made = site.workflow.reject("AU1", *SUPERVISOR, LAMP, "  on loan ")
    assert (made.name, made.variance, made.value, made.operator, made.reason) == ("Lamp", -3, 300_000, "S01", "on loan")
    assert site.workflow.approve("AU1", "S02", "supervisor").amount == 380_000
    posting = site.workflow.post("AU1", "S02", "supervisor")
    assert (posting.new, [(row.item, row.why) for row in posting.not_posted]) == (
        3,
        [("lamp", "rejected by S01: on loan")],
    )
    assert (site.on_hand("lamp", "A1"), site.on_hand("mug", "A1")) == (10, 41)
    assert rejected(site) == {LAMP: "on loan"}  # a posted audit still tells
    assert decisions(site) == [("finding_rejected", "S01", "lamp", "on loan")]
    approved = next(event for event in site.journal.events() if event.kind is EventKind.APPROVED)
    assert approved.data["rejected"] == [["lamp", "A1", None]]


def test_a_rejection_is_taken_back(site):
    counted(site)
    site.workflow.reject("AU1", *SUPERVISOR, LAMP, "on loan")
    site.workflow.reject("AU1", *SUPERVISOR, TEA, "relabelled")
    site.workflow.withdraw_rejection("AU1", "S02", "supervisor", LAMP)
    assert rejected(site) == {TEA: "relabelled"}
    assert decisions(site)[-1] == ("rejection_withdrawn", "S02", "lamp", None)
    assert site.workflow.approve("AU1", *SUPERVISOR).amount == 300_000 + 20_000  # the other lot stays too
    with pytest.raises(AuditError) as caught:
        site.workflow.withdraw_rejection("AU1", *SUPERVISOR, TEA)
    assert caught.value.reason is AuditReason.WRONG_STATE


def test_another_reason_replaces_the_first(site):
    counted(site)
    site.workflow.reject("AU1", *SUPERVISOR, LAMP, "on loan")
    site.workflow.reject("AU1", "S02", "supervisor", LAMP, "stolen: the police have it")
    assert rejected(site) == {LAMP: "stolen: the police have it"}
    assert len(decisions(site)) == 2


def test_a_rejection_lapses_when_its_figures_change(site):
    counted(site)
    site.workflow.reject("AU1", *SUPERVISOR, LAMP, "miscounted, I think")
    site.workflow.reject("AU1", *SUPERVISOR, TEA, "relabelled")
    site.workflow.request_recount("AU1", *SUPERVISOR, ["A1"], reason="to be sure")
    site.count("AU1", "A1", ("lamp", 6), ("mug", 40), operator="C02")
    review = site.workflow.reconcile_audit("AU1")
    assert [(row.item, row.variance) for row in review.findings if row.location == "A1"] == [("lamp", -4)]
    assert rejected(site) == {TEA: "relabelled"}
    site.workflow.approve("AU1", *SUPERVISOR)
    site.workflow.post("AU1", *SUPERVISOR)
    assert site.on_hand("lamp", "A1") == 6
    assert [(row.location, row.round, row.operator, row.reason) for row in review.recounts] == [
        ("A1", 1, "S01", "to be sure")
    ]


def test_what_was_rejected_when_the_rest_was_approved_stays_so(site):
    counted(site)
    site.workflow.reject("AU1", *SUPERVISOR, LAMP, "on loan")
    site.workflow.approve("AU1", *SUPERVISOR)
    opened = min(event.ts for event in site.journal.events() if event.kind is EventKind.LOCATION_OPENED)
    site.book("lamp", "A1", -1, at=opened - 1)  # picked before the count, booked now
    posting = site.workflow.post("AU1", *SUPERVISOR)
    assert [(row.item, row.why) for row in posting.not_posted] == [("lamp", "rejected by S01: on loan")]
    assert rejected(site) == {LAMP: "on loan"}
    assert site.on_hand("lamp", "A1") == 10 - 1


def test_a_rejection_outlives_a_withdrawn_approval_and_a_restart(site, reopen):
    counted(site)
    site.workflow.reject("AU1", *SUPERVISOR, LAMP, "on loan")
    site.workflow.approve("AU1", *SUPERVISOR)
    site.workflow.withdraw("AU1", *SUPERVISOR)
    again = reopen()
    again.workflow.heal()
    assert rejected(again) == {LAMP: "on loan"}
    again.workflow.reconcile_audit("AU1")
    assert again.workflow.approve("AU1", *SUPERVISOR).amount == 380_000


@pytest.mark.parametrize("role", ["counter", "auditor", "cleaner", ""])
def test_only_who_approves_may_reject(site, role):
    counted(site)
    for step in (
        lambda: site.workflow.reject("AU1", "X01", role, LAMP, "why not"),
        lambda: site.workflow.withdraw_rejection("AU1", "X01", role, LAMP),
    ):
        with pytest.raises(AuditError) as caught:
            step()
        assert caught.value.reason is AuditReason.NOT_ALLOWED
    assert decisions(site) == []


@pytest.mark.parametrize(
    ("key", "reason", "why", "told"),
    [
        (("lamp", "A2", None), "on loan", AuditReason.UNKNOWN_FINDING, "no finding for lamp/A2/-"),
        (("mug", "A2", None), "on loan", AuditReason.UNKNOWN_FINDING, "no finding for mug/A2/-"),  # is right
        (LAMP, " ", AuditReason.NO_REASON, "needs a reason"),
    ],
)
def test_a_slip_is_refused(site, key, reason, why, told):
    counted(site)
    with pytest.raises(AuditError, match=told) as caught:
        site.workflow.reject("AU1", *SUPERVISOR, key, reason)
    assert caught.value.reason is why
    with pytest.raises(AuditError, match="is not rejected"):
        site.workflow.withdraw_rejection("AU1", *SUPERVISOR, LAMP)
    assert decisions(site) == []


def test_what_is_not_reconciled_or_approved_already_is_not_rejected(site):
    site.workflow.open_audit("AU1", scope=("A1",))
    site.count("AU1", "A1", ("lamp", 7), ("mug", 40))
    with pytest.raises(AuditError) as caught:
        site.workflow.reject("AU1", *SUPERVISOR, LAMP, "on loan")
    assert caught.value.reason is AuditReason.WRONG_STATE


def test_who_counted_may_not_hide_a_loss_by_rejecting_it(site):
    """One by one either: together they are above the limit."""
    site.decide(four_eyes_above=310_000)
    counted(site)
    site.workflow.reject("AU1", "C01", "supervisor", LAMP, "on loan")
    with pytest.raises(AuditError, match=r"C01 took part in the count and may not reject 32\.00 EUR") as caught:
        site.workflow.reject("AU1", "C01", "supervisor", MUG, "never mind")
    assert caught.value.reason is AuditReason.FOUR_EYES
    assert rejected(site) == {LAMP: "on loan"}
    site.workflow.reject("AU1", "S02", "supervisor", MUG, "never mind")
