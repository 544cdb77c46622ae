"""Runs one step of the workflow and kills its own process at the n-th boundary between stock file and journal.

    python cut_short.py FOLDER NOW STEP CUT

Boundaries are counted before and after each call that changes a file.  A CUT of "statement N" kills inside the
transaction that posts, before its n-th statement, the commit included.  Exit code 0: the step had fewer of them.
"""

import importlib.util
import itertools
import os
import signal
import sys
from pathlib import Path

from sqlalchemy import event

SUPERVISOR = ("S01", "supervisor")
STEPS = {
    "open": lambda site: site.workflow.open_audit("AU1", scope=("A1", "A2"), operator="S01"),
    "approve": lambda site: site.workflow.approve("AU1", *SUPERVISOR),
    "withdraw": lambda site: site.workflow.withdraw("AU1", *SUPERVISOR),
    "recount": lambda site: site.workflow.request_recount("AU1", *SUPERVISOR),
    "post": lambda site: site.workflow.post("AU1", *SUPERVISOR),
}


def main():
    folder, now, step = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    inside, cut = sys.argv[4].startswith("statement"), int(sys.argv[4].removeprefix("statement "))
    spec = importlib.util.spec_from_file_location("site_for_audits", Path(__file__).with_name("conftest.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    site = module.open_site(folder, [now])
    boundary = itertools.count()

    def here(*_):
        if next(boundary) == cut:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched(function):
        def call(*args, **kwargs):
            here()
            answer = function(*args, **kwargs)
            if hasattr(answer, "result"):
                answer.result()  # durable
            here()
            return answer

        return call

    if inside:
        post = site.stock.post_adjustments

        def statement_by_statement(*args):
            for name in ("before_cursor_execute", "commit"):
                event.listen(site.stock.engine, name, here)
            answer = post(*args)
            for name in ("before_cursor_execute", "commit"):
                event.remove(site.stock.engine, name, here)
            return answer

        site.stock.post_adjustments = statement_by_statement
        STEPS[step](site)
        return
    site.journal.submit = watched(site.journal.submit)
    for name in ("create_audit", "take_snapshot", "approve", "set_audit_state", "post_adjustments"):
        setattr(site.stock, name, watched(getattr(site.stock, name)))
    STEPS[step](site)


main()
