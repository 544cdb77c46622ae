"""`Station`: the running service of one seat.  It wires devices, rooms and store, and decides nothing itself."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from types import TracebackType
from typing import Self

import structlog

from drivers import Carrier, Read, Verdict
from drivers.device import State
from scanstation.counting.asking import nothing_asked
from scanstation.counting.clock import StationClock
from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.joining import LabelJoiner
from scanstation.counting.question import Answer
from scanstation.identity import LabelPrefixes
from scanstation.settings import Policy, Settings
from scanstation.station.asking import AskRules
from scanstation.station.beside import said_before
from scanstation.station.bindings import wrong_places
from scanstation.station.commands import seat_commands
from scanstation.station.devices import Devices
from scanstation.station.habits import LabelHabit, Rereads
from scanstation.station.hands import HandSeat
from scanstation.station.labelling import LabelDesk
from scanstation.station.readers import Ear, Silence
from scanstation.station.set_card import in_one
from scanstation.station.sets import worst_last
from scanstation.station.street import Street
from scanstation.station.sweeping import LocationSweep, Memory, start_sweep
from scanstation.station.tag_rates import KeptRates
from scanstation.station.view import StationView
from scanstation.station.viewing import OPEN_STATES, card, draw
from scanstation.store.journal import SqliteJournal
from scanstation.store.stock import StockStore

log = structlog.get_logger()


class Station(HandSeat):
    """One seat and any number of devices: reads go down the street, tags into the sweep of the open location."""

    def __init__(
        self,
        settings: Settings,
        stock: StockStore,
        journal: SqliteJournal,
        clock: StationClock,
        rng: random.Random,
        policy: Policy | None = None,
    ) -> None:
        super().__init__(settings, stock, journal, clock)
        self.devices = Devices(
            settings,
            self.watches,
            take=self.take,
            take_set=self.take_set,
            halted=lambda: self.alarm is not None,
            changed=self.bus.changed,
            clock=clock.now,
            rng=rng,
        )
        self.badge_waiting: str | None = None
        self._labels = LabelPrefixes(
            location=settings.labels.location, operator=settings.labels.operator, command=settings.labels.command
        )
        self._joiner = LabelJoiner(int(settings.join_window_s * 1e6))
        ask_above = (policy or Policy()).ask_above
        self._rules = AskRules(ask_above=ask_above, expiry_of=stock.lot_expiry, recorded=stock.recorded)
        self._beginning = asyncio.Lock()  # several readers hear their first tags at once: that is one sweep
        self._memory = Memory()
        self._rereads = Rereads()
        self._usual = LabelHabit(reread_us=int(settings.reread_s * 1e6))
        self.silent: Mapping[str, Silence] = {}
        """The readers of fixed antennas of which nothing says that they read."""
        self._tag_rates = KeptRates(settings.tag_rates_path)
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Rebuild the seat from the journal and open the configured devices."""
        await self.resume()
        for wrong in (one for device in self.settings.devices for one in wrong_places(device, self.stock)):
            log.warning("fixed antennas", reader=wrong.device, message=wrong.message, remedy=wrong.remedy)
        for device in self.settings.devices:
            self.devices.add(device)
        self._tag_rates.recall(self.fixed.where)
        if self.fixed.any:
            self._watching = asyncio.create_task(self._watch_tags(), name="fixed antennas")

    async def stop(self) -> None:
        """Close every device; journal and stock file belong to whoever opened them."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
            self._tag_rates.keep(self.fixed.where)
        await self.devices.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

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
        if read.trigger is not None:
            taken = [decision for _, decision in await self.take_set([read])]
            return worst_last(taken) if taken else said_before(read)
        decision = await self.settle(lambda: self._street().decide(read), read)
        self._rereads.note(read, decision)  # what could not be kept may be tried again at once
        self._note(read, decision)
        return decision

    async def take_set(self, reads: Sequence[Read]) -> list[tuple[tuple[Read, ...], Decision]]:
        """Take the symbols that one trigger or picture gave: one decision a label, with the reads that make it."""
        taken = []
        for step in self._street().plan(reads):
            decision = await self.settle(step.decide, step.reads[0])
            taken.append((step.reads, decision))
            for read in step.reads:
                self._note(read, decision)
        if len(taken) > 1 and self.session.question is None:
            self._show_set(taken)
        return taken

    def _note(self, read: Read, decision: Decision) -> None:
        self.watches.of(read.device).note_read(read.received_at, Verdict(decision.outcome.value))
        self.watches.handling.add(max(0, self.clock.now() - read.received_at) / 1e6)

    def _show_set(self, taken: Sequence[tuple[tuple[Read, ...], Decision]]) -> None:
        """Several labels at once have one card."""
        shown = in_one([decision for _, decision in taken])
        reads = next(reads for reads, decision in taken if decision.outcome is shown.outcome)
        self.last = card(shown, reads[0], self.session, self.last)
        self.bus.changed()

    def _street(self) -> Street:
        desk = LabelDesk(self.session, self.stock, self._joiner, self._rules, self.devices.habits, self._usual)
        return Street(
            desk=desk,
            labels=self._labels,
            region=self.settings.region,
            repairs=self.devices.repairs,
            commands=self._command,
            badge=self._badge,
            is_badge=self._is_badge,
            rereads=self._rereads,
        )

    def _command(self, word: str, read: Read) -> Decision:
        answer = partial(self._street().answer, read=read)
        return seat_commands(self.session, self.last, self.join, answer, read).run(word)

    # tags

    async def _take_tag(self, read: Read) -> Verdict:
        if self.alarm is not None:
            return Verdict.ERROR
        if self.fixed.take(read):
            return Verdict.OK
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

    def ears(self) -> Mapping[str, Ear]:
        """What the devices that are connected now say of themselves, by name."""
        ready = {name: one for name, one in self.devices.items() if one.status.state is State.READY}
        return {name: Ear(one.heard_at, one.reading, one.status.since, one.unplugged) for name, one in ready.items()}

    async def _watch_tags(self) -> None:
        while True:
            await asyncio.sleep(self.settings.rfid_epoch_s)
            try:
                await self.settle_tags()
                self._tag_rates.keep_at_times(self.fixed.where, self.clock.now())
            except Exception:
                log.exception("tags that came or left could not be told")

    async def settle_tags(self) -> None:
        """Journal which tags have come, moved or left at the fixed antennas."""
        now = self.clock.now()
        self._show_silence(now)
        if self.alarm is None and (changes := self.fixed.changes(now)):
            await self.settle(lambda: self.fixed.tell(changes, self.clock.now()))

    def _show_silence(self, now: int) -> None:
        """Log and show when a reader falls silent, or is heard again."""
        silent = self.fixed.silent(now)
        for name in silent.keys() ^ self.silent.keys():
            words = silent[name].message if name in silent else "it reads again"
            log.info("fixed antennas", reader=name, message=words)
        if silent != self.silent:
            self.silent = silent
            self.bus.changed()

    # what the operator does

    def _is_badge(self, badge: str) -> bool:
        return self._operators.operator(badge) is not None

    def _badge(self, badge: str) -> Decision:
        if self.session.operator is not None:
            return Decision(outcome=Outcome.REFUSED, text="sign out first", code=badge)
        self.badge_waiting = badge
        return Decision(outcome=Outcome.OK, text="type your PIN", code=badge)

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
        read = Read(
            payload=_bytes_of(code.strip()), device="keyboard", received_at=self.clock.now(), carrier=Carrier.KEYED
        )
        return await self.decision_of(read)

    async def answer(self, answer: Answer, *, question: int | None = None, read_id: str | None = None) -> Decision:
        """Answer the question that stands; ``question`` is the number of its event, where the caller knows it."""
        standing = self.session.question
        read = Read(
            payload=(standing.event.payload or "").encode("latin-1", "replace") if standing else b"",
            device="screen",
            received_at=self.clock.now(),
            carrier=Carrier.KEYED,
            read_id=read_id,
        )
        return await self.settle(lambda: self._answer(answer, question, read), read)

    def _answer(self, answer: Answer, question: int | None, read: Read) -> Decision:
        standing = self.session.question
        if question is not None and standing is not None and standing.event.seq != question:
            return nothing_asked()
        return self._street().answer(answer, read)

    # what people see

    def view(self) -> StationView:
        """What the page shows now."""
        return draw(self)

    async def changes(self) -> AsyncIterator[StationView]:
        """The view at once, then after every change."""
        async for _ in self.bus.watch():
            yield self.view()


def _bytes_of(typed: str) -> bytes:
    """What a person typed as a scanner would send it: no letter is lost, also where ISO 8859-1 has none for it."""
    try:
        return typed.encode("latin-1")
    except UnicodeEncodeError:
        return typed.encode("utf-8", "replace")
