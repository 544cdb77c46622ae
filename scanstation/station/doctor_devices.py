"""Whether each class of device can work on this machine, and what to do where it cannot."""

import importlib.util
import os
import random
import shutil
import socket
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from drivers.discovery import Found, Kind, find_devices
from drivers.errors import DriverError
from drivers.transports.holders import group_of
from drivers.transports.tcp import TcpTransport
from drivers.url import masked
from scanstation.configuration import config_file
from scanstation.identity.hosts import host
from scanstation.settings import DeviceSettings, Settings
from scanstation.station.bindings import WrongPlace, wrong_places
from scanstation.station.devices import WEDGE
from scanstation.station.doctor_check import Check
from scanstation.station.posted import make_device
from scanstation.store.engine import make_engine
from scanstation.store.stock import StockStore

_RULE = (
    'echo \'SUBSYSTEM=="hidraw", ATTRS{{idVendor}}=="{vendor}", GROUP="input", MODE="0660"\' | '
    "sudo tee -a /etc/udev/rules.d/60-scanstation.rules; sudo udevadm control --reload; then plug the scanner in again"
)
_IMPORT = "import the locations: scanstation stock import locations FILE"
_KNOCK_S = 1.0
"""Seconds that a broker may take to answer."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who would run the station: ``groups`` by name; root may open everything."""

    root: bool
    groups: frozenset[str]

    @classmethod
    def present(cls) -> "Person":
        """Who runs this."""
        try:
            import grp

            ids = {os.getegid(), *os.getgroups()}
            groups = frozenset(entry.gr_name for entry in grp.getgrall() if entry.gr_gid in ids)
            return cls(os.geteuid() == 0, groups)
        except (ImportError, OSError):  # no groups on this system
            return cls(True, frozenset())


def device_checks(settings: Settings, *, root: Path = Path("/"), person: Person | None = None) -> Iterator[Check]:
    """One check for each class of device, then one for each device of the configuration.

    ``root`` is the folder of ``sys``, ``dev``, ``etc`` and ``run``.
    """
    person = person or Person.present()
    found = find_devices(config_file("devices"), root=root)
    ports, keyboards, scanners = ([one for one in found if one.kind is kind] for kind in _FILES)
    yield _files("serial ports", "scanners and RFID modules on a serial port", ports, "dialout", root, person)
    yield _files("keyboard scanners", "scanners that type, by evdev", keyboards, "input", root, person)
    yield _hidraw(scanners, root, person)
    yield _card_readers(any(one.kind is Kind.CARD_READER for one in found), root)
    yield from _unreadable(found)
    for device in settings.devices:
        yield from _configured(device)
    yield from antenna_checks(settings)
    yield from layout_checks(settings)


_FILES = (Kind.SERIAL, Kind.KEYBOARD, Kind.HIDRAW)


def _files(name: str, needed_for: str, found: Sequence[Found], usual: str, root: Path, person: Person) -> Check:
    """A class of device files that a group opens; with nothing plugged in, whether this user is in that group."""
    closed = [one for one in found if not one.permitted]
    if closed:
        group = group_of(str(root / closed[0].path.lstrip("/"))) or usual
        ok, said = False, f"{_count(found)}, no access to {', '.join(one.path for one in closed)}"
    else:
        group = usual
        ok = bool(found) or person.root or group in person.groups
        said = _count(found) if ok else f"{_count(found)}, and you are not in group {group}"
    remedy = f"sudo usermod -a -G {group} $USER, then sign in again"
    return Check(name=name, ok=ok, found=said, needed_for=needed_for, remedy=remedy)


def _hidraw(found: Sequence[Found], root: Path, person: Person) -> Check:
    closed = [one for one in found if not one.permitted]
    ok = not closed and (bool(found) or person.root or _has_rule(root))
    said = _count(found)
    if closed:
        said += f", no access to {', '.join(one.path for one in closed)}"
    elif not ok:
        said += ", and no udev rule lets you open one"
    remedy = _RULE.format(vendor=closed[0].usb[:4] if closed else "0c2e")
    return Check(name="HID scanners", ok=ok, found=said, needed_for="scanners in HID POS mode", remedy=remedy)


