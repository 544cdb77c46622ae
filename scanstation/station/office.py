"""The supervisor's office: audits on the station's files, and their reports."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from scanstation.audit import AuditWorkflow, Review
from scanstation.reports import AuditReport, CountedRecord, measure
from scanstation.reports.model import Approval, BrokenPromise, Marked, Posting, Variance, WrongListing
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
            variances=tuple(_variances(review)),
            promises=tuple(_promises(review, self.stock)),
            listings=tuple(_listings(review, self.stock)),
            parked=parked,
            marked=tuple(_marked(review, self.stock)),
            pictures=tuple(count_pictures(pictures, PictureFolder(self.settings.pictures_path))),
            recounts=review.recounts_due,
            approvals=tuple(
                Approval(operator=row.operator, at=row.at, reason_code=row.reason_code, amount=row.amount)
                for row in self.stock.approvals(audit)
            ),
            postings=tuple(
                Posting(item=row.item, location=row.location, lot=row.lot, delta=row.delta, reason_code=row.reason_code)
                for row in self.stock.adjustments(audit)
            ),
            accuracy=measure(
                CountedRecord(row.abc_class, row.expected, row.counted, row.in_tolerance) for row in review.records
            ),
            kept_out=review.kept_out,
            switched_off=tuple(review.switched_off),
            journal_events=review.head[0],
            journal_head=review.head[1],
        )


def _variances(review: Review) -> Iterable[Variance]:
    for row in review.findings:
        yield Variance(
            item=row.item,
            name=row.name,
            abc_class=row.abc_class,
            location=row.location,
            lot=row.lot,
            recorded=row.recorded,
            expected=row.expected,
            counted=row.counted,
            variance=row.variance,
            value=row.value,
            kind=row.kind,
            causes=row.causes,
            within_tolerance=row.within_tolerance,
            parked_here=row.parked,
            action=row.action,
        )


def _promises(review: Review, stock: StockStore) -> Iterable[BrokenPromise]:
    names = stock.names([row.item for row in review.order_lines])
    for row in review.order_lines:
        yield BrokenPromise(
            order_id=str(row.order_id),
            customer=row.customer,
            item=row.item,
            name=names.get(row.item, ""),
            due=row.due,
            qty=row.qty,
            allow_backorder=row.allow_backorder,
            promised=row.promised,
            actual=row.actual,
            short=row.short,
            released=row.released,
        )


def _marked(review: Review, stock: StockStore) -> Iterable[Marked]:
    keys = sorted(review.damaged.keys() | review.quarantined.keys(), key=lambda key: (key[1], key[0], key[2] or ""))
    names = stock.names([item for item, _, _ in keys])
    for item, location, lot in keys:
        yield Marked(
            item=item,
            name=names.get(item, ""),
            location=location,
            lot=lot,
            damaged=review.damaged.get((item, location, lot), 0),
            quarantined=review.quarantined.get((item, location, lot), 0),
        )


def _listings(review: Review, stock: StockStore) -> Iterable[WrongListing]:
    """Only listings that are wrong."""
    wrong = [row for row in review.listings if row.false_out_of_stock or row.oversells]
    names = stock.names([row.item for row in wrong])
    for row in wrong:
        yield WrongListing(
            channel=row.channel,
            item=row.item,
            name=names.get(row.item, ""),
            state=row.state,
            published=row.published_qty,
            available_before=row.ats_before,
            available_after=row.ats_after,
            false_out_of_stock=row.false_out_of_stock,
            oversells=row.oversells,
        )
