"""A crash between stock file and journal, at every boundary of every step, heals at the next start."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SUPERVISOR = ("S01", "supervisor")
FULL = os.environ.get("SCANSTATION_FULL") == "1"
pytestmark = pytest.mark.counted
BOUNDARIES = {"open": 6, "approve": 6, "withdraw": 4, "recount": 4, "post": 6}
CUTS = [(step, cut) for step, count in BOUNDARIES.items() for cut in range(count)]
SHORT = [("open", 3), ("approve", 1), ("approve", 3), ("withdraw", 3), ("recount", 1), ("post", 1), ("post", 3)]


def until(site, step):
    """Bring an audit to where ``step`` comes next."""
    if step == "open":
        return
    site.workflow.open_audit("AU1", scope=("A1", "A2"))
    site.count("AU1", "A1", ("lamp", 7), ("mug", 40), marked=[("lamp", 2, "damaged")])
    site.count("AU1", "A2", ("mug", 5), ("tea", 6, "T1"))
    site.workflow.reconcile_audit("AU1")
    if step in ("withdraw", "post"):
        site.workflow.approve("AU1", *SUPERVISOR)


def carry_on(site):
    """Do what is left to do, as a person would who looks at the state; return the last posting."""
    workflow = site.workflow
    if site.stock.audit("AU1") is None or site.stock.audit("AU1").state == "planned":
        workflow.open_audit("AU1", scope=("A1", "A2"))
    if not any(event.location for event in site.journal.events()):
        site.count("AU1", "A1", ("lamp", 7), ("mug", 40), marked=[("lamp", 2, "damaged")])
        site.count("AU1", "A2", ("mug", 5), ("tea", 6, "T1"))
    if site.stock.audit("AU1").state in ("counting", "reconciled"):
        for place in workflow.review("AU1").recounts_due:
            lamps = {"marked": [("lamp", 2, "damaged")], "operator": "C02"}
            site.count("AU1", place, ("lamp", 7), ("mug", 40), **lamps)
        workflow.reconcile_audit("AU1")
        workflow.approve("AU1", *SUPERVISOR)
    return workflow.post("AU1", *SUPERVISOR)


@pytest.mark.parametrize(("step", "cut"), CUTS if FULL else SHORT)
def test_a_killed_step_heals(reopen, site, tmp_path, step, cut):
    until(site, step)
    site.journal.close()
    site.stock.close()

    script = Path(__file__).with_name("cut_short.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), str(site.now[0]), step, str(cut)],
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()

    site.now[0] += 60_000_000
    again = reopen()
    again.workflow.heal()
    healed = again.kinds()
    assert again.workflow.heal() == ()
    assert again.kinds() == healed
    state = getattr(again.stock.audit("AU1"), "state", None)
    if step == "open":
        assert (state == "counting") == ("audit_opened" in healed)
    if step == "approve":
        assert (state == "approved") == ("approved" in healed)
    if step == "withdraw":
        assert (state == "counting") == ("approval_withdrawn" in healed)
    if step == "post":
        assert (state == "posted") == ("posted" in healed) == (again.on_hand("lamp", "A1") == 7)

    posting = carry_on(again)

    assert posting.adjustments == 2
    assert again.by_status("lamp", "A1") == {"available": 5, "damaged": 2}
    assert again.stock.audit("AU1").state == "posted"
    for kind in ("audit_opened", "posted"):
        assert again.kinds().count(kind) == 1
    assert again.workflow.heal() == ()


def test_the_boundaries_are_all_of_them(site, tmp_path):
    until(site, "post")
    site.journal.close()
    site.stock.close()
    script = Path(__file__).with_name("cut_short.py")
    cut = str(BOUNDARIES["post"])
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), str(site.now[0]), "post", cut], timeout=120, check=False
    )
    assert done.returncode == 0