def _has_rule(root: Path) -> bool:
    """Whether some udev rule opens hidraw devices to more than root."""
    for folder in ("etc/udev/rules.d", "run/udev/rules.d", "usr/lib/udev/rules.d"):
        for path in (root / folder).glob("*.rules"):
            try:
                lines = path.read_text("utf-8", errors="replace").splitlines()
            except OSError:
                continue
            rules = (line for line in lines if "hidraw" in line and not line.lstrip().startswith("#"))
            if any(word in line for line in rules for word in ("uaccess", "GROUP", "MODE")):
                return True
    return False


def _card_readers(plugged_in: bool, root: Path) -> Check:
    try:
        library = importlib.util.find_spec("smartcard") is not None
    except ValueError:  # something else by that name
        library = False
    service = (root / "run/pcscd/pcscd.comm").exists()
    installed = service or shutil.which("pcscd") is not None or (root / "usr/sbin/pcscd").exists()
    if not library:
        said, remedy = "pyscard is missing", "pip install 'scanstation[pcsc]'"
    elif not installed:
        said, remedy = "the service pcscd is missing", "sudo apt-get install -y pcscd"
    elif not service:
        said, remedy = "the service pcscd does not run", "sudo systemctl start pcscd.socket"
    else:
        said, remedy = "pcscd runs", ""
    said += ", a reader is plugged in" if plugged_in else ""
    return Check(
        name="card readers", ok=library and service, found=said, needed_for="badges at PC/SC readers", remedy=remedy
    )


def _unreadable(found: Sequence[Found]) -> Iterator[Check]:
    for one in found:
        if one.kind is Kind.UNREADABLE:
            yield Check(
                name=one.name, ok=False, found=f"plugged in ({one.usb}), but nothing reads it so", remedy=one.advice,
                needed_for="scanning with it",
            )  # fmt: skip


def _configured(settings: DeviceSettings) -> Iterator[Check]:
    """Whether a device of the configuration can be opened, and its broker answers; its own wire is left alone."""
    name = f"device {settings.name}"
    try:
        device = make_device(settings, lambda: 0, random.Random(0))
    except DriverError as error:
        yield Check(
            name=name, ok=False, found=str(error), needed_for="the station", remedy=error.remedy, essential=True
        )
        return
    yield Check(name=name, ok=True, found=masked(settings.url), needed_for="the station", essential=True)
    transport = getattr(device, "transport", None)
    if settings.url.lower().startswith("mqtt:") and isinstance(transport, TcpTransport):
        yield _broker(transport.host, transport.port)


def antenna_checks(settings: Settings) -> Iterator[Check]:
    """One check for each reader with fixed antennas: whether the stock file has the locations that they watch."""
    bound = [device for device in settings.devices if device.antennas]
    if not bound:
        return
    fault = "" if settings.stock_path.exists() else f"there is no stock file {settings.stock_path.absolute()}"
    with closing(StockStore(make_engine(settings.stock_path))) as stock:
        for device in bound:
            wrong: list[WrongPlace] = []
            if not fault:
                try:
                    wrong = list(wrong_places(device, stock))
                except DatabaseError as error:
                    fault = f"the stock file cannot be read: {str(error).splitlines()[0]}"
            yield Check(
                name=f"antennas of {device.name}", ok=not fault and not wrong,
                found=fault or "; ".join(one.message for one in wrong) or ", ".join(device.antennas.values()),
                needed_for="counting what is at fixed antennas",
                remedy="; ".join(one.remedy for one in wrong) or _IMPORT,
            )  # fmt: skip


def layout_checks(settings: Settings) -> Iterator[Check]:
    """One check for each keyboard layout that is undone and loses signs: which."""
    repairs = {WEDGE: settings.wedge.repair} | {device.name: device.repair for device in settings.devices}
    for name, repair in repairs.items():
        lost = host(repair.layout).lost() if repair.layout else {}
        if lost:
            yield Check(
                name=f"layout of {name}", ok=True, needed_for="labels that hold these signs",
                found=f"{repair.layout} does not always tell these: {' '.join(lost)} (docs/keyboard-wedge.md)",
            )  # fmt: skip


def _broker(address: str, port: int) -> Check:
    try:
        with closing(socket.create_connection((address, port), _KNOCK_S)):
            said, ok = "answers", True
    except OSError as error:
        said, ok = f"does not answer: {error.strerror or error}", False
    remedy = "start it, or mend host and port in the URL; a local one: sudo apt-get install -y mosquitto"
    return Check(name=f"broker {address}:{port}", ok=ok, found=said, needed_for="readers that publish", remedy=remedy)


def _count(found: Sequence[Found]) -> str:
    return f"{len(found)} plugged in" if found else "none plugged in"
