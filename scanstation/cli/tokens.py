"""``scanstation tokens``: what programs show instead of a badge."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from scanstation.cli.house import station_settings
from scanstation.cli.operators import require_admin
from scanstation.cli.output import Exit, emit, fail, say, table

if TYPE_CHECKING:
    from scanstation.access import Access

app = typer.Typer(
    help="API tokens of programs: issue, list, revoke; beside a running station too.", no_args_is_help=True
)


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="tokens")


Admin = Annotated[str, typer.Option("--operator", help="Badge of an admin.")]
_DAY_US = 86_400_000_000


@contextmanager
def _access() -> Iterator["Access"]:
    """Access to the stock file; its errors end the command."""
    from scanstation.access import AccessError, system_access
    from scanstation.store.access import StoredOperatorBook
    from scanstation.store.stock import open_stock

    with open_stock(station_settings().stock_path) as stock:
        try:
            yield system_access(StoredOperatorBook(stock.engine))
        except AccessError as error:
            fail(str(error), error.remedy)


@app.command("issue", epilog="Example: scanstation tokens issue prometheus --role auditor --operator ADM")
def issue(
    name: Annotated[str, typer.Argument(help="The program that will use it.")],
    role: Annotated[
        str, typer.Option(help="counter (brings reads), auditor (looks), supervisor or admin.")
    ] = "counter",
    days: Annotated[int, typer.Option(help="Days until it expires; 0: never.", min=0)] = 0,
    operator: Admin = "",
) -> None:
    """Print a new token, this once: ``Authorization: Bearer TOKEN``."""
    from scanstation.access import Role

    if role not in set(Role):
        fail(f"no role {role!r}", "one of " + ", ".join(Role), Exit.USAGE)
    with _access() as access:
        require_admin(access, operator, "issue tokens")
        say(access.issue_token(name, Role(role), _now() + days * _DAY_US if days else None))


@app.command("list", epilog="Example: scanstation tokens list --json")
def list_tokens(as_json: Annotated[bool, typer.Option("--json", help="One JSON line each.")] = False) -> None:
    """Show the tokens, without what would open a door."""
    with _access() as access:
        tokens = access.tokens()
    for row in tokens if as_json else ():
        emit({"name": row.name, "role": row.role, "in_force": row.in_force(_now()), "expires_at": row.expires_at})
    if not as_json:
        table(("name", "role", "in force", "expires"), [
            (row.name, row.role, "yes" if row.in_force(_now()) else "no", _day(row.expires_at)) for row in tokens
        ])  # fmt: skip


@app.command("revoke", epilog="Example: scanstation tokens revoke prometheus --operator ADM")
def revoke(name: Annotated[str, typer.Argument(help="The token.")], operator: Admin = "") -> None:
    """End a token for good."""
    with _access() as access:
        require_admin(access, operator, "revoke tokens")
        access.revoke_token(name)
    say(f"{name} is revoked")


def _now() -> int:
    return time.time_ns() // 1_000


def _day(at: int | None) -> str:
    return datetime.fromtimestamp(at / 1e6, UTC).date().isoformat() if at else "never"
