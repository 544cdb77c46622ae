"""``scanstation operators``."""

import getpass
import os
from typing import TYPE_CHECKING, Annotated

import typer

from scanstation.cli.house import station_settings
from scanstation.cli.output import emit, fail, say, table

if TYPE_CHECKING:
    from scanstation.access import Access

app = typer.Typer(help="People with a badge: add and list them.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="operators")


def ask_pin(badge: str, variable: str = "SCANSTATION_PIN") -> str:
    """The PIN of a badge: from the environment where a program calls, else asked without echo."""
    if pin := os.environ.get(variable):
        return pin
    try:
        return getpass.getpass(f"PIN of {badge}: ")
    except EOFError:
        fail(f"nobody is there to type the PIN of {badge}", f"type it at a terminal, or set {variable}")


def require_admin(access: "Access", operator: str, doing: str) -> None:
    """Ask for the PIN of an admin; ends the command when there is none.  Raises `AccessError` for a wrong one."""
    from scanstation.access import Permission

    if not operator:
        fail(f"only an admin may {doing}", "name one with --operator")
    if not access.sign_in(operator, ask_pin(operator)).may(Permission.ADMINISTER):
        fail(f"{operator} may not {doing}", "have an admin do it")


@app.command("add", epilog="Example: scanstation operators add C07 'Casey Counter' --role counter --operator ADM")
def add(
    badge: Annotated[str, typer.Argument(help="Badge number, as its label will carry it.")],
    name: Annotated[str, typer.Argument(help="Name.")],
    role: Annotated[str, typer.Option(help="counter, supervisor, auditor or admin.")] = "counter",
    operator: Annotated[str, typer.Option(help="Badge of an admin; not needed for the very first one.")] = "",
) -> None:
    """Add an operator; the new PIN is asked, or taken from SCANSTATION_NEW_PIN.  The first one must be an admin."""
    from scanstation.access import AccessError, Role, system_access
    from scanstation.cli.output import Exit
    from scanstation.store.access import StoredOperatorBook
    from scanstation.store.stock import open_stock

    if role not in set(Role):
        fail(f"no role {role!r}", "one of " + ", ".join(Role), Exit.USAGE)
    settings = station_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with open_stock(settings.stock_path) as stock:
        access = system_access(StoredOperatorBook(stock.engine))
        try:
            code = access.setup_code()
            if code is not None:
                if role != Role.ADMIN:
                    fail("the first operator must be an admin", "add one with --role admin")
                access.create_first_admin(code, badge, name, ask_pin(badge, "SCANSTATION_NEW_PIN"))
            else:
                require_admin(access, operator, "add operators")
                access.add_operator(badge, name, Role(role), ask_pin(badge, "SCANSTATION_NEW_PIN"))
        except AccessError as error:
            fail(str(error), error.remedy)
    say(f"{badge} {name}, {role}")


@app.command("list", epilog="Example: scanstation operators list --json")
def list_operators(as_json: Annotated[bool, typer.Option("--json", help="One JSON line each.")] = False) -> None:
    """Show who has a badge."""
    from scanstation.store.access import StoredOperatorBook
    from scanstation.store.stock import open_stock

    with open_stock(station_settings().stock_path) as stock:
        people = StoredOperatorBook(stock.engine).operators()
    if as_json:
        for person in people:
            emit({"badge": person.badge, "name": person.name, "role": person.role.value, "active": person.active})
    else:
        table(("badge", "name", "role"), [(person.badge, person.name, person.role.value) for person in people])
