"""`Station`: the running service of one seat.  It wires devices, rooms and store, and decides nothing itself."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

import structlog

from drivers import Carrier, Read, Verdict
from drivers.device import Device, Status
from drivers.registry import open_device
from scanstation.counting.clock import StationClock
from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.events import CountEvent, EventKind
from scanstation.counting.session import CountSession
from scanstation.identity import LabelPrefixes
from scanstation.settings import DeviceSettings, Settings
from scanstation.station.bus import Bus
from scanstation.station.commands import Commands
from scanstation.station.street import Street, payload_text, source_of
from scanstation.station.sweeping import LocationSweep
from scanstation.station.view import LastScan, StationView
from scanstation.station.viewing import card, draw
from scanstation.stock.catalogue import Resolved
from scanstation.store.journal import JournalError, SqliteJournal
from scanstation.store.stock import StockStore

log = structlog.get_logger()

Decide = Callable[[], Decision]


class Station:
    """One seat: one operator at a time, any number of devices.

    Everything that happens goes through `settle`, one at a time: decide, journal, and only when the events are on
    disk apply and show them.  So nothing is shown or acknowledged that a crash could take back.
    """

    def __init__(
        self, settings: Settings, stock: StockStore, journal: SqliteJournal, clock: StationClock, rng: random.Random
    ) -> None:
        self.settings = settings
        self.stock = stock
        self.journal = journal
        self.clock = clock
        self.rng = rng
        self.bus = Bus()
        self.devices: dict[str, Device] = {}
        self.alarm: str | None = None
        self.badge_waiting: str | None = None
        self.session = CountSession(settings.station, clock.now)
        self.sweep: LocationSweep | None = None
        self.last: LastScan | None = None
        self._labels = LabelPrefixes(
            location=settings.labels.location, operator=settings.labels.operator, command=settings.labels.command
        )
        self._commands = Commands(self.session)
        self._seat = asyncio.Lock()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def start(self) -> None:
        """Rebuild the seat from the journal and open the configured devices."""
        self._rebuild()
        await self._note_clock_step()
        for device in self.settings.devices:
            self.add_device(device)

    async def stop(self) -> None:
        """Close every device; journal and stock file belong to whoever opened them."""
        for device in self.devices.values():
            await device.close()
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    # devices

    def add_device(self, settings: DeviceSettings) -> Device:
        """Open a device by URL and take its reads from now on.  Raises `DriverError` for a bad URL."""
        device = open_device(settings.url, name=settings.name, clock=self.clock.now, rng=self.rng)
        device.on_status(lambda status: self._device_changed(device, status))
        self.devices[settings.name] = device
        self._tasks[settings.name] = asyncio.create_task(self._serve(device), name=f"device {settings.name}")
        return device

    async def _serve(self, device: Device) -> None:
        async for read in device.reads():
            try:
                verdict = await self.take(read)
            except Exception:
                log.exception("a read could not be handled", device=device.name, payload=read.payload[:80].hex())
                verdict = Verdict.ERROR
            await device.ack(read, verdict)

    def _device_changed(self, device: Device, status: Status) -> None:
        log.info("device", name=device.name, state=status.state.value, message=status.message)
        self.bus.changed()

    # the street

    async def take(self, read: Read) -> Verdict:
        """Take one read down the street; the verdict is given when what it caused is durable."""
        if read.carrier in (Carrier.EPC, Carrier.TID):
            return await self._take_tag(read)
        street = Street(self.session, self.stock, self._labels, self._commands.run, self._badge)
        decision = await self.settle(lambda: self._closing(street.decide(read)), read)
        return Verdict(decision.outcome.value)

    async def settle(self, decide: Decide, read: Read | None = None) -> Decision:
        """Decide, journal, apply, show: the one way in which anything happens at this seat."""
        async with self._seat:
            decision = await self._decide(decide)
            if read is not None:
                self.last = card(decision, read, self.session, self.last)
        self.bus.changed()
        return decision

    async def _decide(self, decide: Decide) -> Decision:
        if self.alarm is not None:
            return Decision(outcome=Outcome.ERROR, text=self.alarm)
        await self._note_clock_step()
        location = self.session.location
        decision = decide()
        try:
            await self._record(decision.events)
        except JournalError as error:
            self._halt(error)
            return Decision(outcome=Outcome.ERROR, text=str(error), code=decision.code)
        if self.session.location != location:
            self.sweep = None
        return decision

    async def _record(self, events: Sequence[CountEvent]) -> None:
        if events:
            for event in await asyncio.wrap_future(self.journal.submit(events)):
                self.session.apply(event)

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
        self.session = CountSession(self.settings.station, self.clock.now)
        for event in self.journal.events():
            self.session.apply(event)
        self._commands = Commands(self.session)
        self.sweep = None

    # tags

    async def _take_tag(self, read: Read) -> Verdict:
        if self.alarm is not None:
            return Verdict.ERROR
        if self.session.location is None:
            return Verdict.REFUSED
        if self.sweep is None:
            self.sweep = LocationSweep(self.stock)
        tag = self.sweep.take(read)
        if tag is not None:
            self.bus.changed()
        return Verdict.OK

    def _closing(self, decision: Decision) -> Decision:
        """When a location closes, what its sweep found is counted first, in the same durable step."""
        closes = any(event.kind is EventKind.LOCATION_CLOSED for event in decision.events)
        if not closes or self.sweep is None:
            return decision
        swept = self._settle_sweep(self.sweep)
        return replace(decision, events=swept.events + decision.events, text=f"{decision.text}; {swept.text}")

    def _settle_sweep(self, sweep: LocationSweep) -> Decision:
        tags, result = sweep.settle()
        units = [(tag.found, tag.epc, tag.device) for tag in tags if tag.found is not None]
        strange = [(tag.epc, tag.device, tag.why) for tag in tags if tag.found is None]
        decision = self.session.rfid_settled(units, strange)
        return replace(decision, text=f"{decision.text}, sweep {result.completeness.text}")

    # what the operator does

    def _badge(self, badge: str) -> Decision:
        if self.session.operator is not None:
            return Decision(outcome=Outcome.REFUSED, text="sign out first", code=badge)
        self.badge_waiting = badge
        return Decision(outcome=Outcome.OK, text="type your PIN", code=badge)

    async def sign_in(self, badge: str, role: str = "counter") -> Decision:
        """Sign an operator in; the PIN was checked by the access room."""
        self.badge_waiting = None
        return await self.settle(lambda: self.session.sign_in(badge, role))

    async def sign_out(self) -> Decision:
        """Sign the operator out; an open location stays open."""
        return await self.settle(self.session.sign_out)

    async def choose_audit(self, audit: str) -> Decision:
        """Count for this audit from now on."""
        row = self.stock.audit(audit)
        if row is None or row.state not in ("counting", "reconciled"):
            return Decision(outcome=Outcome.REFUSED, text=f"audit {audit} is not open for counting")
        scope = self.stock.scope(audit)
        return await self.settle(lambda: self.session.choose_audit(audit, scope, row.blind))

    async def typed(self, code: str) -> Decision:
        """Take a code that no device read, typed by hand and marked as typed."""
        payload = code.strip().encode("latin-1", "replace")
        read = Read(payload=payload, device="keyboard", received_at=self.clock.now(), carrier=Carrier.KEYED)
        return await self.decision_of(read)

    async def decision_of(self, read: Read) -> Decision:
        """Like `take` for a read that is no tag, with the whole decision as the answer."""
        street = Street(self.session, self.stock, self._labels, self._commands.run, self._badge)
        return await self.settle(lambda: self._closing(street.decide(read)), read)

    async def set_quantity(self, qty: int | None) -> Decision:
        """Set the quantity of the next scan; None forgets it."""
        return await self.settle(lambda: self.session.set_quantity(qty))

    async def undo(self) -> Decision:
        """Void the last fact of this operator at this location."""
        return await self.settle(self.session.undo)

    async def close_location(self) -> Decision:
        """Close the open location: now it counts."""
        return await self.settle(lambda: self._closing(self.session.close_location()))

    async def reopen_location(self, location: str) -> Decision:
        """Open a closed location again, in the same round."""
        return await self.settle(lambda: self.session.reopen_location(location))

    async def correct_line(self, item: str, lot: str | None, qty: int) -> Decision:
        """Bring a counted line to ``qty``."""
        return await self.settle(lambda: self.session.correct_line(item, lot, qty))

    async def mark(self, item: str, lot: str | None, qty: int, status: str) -> Decision:
        """Mark ``qty`` counted units of a line as damaged or quarantined."""
        return await self.settle(lambda: self.session.mark(item, lot, qty, status))

    async def resolve_parked(self, seq: int, item: str, qty: int) -> Decision:
        """Say what a parked code is."""
        known = self.stock.item(item)
        if known is None:
            return Decision(outcome=Outcome.REFUSED, text=f"no such item: {item}")
        return await self.settle(lambda: self.session.resolve_parked(seq, Resolved(item=known, quantity=qty)))

    # what people see

    def view(self) -> StationView:
        """What the page shows now."""
        return draw(self)

    async def changes(self) -> AsyncIterator[StationView]:
        """The view at once, then after every change."""
        async for _ in self.bus.watch():
            yield self.view()


__all__ = ["Station", "payload_text", "source_of"]
