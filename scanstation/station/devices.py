"""The devices of a station: opened by URL, shown with their state, and served, each in a task of its own."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping

import structlog

from drivers import Read, Verdict
from drivers.device import Device, State, Status
from drivers.protocols.base import Notice
from scanstation.identity import Repair
from scanstation.settings import DeviceSettings, RepairSettings, Settings
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

    ``take`` handles a read and gives the verdict when what it caused is durable; ``halted`` says whether counting has
    stopped, ``changed`` is called when the page has something new to show, ``watches`` counts what becomes of each
    device.  ``repairs`` says by name what a device does to its payloads.
    """

    def __init__(
        self,
        settings: Settings,
        watches: Watches,
        *,
        take: Callable[[Read], Awaitable[Verdict]],
        halted: Callable[[], bool],
        changed: Callable[[], None],
        clock: Callable[[], int],
        rng: random.Random,
    ) -> None:
        self.watches = watches
        self.repairs = {WEDGE: _repair(settings.wedge.repair)}
        self._settings, self._take, self._halted, self._changed = settings, take, halted, changed
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
        async for read in device.reads():
            taken += 1
            if taken % TURN == 0:
                await asyncio.sleep(0)
            try:
                verdict = await self._take(read)
            except Exception:
                log.exception("a read could not be handled", device=device.name, payload=read.payload[:80].hex())
                verdict = Verdict.ERROR
                self.watches.of(read.device).note_read(read.received_at, verdict)
            if not (self._halted() and device.redelivers):  # else it is delivered again when the journal is mended
                await device.ack(read, verdict)

    def _told_status(self, device: Device, status: Status) -> None:
        told = {"message": status.message} if status.message else {}
        log.info("device", name=device.name, state=status.state.value, **told)
        self._changed()

    def _told_notice(self, device: Device, notice: Notice) -> None:
        """A missed read or noise: no count, but people should see that the device tried."""
        log.info("device notice", name=device.name, kind=notice.kind, text=notice.text)
        self._changed()


def _repair(settings: RepairSettings) -> Repair:
    return Repair(**settings.model_dump())
