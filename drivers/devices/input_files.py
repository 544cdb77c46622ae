"""The factories behind ``evdev`` (keyboard wedges) and ``hidraw`` (HID point of sale), both by Linux device files."""

import fcntl
import random
import re
import struct
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from drivers.device import Clock
from drivers.devices.wire import WireDevice
from drivers.errors import DriverError, Reason
from drivers.protocols import make_protocol
from drivers.protocols.evdev import CAPS_LED, EVENT, LED
from drivers.protocols.hid_descriptor import is_scanner
from drivers.sysfs import UsbDevice, usb_above
from drivers.toml_file import Problems, Table, load_toml
from drivers.transports.device_file import DeviceFileTransport
from drivers.url import Options, parse_url

EVDEV_EXAMPLE = "evdev://by-id/usb-Honeywell_Scanner-event-kbd?layout=us"
HIDRAW_EXAMPLE = "hidraw:///dev/hidraw0, hidraw://0c2e:0b6a by USB ids, or hidraw://any for the first scanner"
_IDS = re.compile(r"[0-9a-f]{4}:[0-9a-f]{4}(:.+)?", re.DOTALL)
_PORT = re.compile(r"[0-9]+-[0-9]+(\.[0-9]+)*")
VENDORS = Path(__file__).with_name("hid_vendors.toml")
SYS_HIDRAW, DEV = Path("/sys/class/hidraw"), Path("/dev")

Ioctl = Callable[..., Any]

_BY_ID = "/dev/input/by-id/"
_EVIOCGRAB, _EVIOCGLED = 0x40044590, 0x80084519
_GET_DESCRIPTOR_SIZE, _GET_DESCRIPTOR, _GET_INFO = 0x80044801, 0x90044802, 0x80084803
_DESCRIPTOR_ROOM = 4096


def evdev_device(url: str, *, name: str, clock: Clock, rng: random.Random) -> WireDevice:
    """``evdev:///dev/input/event5`` or ``evdev://by-id/usb-...-event-kbd``: a scanner that types, grabbed alone.

    Options: those of the protocol ``evdev`` (``layout prefix end``).
    """
    parsed = parse_url(url, EVDEV_EXAMPLE)
    options = Options(parsed, EVDEV_EXAMPLE)
    protocol = make_protocol(options, "evdev")
    target = parsed.target
    if not target:
        options.fault("it names no device file")
    elif "/" not in target:
        options.fault(f"{target!r} is no device file: by-id/{target}, or a path")
    options.finish()
    path = _BY_ID + target.removeprefix("by-id/") if target.startswith("by-id/") else target
    return WireDevice(name, url, clock, rng, DeviceFileTransport("keyboard", lambda: path, grab), protocol)


def grab(descriptor: int, ioctl: Ioctl = fcntl.ioctl) -> bytes:
    """Take the keyboard for this process alone, and tell of its caps lock; OSError EBUSY, or ENOTTY for no keyboard."""
    ioctl(descriptor, _EVIOCGRAB, 1)
    lights = ioctl(descriptor, _EVIOCGLED, bytes(8))
    return EVENT.pack(0, 0, LED, CAPS_LED, lights[0] >> CAPS_LED & 1)


def hidraw_device(url: str, *, name: str, clock: Clock, rng: random.Random) -> WireDevice:
    """``hidraw:///dev/hidraw3``, ``hidraw://0c2e:0b6a`` (USB ids), ``hidraw://any`` (the first scanner).

    ``hidraw://0c2e:0b6a:SERIAL`` tells two of one model apart by their serial number, and
    ``hidraw://0c2e:0b6a?port=1-1.4`` by the USB socket (`drivers.sysfs.UsbDevice.port`) where they have none.

    Options: those of the protocol ``hid-pos``, and ``port``.
    """
    parsed = parse_url(url, HIDRAW_EXAMPLE)
    options = Options(parsed, HIDRAW_EXAMPLE)
    protocol = make_protocol(options, "hid-pos")
    port = options.text("port", "")
    ids = parsed.target.lower()
    by_path = "/" in ids and not _IDS.fullmatch(ids)  # a serial number may have a slash
    if ids != "any" and not _IDS.fullmatch(ids) and not by_path:
        options.fault(f"{parsed.target!r} is neither a file, nor vendor:product in hex, nor any")
    if port and by_path:
        options.wrong("port", "goes with vendor:product or any; a file is named already")
    elif port and not _PORT.fullmatch(port):
        options.wrong("port", f"{port!r} is no USB socket such as 1-1.4 (`scanstation devices list` shows it)")
    options.finish()

    def locate() -> str:
        return parsed.target if by_path else find_scanner("" if ids == "any" else ids, port)

    transport = DeviceFileTransport("HID scanner", locate, open_scanner, writable=True)
    return WireDevice(name, url, clock, rng, transport, protocol)


