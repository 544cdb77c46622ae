"""``scanstation audit``: open, look, recount, reject, approve, post; beside a running station through its API."""

from typing import Annotated

import typer

from scanstation.cli.desk import at_desk
from scanstation.cli.house import station_settings
from scanstation.cli.output import emit, say, table
from scanstation.plural import how_many

app = typer.Typer(help="Audits: open, review, recount, reject, approve, post.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="audit")


Operator = Annotated[str, typer.Option(help="Your badge; the PIN is asked, or taken from SCANSTATION_PIN.")]
AuditNumber = Annotated[str, typer.Argument(help="The audit.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@app.command("open", epilog="Example: scanstation audit open 'Monday, zone A' --zone A --operator S01")
def open_audit(
    name: Annotated[str, typer.Argument(help="What people will call it.")],
    operator: Operator,
    location: Annotated[list[str] | None, typer.Option(help="A location to count; may be given again.")] = None,
    zone: Annotated[list[str] | None, typer.Option(help="A zone to count; may be given again.")] = None,
    blind: Annotated[bool, typer.Option(help="Counters see no recorded quantity.")] = True,
    as_json: AsJson = False,
) -> None:
    """Take the snapshot and let counting begin; without --location and --zone every location is counted."""
    with at_desk(operator) as desk:
        opened = desk.open(name, location or (), zone or (), blind)
    if as_json:
        emit({"audit": opened.audit, "locations": opened.locations})
    else:
        say(f"audit {opened.audit} is open: {how_many(opened.locations, 'location')}")


@app.command("list", epilog="Example: scanstation audit list --json")
def list_audits(as_json: AsJson = False) -> None:
    """Show every audit and its state."""
    from scanstation.reports.words import moment
    from scanstation.store.stock import open_stock

    with open_stock(station_settings().stock_path) as stock:
        rows = stock.audits()
    if as_json:
        for row in rows:
            emit({"audit": row.audit, "name": row.name, "state": row.state, "cut_off": row.t0})
    else:
        table(("audit", "name", "state", "cut-off"), [(row.audit, row.name, row.state, moment(row.t0)) for row in rows])


@app.command("reconcile", epilog="Example: scanstation audit reconcile 2F81C0AA --operator S01")
def reconcile_audit(audit: AuditNumber, operator: Operator, as_json: AsJson = False) -> None:
    """End the count, compare with the record, and show what breaks before anything is posted.

    To look without ending it: scanstation report.
    """
    from scanstation.cli.report import show_report
    from scanstation.reports import to_json

    with at_desk(operator) as desk:
        report = desk.reconcile(audit)
    if as_json:
        typer.echo(to_json(report), nl=False)
    else:
        show_report(report)


@app.command("recount", epilog="Example: scanstation audit recount 2F81C0AA --location A-01-1 --operator S01")
def recount(
    audit: AuditNumber,
    operator: Operator,
    location: Annotated[list[str] | None, typer.Option(help="Only this location; may be given again.")] = None,
    reason: Annotated[str, typer.Option(help="Why; it is kept in the journal and shown in the report.")] = "",
) -> None:
    """Ask for another count by another person: of the locations named, else of all beyond tolerance or booked while
    open."""
    with at_desk(operator) as desk:
        due = desk.recount(audit, location or (), reason)
    say(f"to be counted again: {', '.join(due)}" if due else "nothing is to be counted again")


@app.command(
    "reject",
    epilog="Example: scanstation audit reject 2F81C0AA --item LAMP --location A-01-1 --reason 'on loan' --operator S01",
)
def reject(
    audit: AuditNumber,
    operator: Operator,
    item: Annotated[str, typer.Option(help="Item number of the record.")],
    location: Annotated[str, typer.Option(help="Its location.")],
    lot: Annotated[str, typer.Option(help="Its lot, where it has one.")] = "",
    reason: Annotated[str, typer.Option(help="Why the record stays as it is.")] = "",
    alone: Annotated[bool, typer.Option("--alone", help="Book the other side of a transfer all the same.")] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take the rejection back.")] = False,
) -> None:
    """Leave one record of a reconciled audit as it is, for a reason; the others are approved without it.

    The two sides of a transfer are decided together: its units stay out of the books at the other side too.
    """
    from scanstation.reports.words import money

    if not (reason or withdraw):
        raise typer.BadParameter("say why the record stays as it is", param_hint="--reason")
    record = (item, location, lot or None)
    with at_desk(operator) as desk:
        if withdraw:
            desk.withdraw_rejection(audit, record)
            say("withdrawn: the record is approved with the others again")
            return
        rejected = desk.reject(audit, record, reason, alone)
    say(f"rejected: {rejected.name or item} at {location} stays as it is, {money(rejected.value)} are not booked")
    if rejected.others:
        say(rejected.others)


@app.command("approve", epilog="Example: scanstation audit approve 2F81C0AA --operator S01 --reason SHRINK")
def approve(
    audit: AuditNumber,
    operator: Operator,
    reason: Annotated[str, typer.Option(help="Reason code of the adjustments.")] = "count",
) -> None:
    """Approve all adjustments of a reconciled audit that were not rejected; above the policy's limit by somebody who
    did not count."""
    from scanstation.reports.words import money

    with at_desk(operator) as desk:
        approved = desk.approve(audit, reason)
    say(f"approved: adjustments worth {money(approved.amount, approved.currency)}")


@app.command("withdraw", epilog="Example: scanstation audit withdraw 2F81C0AA --operator S01")
def withdraw(audit: AuditNumber, operator: Operator) -> None:
    """Take an approval back before it is posted; counting goes on, then reconcile and approve anew."""
    with at_desk(operator) as desk:
        desk.withdraw(audit)
    say("withdrawn: reconcile and approve again")


@app.command("post", epilog="Example: scanstation audit post 2F81C0AA --operator S01")
def post(audit: AuditNumber, operator: Operator, as_json: AsJson = False) -> None:
    """Post the approved adjustments as deltas, once; posting again changes nothing."""
    with at_desk(operator) as desk:
        posted = desk.post(audit)
    if as_json:
        emit({"audit": audit, "new": posted.new, "adjustments": posted.adjustments})
        return
    before = "posted before: nothing changed" if posted.adjustments else "nothing was to be posted"
    say(f"{how_many(posted.new, 'adjustment')} posted" if posted.new else before)
    for row in posted.not_posted:
        say(f"not posted: {row.name or row.item} at {row.location}: {row.why}")
