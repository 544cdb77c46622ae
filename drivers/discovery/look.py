"""Looks through a machine for devices that can be read, and for known ones that cannot and why."""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from drivers.discovery.kinds import Kind
from drivers.discovery.profiles import Profile, load_profiles, profile_of
from drivers.protocols.hid_descriptor import is_scanner
from drivers.sysfs import BLUETOOTH, ROOT, Node, UsbDevice, nodes, serial_ports, text_of, usb_devices

_CARD_READER = "0b"  # USB interface class "smart card" (CCID 1.1, section 4.3)
_KEYS = sum(1 << key for key in (*range(2, 12), 28, 30))  # digits, Enter, A (linux/input-event-codes.h)
_ORDINARY = (
    "looks like an ordinary keyboard: take it only if it is a scanner, since what is typed on it goes nowhere else then"
)
_BY_BLUETOOTH = "a serial port by Bluetooth: protocol=tsl for TSL sleds, protocol=lines for most scanners"
_NO_DRIVER = "known, but in a mode that no driver reads: set it to USB serial (CDC), HID POS or keyboard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something that is plugged in.

    ``url`` reads it ("" when nothing can, ``advice`` says why) and names it in a way that survives replugging where
    there is one; ``path`` is its device file; ``permitted`` whether this user may open that;
    ``settings`` are further lines of its table in ``station.toml``.
    """

    kind: Kind
    name: str
    url: str
    path: str = ""
    usb: str = ""
    serial_number: str = ""
    advice: str = ""
    known: bool = False
    settings: dict[str, str | float] = field(default_factory=dict)
    permitted: bool = True


def find_devices(
    profiles: Path | None = None,
    *,
    root: Path = ROOT,
    comports: Callable[[], Iterable[Any]] | None = None,
) -> list[Found]:
    """What is plugged in: serial ports, scanners that type, HID scanners, cameras, card readers, then what is unusable.

    ``profiles`` is a folder of device profiles (`load_profiles`), ``root`` the folder of ``sys`` and ``dev``.  On a
    machine without ``sys`` there are only serial ports, by ``comports`` (pyserial's when it is not given).
    """
    known = load_profiles(profiles) if profiles is not None else []
    if not (root / "sys/class").is_dir():
        return [_port(info, known) for info in (comports or _all_ports())() if info.hwid not in ("", "n/a", None)]
    look = _Look(known, root)
    return [*look.ports(), *look.keyboards(), *look.scanners(), *look.cameras(), *look.card_readers(), *look.unread()]


class _Look:
    """One look through a machine; remembers which USB devices were found, to tell of the others."""

    def __init__(self, profiles: list[Profile], root: Path) -> None:
        self._profiles = profiles
        self._root = root
        self._seen: set[Path | None] = set()

    def ports(self) -> Iterator[Found]:
        for node in serial_ports(self._root):
            target = node.link or (
                f"usb:{_with_serial(node.usb)}" if node.usb and node.usb.serial_number else node.path
            )
            url = f"serial://{quote(target, safe='/:')}"
            unknown = _BY_BLUETOOTH if node.folder.name.startswith(BLUETOOTH) else ""
            yield self._found(Kind.SERIAL, node, url, {"protocol": "lines"}, unknown)

    def keyboards(self) -> Iterator[Found]:
        for node in nodes("input", "event*", self._root):
            inner = node.folder.parent  # .../input5/event3
            keys = text_of(inner / "capabilities/key").split()
            if not keys or int(keys[-1], 16) & _KEYS != _KEYS:
                continue
            usb = node.usb or UsbDevice(
                ids=f"{text_of(inner / 'id/vendor')}:{text_of(inner / 'id/product')}".lower(),
                serial_number=text_of(inner / "uniq"),
            )
            node = Node(path=node.path, folder=inner, link=node.link, usb=usb)
            yield self._found(Kind.KEYBOARD, node, f"evdev://{quote(node.link or node.path)}", {}, _ORDINARY)

    def scanners(self) -> Iterator[Found]:
        there = nodes("hidraw", "hidraw*", self._root)
        found = [node for node in there if is_scanner(_bytes_of(node.folder / "device/report_descriptor"))]
        told = Counter(name for node in found if node.usb for name in {node.usb.ids, _with_serial(node.usb)})
        for node in found:
            name = _with_serial(node.usb) if node.usb else node.path
            socket = {"port": node.usb.port} if node.usb and told[name] > 1 else {}
            yield self._found(Kind.HIDRAW, node, f"hidraw://{quote(name, safe='/:')}", socket)

    def cameras(self) -> Iterator[Found]:
        for node in nodes("video4linux", "video*", self._root):
            if text_of(node.folder / "index") in ("", "0"):  # the others carry metadata of the same camera
                yield self._found(Kind.CAMERA, node, f"camera://{node.path.removeprefix('/dev/video')}", {})

    def card_readers(self) -> Iterator[Found]:
        for usb in usb_devices(self._root):
            interfaces = usb.folder.glob("*/bInterfaceClass") if usb.folder else ()
            if any(text_of(path) == _CARD_READER for path in interfaces):
                self._seen.add(usb.folder)
                name = usb.product or usb.ids
                yield Found(
                    kind=Kind.CARD_READER, name=usb.said or name, url=f"pcsc://{quote(name)}", usb=usb.ids,
                    serial_number=usb.serial_number, known=True, advice=self._advice(usb.ids),
                )  # fmt: skip

    def unread(self) -> Iterator[Found]:
        for usb in usb_devices(self._root):
            profile = profile_of(usb.ids, self._profiles)
            if profile is not None and usb.folder not in self._seen:
                advice = profile.modes.get(usb.ids, _NO_DRIVER)
                yield Found(
                    kind=Kind.UNREADABLE, name=usb.said or profile.name, url="", usb=usb.ids,
                    serial_number=usb.serial_number, advice=advice, known=True,
                )  # fmt: skip

    def _advice(self, usb: str) -> str:
        profile = profile_of(usb, self._profiles)
        return profile.advice_for(usb) if profile else ""

    def _found(self, kind: Kind, node: Node, url: str, usual: dict[str, str], unknown: str = "") -> Found:
        """A device with a file of its own; ``unknown`` is the advice where no profile fits."""
        usb = node.usb or UsbDevice(ids="")
        self._seen.add(usb.folder)
        profile = profile_of(usb.ids, self._profiles)
        inside = text_of(node.folder / "name") or _bluetooth_name(node)
        return Found(
            kind=kind,
            name=usb.said or inside or (profile.name if profile else node.path),
            url=url + _query(usual | (profile.options.get(kind, {}) if profile else {})),
            path=node.path,
            usb=usb.ids,
            serial_number=usb.serial_number,
            advice=profile.advice_for(usb.ids) if profile else unknown,
            known=profile is not None,
            settings=profile.settings if profile else {},
            permitted=_may_open(self._root / node.path.lstrip("/")),
        )


def _may_open(path: Path) -> bool:
    how = {"effective_ids": True} if os.access in os.supports_effective_ids else {}
    return not path.exists() or os.access(path, os.R_OK | os.W_OK, **how)


def _bluetooth_name(node: Node) -> str:
    address = text_of(node.folder / "address") if node.folder.name.startswith(BLUETOOTH) else ""
    return f"Bluetooth {address}" if address else ""


def _with_serial(usb: UsbDevice) -> str:
    return f"{usb.ids}:{usb.serial_number}" if usb.serial_number else usb.ids


def _query(options: dict[str, str]) -> str:
    return "?" + "&".join(f"{key}={quote(value, safe='')}" for key, value in options.items()) if options else ""


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _all_ports() -> Callable[[], Iterable[Any]]:
    from serial.tools.list_ports import comports

    return comports


def _port(info: Any, profiles: list[Profile]) -> Found:
    """A serial port as pyserial tells of it, on a machine without ``/sys``."""
    usb = f"{info.vid:04x}:{info.pid:04x}" if info.vid is not None else ""
    profile = profile_of(usb, profiles)
    options = {"protocol": "lines"} | (profile.options.get(Kind.SERIAL, {}) if profile else {})
    said = re.sub(r"^(\S+) \1\b", r"\1", " ".join(filter(None, (info.manufacturer, info.product))))
    return Found(
        kind=Kind.SERIAL,
        name=said or (profile.name if profile else "") or info.description or info.device,
        url=f"serial:{quote(info.device)}{_query(options)}",
        path=info.device,
        usb=usb,
        serial_number=info.serial_number or "",
        advice=profile.advice_for(usb) if profile else "",
        known=profile is not None,
        settings=profile.settings if profile else {},
    )
