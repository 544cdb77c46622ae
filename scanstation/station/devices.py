"""The devices of a station: opened by URL, shown with their state, and served, each in a task of its own."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

import structlog

from drivers import Read, Verdict
from drivers.device import Device, State, Status
from drivers.protocols.base import Notice
from scanstation.counting.decision import Decision
from scanstation.identity import Repair
from scanstation.settings import DeviceSettings, RepairSettings, Settings, WedgeSettings
from scanstation.station.habits import LabelHabit
from scanstation.station.posted import make_device
from scanstation.station.readers import Silence
from scanstation.station.watching import DeviceLife, Watches, lives

log = structlog.get_logger()

TURN = 16
"""Reads of one device after which the others have their turn: a tag waits for nothing, so it would give none."""

WEDGE = "keyboard wedge"
"""The device name of scans that were typed into the page."""


class Devices(Mapping[str, Device]):
    """Every device by its name.

    ``take`` handles a read and gives the verdict when what it caused is durable, ``take_set`` those of one trigger or
    picture; ``halted`` says whether counting has stopped, ``changed`` is called when the page has something new to
    show, ``watches`` counts what becomes of each device.  ``repairs`` says by name what a device does to its payloads,
    ``habits`` how it gives the symbols of a label.
    """

    def __init__(
        self,
        settings: Settings,
        watches: Watches,
        *,
        take: Callable[[Read], Awaitable[Verdict]],
        take_set: Callable[[Sequence[Read]], Awaitable[Sequence[tuple[tuple[Read, ...], Decision]]]],
        halted: Callable[[], bool],
        changed: Callable[[], None],
        clock: Callable[[], int],
        rng: random.Random,
    ) -> None:
        self.watches = watches
        self.repairs = {WEDGE: _repair(settings.wedge.repair)}
        self._settings, self._take, self._halted, self._changed = settings, take, halted, changed
        self._take_set = take_set
        self.habits = {one.name: _habit(one, settings.reread_s) for one in settings.devices}
        self.habits[WEDGE] = _habit(settings.wedge, settings.reread_s)
        self._clock, self._rng = clock, rng
        self._devices: dict[str, Device] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def __getitem__(self, name: str) -> Device:
        return self._devices[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._devices)

    def __len__(self) -> int:
        return len(self._devices)

    def add(self, settings: DeviceSettings) -> Device:
        """Open a device by URL and take its reads from now on.  Raises `DriverError` for a bad URL."""
        device = self.open(settings)
        self._begin(device)
        return device

    def adopt(self, device: Device) -> None:
        """Show a device that was made elsewhere, such as one whose reads are posted, and take its reads."""
        self._attach(device)
        self._begin(device)

    def open(self, settings: DeviceSettings) -> Device:
        """Open a device and show its state, without taking its reads: the caller hands each to the station."""
        device = make_device(settings, self._clock, self._rng)
        device.remember_in(self._settings.memory_path(settings.name))
        self.repairs[settings.name] = _repair(settings.repair)
        self.habits[settings.name] = _habit(settings, self._settings.reread_s)
        self._attach(device)
        if settings.capture_mb:
            device.capture_in(self._settings.capture_path(settings.name), settings.capture_mb * 1_000_000)
        return device

    def show(self, device: Device) -> None:
        """Show a device among those of the station and count what becomes of it."""
        self.watches.follow(device)
        self._devices[device.name] = device

    async def close(self) -> None:
        """Close every device and end what served it."""
        for device in self._devices.values():
            await device.close()
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def lives(self, silent: Mapping[str, Silence]) -> list[DeviceLife]:
        """What supervisors see of the devices now; ``silent`` are those of which nothing says that they read."""
        return lives(self._devices, self.watches, silent, self._clock)

    def _attach(self, device: Device) -> None:
        device.on_status(lambda status: self._told_status(device, status))
        device.on_notice(lambda notice: self._told_notice(device, notice))
        self.show(device)

    def _begin(self, device: Device) -> None:
        self._tasks[device.name] = asyncio.create_task(self._serve(device), name=f"device {device.name}")

    async def _serve(self, device: Device) -> None:
        try:
            await self._take_reads(device)
        except Exception as error:
            log.exception("a driver failed", device=device.name)
            text = f"its driver failed: {type(error).__name__}: {error}"
            device.set_status(State.LOST, None, text, "restart the station; if it fails again, report it with the log")

    async def _take_reads(self, device: Device) -> None:
        taken = 0
        together: list[Read] = []
        async for read in device.reads():
            taken += 1
            if taken % TURN == 0:
                await asyncio.sleep(0)
            together.append(read)
            if read.more:
                continue
            await self._answer(device, together)
            together = []
        if together:  # it ended in the middle of a set
            await self._answer(device, together)

    async def _answer(self, device: Device, reads: Sequence[Read]) -> None:
        for read, verdict in await self._judged(reads):
            if not (self._halted() and device.redelivers):  # else it is delivered again when the journal is mended
                await device.ack(read, verdict)

    async def _judged(self, reads: Sequence[Read]) -> list[tuple[Read, Verdict]]:
        """Each read with its verdict, when what they caused is durable."""
        try:
            if len(reads) == 1:
                return [(reads[0], await self._take(reads[0]))]
            verdicts = {id(read): Verdict.DUPLICATE for read in reads}  # what only repeats another symbol
            for own, decision in await self._take_set(reads):
                verdicts |= {id(read): Verdict(decision.outcome.value) for read in own}
            return [(read, verdicts[id(read)]) for read in reads]
        except Exception:
            for read in reads:
                log.exception("a read could not be handled", device=read.device, payload=read.payload[:80].hex())
                self.watches.of(read.device).note_read(read.received_at, Verdict.ERROR)
            return [(read, Verdict.ERROR) for read in reads]

    def _told_status(self, device: Device, status: Status) -> None:
        told = {"message": status.message} if status.message else {}
        log.info("device", name=device.name, state=status.state.value, **told)
        self._changed()

    def _told_notice(self, device: Device, notice: Notice) -> None:
        """A missed read or noise: no count, but people should see that the device tried."""
        log.info("device notice", name=device.name, kind=notice.kind, text=notice.text)
        self._changed()


def _habit(settings: DeviceSettings | WedgeSettings, reread_s: float) -> LabelHabit:
    own = settings.reread_s
    return LabelHabit(
        label_set=settings.label_set,
        set_us=int(settings.label_set_s * 1e6),
        reread_us=int((reread_s if own is None else own) * 1e6),
    )


def _repair(settings: RepairSettings) -> Repair:
    return Repair(**settings.model_dump())
