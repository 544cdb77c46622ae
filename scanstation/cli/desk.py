"""Where the audit commands work: on the files, or at the running station that holds them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from scanstation.cli.house import opened, station_settings
from scanstation.cli.operators import ask_pin
from scanstation.cli.output import fail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanstation.audit import Posting, RecordKey, Rejection
    from scanstation.cli.remote import RemoteDesk
    from scanstation.reports import AuditReport
    from scanstation.settings import Settings
    from scanstation.station.desk import Approved, Desk, Opened
    from scanstation.station.wiring import House


OfOther = Annotated[str, typer.Option("--operator", help="Your badge, where the station runs as another user.")]


class AuditDesk(Protocol):
    """The steps of an audit, wherever they are done; see `scanstation.station.desk.Desk`."""

    def open(
        self, name: str, locations: "Sequence[str]" = (), zones: "Sequence[str]" = (), blind: bool = True
    ) -> "Opened":
        """Take the snapshot and let counting begin."""

    def reconcile(self, audit: str) -> "AuditReport":
        """End the count and say what breaks."""

    def recount(self, audit: str, locations: "Sequence[str]" = (), reason: str = "") -> tuple[str, ...]:
        """Ask for another count."""

    def reject(self, audit: str, record: "RecordKey", reason: str, alone: bool = False) -> "Rejection":
        """Leave a record as it is."""

    def withdraw_rejection(self, audit: str, record: "RecordKey") -> None:
        """Take a rejection back."""

    def approve(self, audit: str, reason: str) -> "Approved":
        """Approve the adjustments."""

    def withdraw(self, audit: str) -> None:
        """Take an approval back before anything is posted."""

    def post(self, audit: str) -> "Posting":
        """Post them."""

    def report(self, audit: str) -> "AuditReport":
        """The report as it stands now."""


@contextmanager
def at_desk(operator: str = "") -> Iterator[AuditDesk]:
    """The office for ``operator``, whose PIN is asked; without one only what needs no badge can be done."""
    from scanstation.counting.errors import JournalError, JournalReason

    settings = station_settings()
    with ExitStack() as stack:
        desk: AuditDesk
        try:
            house = stack.enter_context(opened(settings))
        except JournalError as error:
            if error.reason is not JournalReason.LOCKED:
                raise
            desk = remote_desk(settings, operator)
        else:
            desk = _local(house, operator)
        yield desk


def _local(house: "House", operator: str) -> "Desk":
    from scanstation.access import AccessError
    from scanstation.station.desk import Desk

    if not operator:
        return Desk(house.office)
    try:
        session = house.access.sign_in(operator, ask_pin(operator))
    except AccessError as error:
        fail(str(error), error.remedy)
    return Desk(house.office, session.badge, session.role)


def remote_desk(settings: "Settings", operator: str) -> "RemoteDesk":
    """The station that holds the journal: where its note says, else where the settings say."""
    from scanstation.cli.remote import RemoteDesk, badge_and_pin
    from scanstation.station.running import find_running

    running = find_running(settings.data_dir, settings.journal_path)
    secure = "s" if settings.tls_certificate else ""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host
    url = running.url if running else f"http{secure}://{f'[{host}]' if ':' in host else host}:{settings.port}/"
    if operator:
        authorization = badge_and_pin(operator, ask_pin(operator))
    else:
        authorization = f"Bearer {running.key}" if running else ""
    return RemoteDesk(url=url, authorization=authorization, certificate=settings.tls_certificate)
