"""The supervisor's office: audits on the station's files, and their reports."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from scanstation.audit import AuditState, AuditWorkflow
from scanstation.audit.afterwards import as_posted
from scanstation.reports import AuditReport, measure
from scanstation.reports.pictures import PictureList
from scanstation.reports.sheets import count_sheets
from scanstation.settings import Policy, Settings
from scanstation.station.picture_folder import PictureFolder
from scanstation.station.report_pictures import count_pictures
from scanstation.store.journal import SqliteJournal
from scanstation.store.stock import StockStore


@dataclass(frozen=True, slots=True)
class Office:
    """Opens audits, reads their reviews, writes their reports; ``workflow`` holds the steps."""

    settings: Settings
    policy: Policy
    stock: StockStore
    journal: SqliteJournal
    clock: Callable[[], int]
    ids: Callable[[], str]
    workflow: AuditWorkflow

    @classmethod
    def open(
        cls,
        settings: Settings,
        policy: Policy,
        stock: StockStore,
        journal: SqliteJournal,
        *,
        clock: Callable[[], int],
        ids: Callable[[], str],
    ) -> "Office":
        """Set the office up and finish what a crash left half done."""
        workflow = AuditWorkflow(stock, journal, station=settings.station, clock=clock, policy=policy)
        workflow.heal()
        return cls(settings, policy, stock, journal, clock, ids, workflow)

    def open_audit(
        self, name: str, scope: Iterable[str], *, operator: str = "", site: str = "", blind: bool = True
    ) -> str:
        """Take the snapshot and let counting begin; returns the number of the audit."""
        audit = self.ids()
        self.workflow.open_audit(audit, scope=scope, name=name, site=site, blind=blind, operator=operator)
        return audit

    def scope_of(self, locations: Collection[str], zones: Collection[str]) -> list[str]:
        """Locations named one by one or by zone; every location where neither is named."""
        known = list(self.stock.locations())
        if not locations and not zones:
            return [place.location for place in known]
        chosen = {place.location for place in known if place.zone in zones} | set(locations)
        return sorted(chosen)

    def report(self, audit: str) -> AuditReport:
        """The report of an audit as it stands now, in any state after its opening."""
        review = self.workflow.review(audit)
        adjustments, outdated = tuple(self.stock.adjustments(audit)), tuple[str, ...]()
        if review.state == AuditState.POSTED:
            review, outdated = as_posted(review, adjustments)
        pictures = PictureList(audit)
        sheets, parked = count_sheets(pictures.follow(self.journal.events()), audit)
        row = self.stock.audit(audit)
        return AuditReport(
            audit=audit,
            name=review.name,
            site=row.site if row else "",
            state=review.state,
            station=self.settings.station,
            blind=row.blind if row else True,
            currency=self.policy.currency,
            cut_off=review.t0,
            made_at=self.clock(),
            locations=tuple(self.stock.scope(audit)),
            not_counted=review.not_counted,
            sheets=sheets,
            consequences=review.consequences,
            notices=review.notices,
            transfers=review.transfers,
            findings=review.findings,
            order_lines=review.order_lines,
            listings=review.listings,
            parked=parked,
            held=review.held,
            pictures=tuple(count_pictures(pictures, PictureFolder(self.settings.pictures_path))),
            recounts=review.recounts,
            recounts_due=review.recounts_due,
            outdated=outdated,
            disturbed=review.disturbed,
            rejections=review.rejections,
            approvals=tuple(self.stock.approvals(audit)),
            adjustments=adjustments,
            accuracy=measure(review.records),
            kept_out=review.kept_out,
            kept_out_rows=sum(sum(reasons.values()) for reasons in review.summary["kept_out"].values()),
            switched_off=tuple(review.switched_off),
            journal_events=review.head[0],
            journal_head=review.head[1],
        )
