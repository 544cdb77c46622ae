"""The seat of a station: decide, journal, and only when the events are on disk apply them and show them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import structlog

from drivers import Read
from drivers.read import Picture
from scanstation.counting.clock import StationClock
from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.errors import JournalError, JournalReason
from scanstation.counting.events import CountEvent, EventKind
from scanstation.counting.session import CountSession
from scanstation.settings import Settings
from scanstation.station.bus import Bus
from scanstation.station.fixed_antennas import FixedAntennas
from scanstation.station.picture_folder import PictureFolder
from scanstation.station.readers import Ear
from scanstation.station.sweeping import LocationSweep, SweepWatch
from scanstation.station.view import LastScan
from scanstation.station.viewing import card
from scanstation.station.watching import Watches
from scanstation.store.access import StoredOperatorBook
from scanstation.store.engine import StoreError
from scanstation.store.journal import SqliteJournal
from scanstation.store.stock import StockStore

log = structlog.get_logger()

Decide = Callable[[], Decision]


class StationSeat:
    """What one operator at a time counts, as the journal has it.

    Everything that happens goes through `settle`, one at a time: decide, journal, and only when the events are on
    disk apply and show them.  So nothing is shown or acknowledged that a crash could take back.
    """

    def __init__(self, settings: Settings, stock: StockStore, journal: SqliteJournal, clock: StationClock) -> None:
        self.settings, self.stock, self.journal, self.clock = settings, stock, journal, clock
        self.bus = Bus()
        self.watches = Watches()
        self.alarm: str | None = None
        self.session = CountSession(settings.station, clock.now)
        self.operator_name: str | None = None
        self.notice: str | None = None
        self.sweep: LocationSweep | None = None
        self.last: LastScan | None = None
        self.pictures = PictureFolder(settings.pictures_path, settings.min_free_bytes)
        self.fixed = FixedAntennas(settings.station, settings.devices, stock, self.ears, settings.rfid_epoch_s)
        self._operators = StoredOperatorBook(stock.engine)
        self._one_at_a_time = asyncio.Lock()
        self._applied = 0  # number of the last journal event that the session knows

    async def resume(self) -> None:
        """Rebuild the seat from the journal, as it was when the station stopped."""
        self._rebuild()
        await self._note_clock_step()

    async def settle(self, decide: Decide, read: Read | None = None) -> Decision:
        """Decide, journal, apply, show: the one way in which anything happens at this seat."""
        async with self._one_at_a_time:
            decision = await self._decide(decide, read.picture if read else None)
            if read is not None:
                self.last = card(decision, read, self.session, self.last)
        self.bus.changed()
        return decision

    async def _decide(self, decide: Decide, picture: Picture | None = None) -> Decision:
        if self.alarm is not None:
            return Decision(outcome=Outcome.ERROR, text=self.alarm)
        await self._note_clock_step()
        self._catch_up()
        location = self.session.location
        decision = decide()
        if picture is not None and (fault := await self._keep(picture, decision)):
            return Decision(outcome=Outcome.ERROR, text=fault, code=decision.code)
        try:
            if _closes(decision) and (texts := [text async for text in self._count_tags()]):
                decision = decide()  # now the session knows which tags are here
                decision = replace(decision, text=" ".join([decision.text, *texts]))
            await self._record(decision.events)
        except JournalError as error:
            if error.reason is not JournalReason.INVALID:  # one event that cannot be written stops nobody else
                self._halt(error)
            return Decision(outcome=Outcome.ERROR, text=str(error), code=decision.code)
        if self.session.location != location:
            self.sweep = self.notice = None
        return decision

    async def _count_tags(self) -> AsyncIterator[str]:
        """Count the tags of the open location that closes: what was swept, and what fixed antennas find there."""
        if self.sweep is not None:
            swept = self.sweep.settle(self.session)
            await self._record(swept.events)
            self.watches.sweeps_settled += 1
            yield swept.text
        if self.fixed.at(self.session.location) is not None:
            found = self.fixed.settle(self.session, self.clock.now())
            await self._record(found.events)
            yield found.text

    def ears(self) -> Mapping[str, Ear]:
        """What the devices that are connected now say of themselves, by name."""
        return {}

    async def _keep(self, picture: Picture, decision: Decision) -> str:
        """Keep the picture that events name before they are journaled; return why that failed, else nothing."""
        if all(event.data.get("picture") != picture.sha256 for event in decision.events):
            return ""
        try:
            await asyncio.to_thread(self.pictures.keep, picture)
        except OSError as error:
            log.error("a picture cannot be kept", picture=picture.sha256, reason=str(error))
            return f"not counted: its picture cannot be kept: {error}"
        return ""

    async def _record(self, events: Sequence[CountEvent]) -> None:
        if events:
            stored = await asyncio.wrap_future(self.journal.submit(events))
            self._catch_up(before=stored[0].seq)
            for event in stored:
                self._apply(event)

    async def refresh(self) -> None:
        """Apply and show what somebody else has journaled: an audit opened, approved or posted, a recount asked for."""
        async with self._one_at_a_time:
            self._catch_up()
        self.bus.changed()

    def _catch_up(self, before: int | None = None) -> None:
        """Apply the durable events below ``before`` that this seat does not know: a session needs all, in order.

        A location that is open goes on with its sweep, unless its audit was settled meanwhile.
        """
        known = self.journal.head[0] if before is None else before - 1
        if self._applied >= known:
            return
        location = self.session.location
        for event in self.journal.events(after=self._applied):
            if before is not None and event.seq >= before:
                break
            self._apply(event)
        if self.session.location != location:
            self.sweep = self.notice = None

    def _apply(self, event: CountEvent) -> None:
        self.session.apply(event)
        if event.kind is EventKind.LOCATION_OPENED and "answers" in event.data:
            self.stock.add_to_scope(event.audit, event.location)
            self._provide_scope()
        self.fixed.apply(event)
        self._applied = event.seq

    async def _note_clock_step(self) -> None:
        if step := self.clock.take_step():
            event = CountEvent(
                kind=EventKind.CLOCK_STEPPED, ts=self.clock.now(), station=self.settings.station, data={"by": step}
            )
            with contextlib.suppress(JournalError):  # the next count meets the same failure and sounds the alarm
                await self._record([event])

    def _halt(self, error: JournalError) -> None:
        self.alarm = f"counting has stopped: {error} {error.remedy}"
        log.error("counting has stopped", reason=str(error))
        self._rebuild()

    def _rebuild(self) -> None:
        """Make the seat anew from the journal: the truth after a start and after a failure."""
        sweeps = SweepWatch(self.settings.station)
        events = self._numbered(self.fixed.rebuild(sweeps.follow(self.journal.events())))
        self.session = CountSession(self.settings.station, self.clock.now, events=events, name_of=self._name_of)
        self.sweep = None
        self._widen_scope()
        self._provide_scope()
        if self.session.operator is not None:
            self.operator_name = self._operator(self.session.operator)[0]
        if sweeps.interrupted:
            self.notice = f"The sweep of {self.session.location} was interrupted: sweep it again from the start."

    def _widen_scope(self) -> None:
        """Write down locations that were opened by a yes: a crash may have come between that and the scope."""
        audit = self.session.audit
        known = set(self.stock.scope(audit)) if audit is not None else set()
        for location in self.session.opened:
            if audit is not None and location not in known:
                with contextlib.suppress(StoreError):
                    self.stock.add_to_scope(audit, location)

    def _provide_scope(self) -> None:
        if self.session.audit is not None and (row := self.stock.audit(self.session.audit)) is not None:
            self.session.provide_scope(row.audit, self.stock.scope(row.audit), row.blind)

    def _numbered(self, events: Iterable[CountEvent]) -> Iterator[CountEvent]:
        for event in events:
            self._applied = event.seq
            yield event

    def _name_of(self, item: str) -> str:
        return self.stock.names([item]).get(item) or item

    def _operator(self, badge: str) -> tuple[str, str]:
        """Name and role."""
        known = self._operators.operator(badge)
        return (known.name, known.role.value) if known else (badge, "counter")


def _closes(decision: Decision) -> bool:
    return any(event.kind is EventKind.LOCATION_CLOSED for event in decision.events)
