"""`Station`: the running service of one seat.  It wires devices, rooms and store, and decides nothing itself."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

import structlog

from drivers import Carrier, Read, Verdict
from drivers.device import Device, State, Status
from drivers.protocols.base import Notice
from drivers.read import Picture
from drivers.registry import open_device
from scanstation.counting.clock import StationClock
from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.errors import JournalError, JournalReason
from scanstation.counting.events import CountEvent, EventKind
from scanstation.counting.joining import LabelJoiner
from scanstation.counting.session import CountSession
from scanstation.identity import LabelPrefixes, Repair
from scanstation.settings import DeviceSettings, RepairSettings, Settings
from scanstation.station.bus import Bus
from scanstation.station.commands import seat_commands
from scanstation.station.labelling import LabelDesk
from scanstation.station.picture_folder import PictureFolder
from scanstation.station.street import Street
from scanstation.station.sweeping import LocationSweep, Memory, SweepWatch, start_sweep
from scanstation.station.view import LastScan, StationView
from scanstation.station.viewing import OPEN_STATES, card, draw
from scanstation.station.watching import DeviceLife, Watches, lives
from scanstation.store.access import StoredOperatorBook
from scanstation.store.journal import SqliteJournal
from scanstation.store.stock import StockStore

log = structlog.get_logger()

Decide = Callable[[], Decision]

TURN = 16
"""Reads of one device after which the others have their turn: a tag waits for nothing, so it would give none."""

WEDGE = "keyboard wedge"
"""The device name of scans that were typed into the page."""


def _closes(decision: Decision) -> bool:
    return any(event.kind is EventKind.LOCATION_CLOSED for event in decision.events)


def _repair(settings: RepairSettings) -> Repair:
    return Repair(**settings.model_dump())


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
        self.watches = Watches()
        self.alarm: str | None = None
        self.badge_waiting: str | None = None
        self.session = CountSession(settings.station, clock.now)
        self.operator_name: str | None = None
        self.notice: str | None = None
        self.sweep: LocationSweep | None = None
        self.last: LastScan | None = None
        self.pictures = PictureFolder(settings.pictures_path, settings.min_free_bytes)
        self._labels = LabelPrefixes(
            location=settings.labels.location, operator=settings.labels.operator, command=settings.labels.command
        )
        self._joiner = LabelJoiner(int(settings.join_window_s * 1e6))
        self._repairs = {WEDGE: _repair(settings.wedge.repair)}
        self._operators = StoredOperatorBook(stock.engine)
        self._seat = asyncio.Lock()
        self._beginning = asyncio.Lock()  # several readers hear their first tags at once: that is one sweep
        self._applied = 0  # number of the last journal event that the session knows
        self._memory = Memory()
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
        device = self.open(settings)
        self._begin(device)
        return device

    def adopt(self, device: Device) -> None:
        """Show a device that was made elsewhere, such as one whose reads are posted, and take its reads."""
        self._attach(device)
        self._begin(device)

    def open(self, settings: DeviceSettings) -> Device:
        """Open a device and show its state, without taking its reads: the caller hands each to `take`."""
        device = open_device(settings.url, name=settings.name, clock=self.clock.now, rng=self.rng)
        device.remember_in(self.settings.memory_path(settings.name))
        self._repairs[settings.name] = _repair(settings.repair)
        self._attach(device)
        if settings.capture_mb:
            device.capture_in(self.settings.capture_path(settings.name), settings.capture_mb * 1_000_000)
        return device

    def _attach(self, device: Device) -> None:
        device.on_status(lambda status: self._device_changed(device, status))
        device.on_notice(lambda notice: self._device_told(device, notice))
        self.show(device)

    def _begin(self, device: Device) -> None:
        self._tasks[device.name] = asyncio.create_task(self._serve(device), name=f"device {device.name}")

    def show(self, device: Device) -> None:
        """Show a device among those of the station and count what becomes of it."""
        self.watches.follow(device)
        self.devices[device.name] = device

    async def _serve(self, device: Device) -> None:
        try:
            await self._take_reads(device)
        except Exception as error:
            log.exception("a driver failed", device=device.name)
            text = f"its driver failed: {type(error).__name__}: {error}"
            device.set_status(State.LOST, None, text, "restart the station; if it fails again, report it with the log")

    async def _take_reads(self, device: Device) -> None:
        taken = 0
        async for read in device.reads():
            taken += 1
            if taken % TURN == 0:
                await asyncio.sleep(0)
            try:
                verdict = await self.take(read)
            except Exception:
                log.exception("a read could not be handled", device=device.name, payload=read.payload[:80].hex())
                verdict = Verdict.ERROR
                self.watches.of(read.device).note_read(read.received_at, verdict)
            if self.alarm is None or not device.redelivers:  # else it is delivered again when the journal is mended
                await device.ack(read, verdict)

    def _device_changed(self, device: Device, status: Status) -> None:
        log.info("device", name=device.name, state=status.state.value, message=status.message)
        self.bus.changed()

    def _device_told(self, device: Device, notice: Notice) -> None:
        """A missed read or noise: no count, but people should see that the device tried."""
        log.info("device notice", name=device.name, kind=notice.kind, text=notice.text)
        self.bus.changed()

    # the street

    async def take(self, read: Read) -> Verdict:
        """Take one read down the street; the verdict is given when what it caused is durable."""
        if read.carrier in (Carrier.EPC, Carrier.TID):
            verdict = await self._take_tag(read)
            self.watches.of(read.device).note_read(read.received_at, verdict)
            return verdict
        decision = await self.decision_of(read)
        return Verdict(decision.outcome.value)

    async def decision_of(self, read: Read) -> Decision:
        """Like `take` for a read that is no tag, with the whole decision as the answer."""
        decision = await self.settle(lambda: self._street().decide(read), read)
        now = self.clock.now()
        self.watches.of(read.device).note_read(read.received_at, Verdict(decision.outcome.value))
        self.watches.handling.add(max(0, now - read.received_at) / 1e6)
        return decision

    def _street(self) -> Street:
        desk = LabelDesk(self.session, self.stock, self._joiner, self.settings.join_labels)
        return Street(desk, self._labels, self.settings.region, self._repairs, self._command, self._badge)

    def _command(self, word: str, read: Read) -> Decision:
        return seat_commands(self.session, self.last, self.join, read).run(word)

    async def settle(self, decide: Decide, read: Read | None = None) -> Decision:
        """Decide, journal, apply, show: the one way in which anything happens at this seat."""
        async with self._seat:
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
            if self.sweep is not None and _closes(decision):
                swept = self.sweep.settle(self.session)
                await self._record(swept.events)
                self.watches.sweeps_settled += 1
                decision = decide()  # now the session knows what the sweep found
                decision = replace(decision, text=f"{decision.text} {swept.text}")
            await self._record(decision.events)
        except JournalError as error:
            if error.reason is not JournalReason.INVALID:  # one event that cannot be written stops nobody else
                self._halt(error)
            return Decision(outcome=Outcome.ERROR, text=str(error), code=decision.code)
        if self.session.location != location:
            self.sweep = self.notice = None
        return decision

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
        async with self._seat:
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
        events = self._numbered(sweeps.follow(self.journal.events()))
        self.session = CountSession(self.settings.station, self.clock.now, events=events, name_of=self._name_of)
        self.sweep = None
        if self.session.audit is not None and (row := self.stock.audit(self.session.audit)) is not None:
            self.session.provide_scope(row.audit, self.stock.scope(row.audit), row.blind)
        if self.session.operator is not None:
            self.operator_name = self._operator(self.session.operator)[0]
        if sweeps.interrupted:
            self.notice = f"The sweep of {self.session.location} was interrupted: sweep it again from the start."

    def _numbered(self, events: Iterable[CountEvent]) -> Iterator[CountEvent]:
        for event in events:
            self._applied = event.seq
            yield event

    def _name_of(self, item: str) -> str:
        return self.stock.names([item]).get(item, item)

    # tags

    async def _take_tag(self, read: Read) -> Verdict:
        if self.alarm is not None:
            return Verdict.ERROR
        if self.session.location is None:
            return Verdict.REFUSED
        if self.sweep is None and (began := await self._begin_sweep(read.device)) is not Outcome.OK:
            return Verdict(began.value)
        if self.sweep is None:  # closed meanwhile
            return Verdict.REFUSED
        if self.sweep.take(read) is not None:
            self.bus.changed()
        return Verdict.OK

    async def _begin_sweep(self, device: str) -> Outcome:
        async with self._beginning:
            if self.sweep is not None:
                return Outcome.OK
            began = await self.settle(lambda: start_sweep(self.session, self.clock.now(), device))
            if began.outcome is Outcome.OK:
                self.watches.sweeps_started += 1
                self.sweep = LocationSweep.begin(self.stock, self.session, self._memory)
            return began.outcome

    # what the operator does

    def _badge(self, badge: str) -> Decision:
        if self.session.operator is not None:
            return Decision(outcome=Outcome.REFUSED, text="sign out first", code=badge)
        self.badge_waiting = badge
        return Decision(outcome=Outcome.OK, text="type your PIN", code=badge)

    def _operator(self, badge: str) -> tuple[str, str]:
        """Name and role."""
        known = self._operators.operator(badge)
        return (known.name, known.role.value) if known else (badge, "counter")

    async def sign_in(self, badge: str) -> Decision:
        """Sign an operator in; the PIN was checked by the access room."""
        name, role = self._operator(badge)
        decision = await self.settle(lambda: self.session.sign_in(badge, role))
        if decision.outcome is Outcome.OK:
            self.badge_waiting, self.operator_name = None, name
            self.bus.changed()
        return decision

    async def sign_out(self) -> Decision:
        """Sign the operator out; an open location stays open."""
        return await self.settle(self.session.sign_out)

    async def choose_audit(self, audit: str) -> Decision:
        """Count for this audit from now on."""
        return await self.settle(lambda: self.join(audit))

    def join(self, audit: str) -> Decision:
        """Decide to count for an audit, if it is open for counting."""
        row = self.stock.audit(audit)
        if row is None or row.state not in OPEN_STATES:
            return Decision(outcome=Outcome.REFUSED, text=f"Audit {audit} is not open for counting.", code=audit)
        return self.session.choose_audit(audit, self.stock.scope(audit), row.blind)

    async def typed(self, code: str) -> Decision:
        """Take a code that no device read, typed by hand and marked as typed."""
        payload = code.strip().encode("latin-1", "replace")
        read = Read(payload=payload, device="keyboard", received_at=self.clock.now(), carrier=Carrier.KEYED)
        return await self.decision_of(read)

    async def set_quantity(self, qty: int | None) -> Decision:
        """Set the quantity of the next scan; None forgets it."""
        return await self.settle(lambda: self.session.set_quantity(qty))

    async def undo(self) -> Decision:
        """Void the last fact of this operator at this location."""
        return await self.settle(self.session.undo)

    async def close_location(self) -> Decision:
        """Close the open location: now it counts."""
        return await self.settle(self.session.close_location)

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
        if self.stock.item(item) is None:
            return Decision(outcome=Outcome.REFUSED, text=f"There is no item {item}.", code=item)
        return await self.settle(lambda: self.session.resolve_parked(seq, item, qty))

    # what people see

    def view(self) -> StationView:
        """What the page shows now."""
        return draw(self)

    def lives(self) -> list[DeviceLife]:
        """What supervisors see of the devices now."""
        return lives(self.devices, self.watches, self.clock.now)

    async def changes(self) -> AsyncIterator[StationView]:
        """The view at once, then after every change."""
        async for _ in self.bus.watch():
            yield self.view()
