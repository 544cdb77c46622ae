"""The steps of a supervisor at the office, imports and the rest of what happens beside the seats."""

from scanstation.plural import how_many
from scanstation.rehearsal import steps
from scanstation.rehearsal.importing import fault, import_rows
from scanstation.rehearsal.stage import Did, Stage


async def open_(stage: Stage, step: steps.Open) -> Did:
    """Open an audit under the number that the file gives."""
    stage.premises.opening = step.audit
    zones = (step.zone,) if isinstance(step.zone, str) else step.zone
    opened = stage.premises.desk(step.operator).open(
        step.audit, step.locations, [zone for zone in zones if zone], blind=step.blind
    )
    stage.audit = opened.audit
    return Did(text=f"audit {opened.audit} is open: {how_many(opened.locations, 'location')}")


async def import_(stage: Stage, step: steps.Import) -> Did:
    """Bring in a table; a file with an error is refused whole."""
    premises = stage.premises
    report = import_rows(premises.house.stock, premises.folder, step.table, step.rows, history=step.history)
    if report.errors:
        text = " ".join(str(fault(step.table, problem)) for problem in report.errors[:5])
        return Did(text=text, refused=report.errors[0].kind.value)
    return Did(text=f"{how_many(report.rows, 'row')} imported into {step.table}")


async def reconcile(stage: Stage, step: steps.Reconcile) -> Did:
    """End the count and compare."""
    desk, audit = stage.premises.desk(step.operator), _audit(stage, step.audit)
    report = stage.reports[audit] = desk.reconcile(audit)
    due = f"; due for a recount: {', '.join(report.recounts_due)}" if report.recounts_due else ""
    return Did(
        text=f"audit {audit} is {report.state}: {how_many(len(report.findings), 'discrepancy', 'discrepancies')}{due}"
    )


async def recount(stage: Stage, step: steps.Recount) -> Did:
    """Ask for another count."""
    desk, places = stage.premises.desk(step.operator), [step.location] if step.location else []
    due = desk.recount(_audit(stage, step.audit), places, step.reason)
    return Did(text=f"due for a recount: {', '.join(due) or 'nothing'}")


async def reject(stage: Stage, step: steps.Reject) -> Did:
    """Leave a record as it is."""
    desk, record = stage.premises.desk(step.operator), (step.item, step.location, step.lot)
    rejection = desk.reject(_audit(stage, step.audit), record, step.reason, step.alone)
    return Did(text=f"{rejection.name} at {rejection.location} stays as it is. {rejection.others}".rstrip())


async def approve(stage: Stage, step: steps.Approve) -> Did:
    """Approve the adjustments."""
    approved = stage.premises.desk(step.operator).approve(_audit(stage, step.audit), step.reason)
    return Did(text=f"approved: {approved.amount / 10_000:.2f} {approved.currency}")


async def withdraw(stage: Stage, step: steps.Withdraw) -> Did:
    """Take an approval back."""
    stage.premises.desk(step.operator).withdraw(_audit(stage, step.audit))
    return Did(text="the approval is withdrawn: counting goes on")


async def post(stage: Stage, step: steps.Post) -> Did:
    """Post what was approved."""
    posting = stage.premises.desk(step.operator).post(_audit(stage, step.audit))
    again = "" if posting.new or not posting.adjustments else ", posted before"
    left = "".join(f"; not posted: {row.item} at {row.location}: {row.why.rstrip('.')}" for row in posting.not_posted)
    return Did(text=f"{how_many(posting.adjustments, 'adjustment')} posted{again}{left}")


async def wait(stage: Stage, step: steps.Wait) -> Did:
    """Let time pass."""
    return Did()


async def kill(stage: Stage, step: steps.Kill) -> Did:
    """End the station and start it again from its files."""
    await stage.premises.restart()
    return Did(text="the station was killed and has started again")


def _audit(stage: Stage, named: str | None) -> str:
    """The audit of a step: the one it names, else the one that was opened last."""
    return named or stage.audit
