"""``scanstation report``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanstation.cli.desk import OfOther, at_desk
from scanstation.cli.output import say, table

if TYPE_CHECKING:
    from scanstation.reports.model import AuditReport


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "report",
        help="Write the report of an audit: HTML, JSON and CSV.",
        epilog="Example: scanstation report 2F81C0AA --out out/report",
    )(report)


def report(
    audit: Annotated[str, typer.Argument(help="The audit.")],
    out: Annotated[Path, typer.Option(help="Folder for the files.")] = Path("out/report"),
    operator: OfOther = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON instead.")] = False,
) -> None:
    """What was found, what it breaks, who counted, and the proof."""
    from scanstation.reports import to_json, write_report

    with at_desk(operator) as desk:
        result = desk.report(audit)
    if as_json:
        typer.echo(to_json(result), nl=False)
        return
    write_report(result, out)
    show_report(result)
    say(f"written to {out}")


def show_report(report: "AuditReport") -> None:
    """Print what breaks first, then the discrepancies."""
    from scanstation.reports.words import day, money

    say(
        f"{report.name}: {report.units_short} units of orders go short, {report.units_released} can go after all; "
        f"{len(report.findings)} discrepancies worth {money(report.gross_value, report.currency)}"
    )
    if report.consequences:
        table(("what breaks", "units", "due", f"likely, {report.currency}", "in words"), [
            (row.kind.replace("_", " ").lower(), row.units, day(row.due), money(row.money), row.words)
            for row in report.consequences if row.kind != "MONEY"
        ])  # fmt: skip
    if report.order_lines:
        table(("order", "customer", "item", "due", "qty", "promised", "can be met", "short", "released"), [
            (row.order_id, row.customer, row.name, day(row.due), row.qty, row.promised, row.actual, row.short or "",
             row.released or "") for row in report.order_lines
        ])  # fmt: skip
    if report.listings:
        table(("channel", "item", "says", "published", "really available", "wrong by"), [
            (row.channel, row.name, row.state, row.published_qty, row.ats_after,
             f"{row.false_out_of_stock} to sell" if row.false_out_of_stock else f"oversells {row.oversells}")
            for row in report.listings
        ])  # fmt: skip
    if report.findings:
        table(("item", "location", "lot", "expected", "counted", "variance", "value", "kind"), [
            (row.name or row.item, row.location, row.lot, row.expected, row.counted, f"{row.variance:+d}",
             money(row.value), row.kind) for row in report.findings
        ])  # fmt: skip
    if report.held:
        table(("item", "location", "lot", "damaged", "in quarantine", "units moved", "value"), [
            (row.name or row.item, row.location, row.lot, f"{row.damaged_before} -> {row.damaged}",
             f"{row.quarantined_before} -> {row.quarantined}", row.units, money(row.value)) for row in report.held
        ])  # fmt: skip
    for words in (*report.doubtful, *report.outdated):
        say(words)
    for left in report.rejections:
        say(f"rejected by {left.operator}: {left.name or left.item} at {left.location} stays as it is: {left.reason}")
    for row in report.findings:
        if row.stays:
            say(f"{row.name or row.item} at {row.location}: {row.stays}")
    for bad in report.kept_out:
        say(f"not used: {bad.source} {bad.row_key}: {bad.detail}; {bad.remedy}")
    for notice in report.notices:
        say(notice.words)
    for code in report.parked:
        say(f"parked at {code.location}: {code.payload!r}: {code.why}")