def find_scanner(ids: str, port: str = "", *, sys: Path = SYS_HIDRAW, dev: Path = DEV) -> str:
    """The device file of the first scanner in HID POS mode, with USB ids ``vendor:product[:serial]`` unless empty.

    ``port`` is the USB socket it must be plugged in (``1-1.4``) unless empty, ``sys`` and ``dev`` are the folders of
    the system.  Raises `DriverError` NOT_FOUND.
    """
    for entry in sorted(sys.glob("hidraw*"), key=lambda path: int(path.name[6:] or 0)):
        try:
            descriptor = (entry / "device/report_descriptor").read_bytes()
            said = (entry / "device/uevent").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        usb = usb_above(entry.resolve())
        at_port = not port or (usb is not None and usb.port == port)
        if is_scanner(descriptor) and at_port and (not ids or ids.lower() in _names(said, usb)):
            return str(dev / entry.name)
    which = f"with USB ids {ids}" if ids else "at all"
    which += f" at USB port {port}" if port else ""
    remedy = "plug it in, and scan the code 'USB HID POS' of its manual: a scanner that types is opened by evdev://"
    raise DriverError(Reason.NOT_FOUND, f"there is no scanner in HID POS mode {which}", remedy)


def _names(uevent: str, usb: UsbDevice | None) -> set[str]:
    """What a HID device may be called: its ids, alone and with its serial number as HID or USB tells it; lower case."""
    match = re.search(r"^HID_ID=[0-9A-F]+:0{4}([0-9A-F]{4}):0{4}([0-9A-F]{4})$", uevent, re.MULTILINE)
    unique = re.search(r"^HID_UNIQ=(.+)$", uevent, re.MULTILINE)
    ids = f"{match[1]}:{match[2]}" if match else usb.ids if usb else ""
    serials = {unique[1].strip() if unique else "", usb.serial_number if usb else ""} - {""}
    return {name.lower() for name in (ids, *(f"{ids}:{serial}" for serial in serials))}


def open_scanner(descriptor: int, ioctl: Ioctl = fcntl.ioctl) -> bytes:
    """Check that a scanner in HID POS mode is behind the file and switch it on as its maker wants it."""
    size = struct.unpack("<i", ioctl(descriptor, _GET_DESCRIPTOR_SIZE, bytes(4)))[0]
    room = bytearray(struct.pack("<I", size) + bytes(_DESCRIPTOR_ROOM))  # too long for ioctl unless it is mutable
    ioctl(descriptor, _GET_DESCRIPTOR, room)
    if not is_scanner(bytes(room[4 : 4 + size])):
        remedy = "scan the code 'USB HID POS' of its manual, or open it as a keyboard by evdev://"
        raise DriverError(Reason.PROTOCOL, "this HID device is no bar code scanner (usage page 8C, usage 2)", remedy)
    _, vendor, _ = struct.unpack("<IHH", ioctl(descriptor, _GET_INFO, bytes(8)))
    feature = features().get(f"{vendor:04x}")
    if feature:
        ioctl(descriptor, _set_feature(len(feature)), feature)
    return b""


@lru_cache
def features() -> dict[str, bytes]:
    """USB vendor id in hex -> feature report that its scanners need."""
    problems = Problems(VENDORS)
    top = Table("", load_toml(VENDORS), problems)
    found: dict[str, bytes] = {}
    for number, values in enumerate(top.rows("vendor"), start=1):
        table = Table(f"vendor {number}", values, problems)
        table.text("name")
        feature = table.octets("feature")
        found |= dict.fromkeys(table.texts("ids"), feature)
        table.finish()
    top.finish()
    problems.finish("a vendor has name, ids and feature")
    return found


def _set_feature(size: int) -> int:
    return 0xC0004806 | size << 16
