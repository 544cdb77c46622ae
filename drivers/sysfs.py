"""What Linux says of its devices in ``/sys``: which USB device a device file belongs to, and where the file is now.

``root`` is the folder in which ``sys`` and ``dev`` lie: ``/``, or a tree that a test has made.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from drivers.errors import DriverError, Reason

ROOT = Path("/")

BLUETOOTH = "rfcomm"
"""How the device files of serial ports by Bluetooth begin; `rfcomm bind` makes them."""

_LINKS = {"tty": "dev/serial", "input": "dev/input", "video4linux": "dev/v4l"}
_BARE_UART = "0"  # /sys/class/tty/ttyS*/type: nothing behind it


@dataclass(frozen=True, slots=True, kw_only=True)
class UsbDevice:
    """A USB device (or one of Bluetooth, by the same ids): ``ids`` are ``vendor:product`` in lower-case hex."""

    ids: str
    serial_number: str = ""
    manufacturer: str = ""
    product: str = ""
    folder: Path | None = None  # in sys, where it is USB

    @property
    def port(self) -> str:
        """The socket it is plugged in, as Linux names it (``1-1.4``: bus 1, port 1, port 4 of the hub); "" for none."""
        return self.folder.name if self.folder else ""

    @property
    def said(self) -> str:
        """What it calls itself."""
        if self.product.startswith(self.manufacturer):
            return self.product
        return f"{self.manufacturer} {self.product}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A device file: ``path`` as the system sees it, ``link`` a name that survives replugging ("" for none)."""

    path: str
    folder: Path  # in sys
    link: str = ""
    usb: UsbDevice | None = None


def text_of(path: Path) -> str:
    """The first line of a file of ``/sys``, without control characters (devices say what they like); "" for none."""
    try:
        line = path.read_text("utf-8", errors="replace").partition("\n")[0]
    except OSError:
        return ""
    return "".join(sign if sign.isprintable() else " " for sign in line).strip()


def nodes(subsystem: str, pattern: str, root: Path = ROOT) -> Iterator[Node]:
    """The device files of a class of ``/sys/class``, in the order of their numbers."""
    links = _stable_links(root, subsystem)
    for entry in sorted((root / "sys/class" / subsystem).glob(pattern), key=_by_number):
        inner = "input/" if subsystem == "input" else ""
        path = f"/dev/{inner}{entry.name}"
        folder = entry.resolve()
        link = links.get((root / path.lstrip("/")).resolve(), "")
        yield Node(path=path, folder=folder, link=link, usb=usb_above(folder))


def serial_ports(root: Path = ROOT) -> Iterator[Node]:
    """The serial ports with something behind them: USB ones, UARTs that the kernel found, and bound Bluetooth ones."""
    for node in nodes("tty", "tty*", root):
        if not (node.folder / "device").exists():
            continue  # a console
        if node.usb is None and text_of(node.folder / "type") in ("", _BARE_UART):
            continue
        yield node
    for node in nodes("tty", f"{BLUETOOTH}*", root):
        yield replace(node, usb=None)  # the USB device above it is the adapter of this machine


def usb_devices(root: Path = ROOT) -> Iterator[UsbDevice]:
    """Every USB device that is plugged in."""
    for entry in sorted((root / "sys/bus/usb/devices").glob("*")):
        if (entry / "idVendor").exists():
            yield _usb_at(entry.resolve())


def usb_above(folder: Path) -> UsbDevice | None:
    """The USB device to which ``folder`` of sys (resolved) belongs; None for what is not at USB."""
    return next((_usb_at(parent) for parent in folder.parents if (parent / "idVendor").exists()), None)


def find_port(wanted: str, root: Path = ROOT) -> str:
    """The serial port of the USB device ``vendor:product`` or ``vendor:product:serial``, wherever it is plugged in.

    Raises `DriverError` NOT_FOUND.
    """
    for node in serial_ports(root):
        if node.usb is not None and wanted.lower() in (
            node.usb.ids,
            f"{node.usb.ids}:{node.usb.serial_number}".lower(),
        ):
            return str(root / node.path.lstrip("/"))
    remedy = "plug the device in, in its serial mode; `scanstation devices list` shows the ids of what is there"
    raise DriverError(Reason.NOT_FOUND, f"no serial port of a USB device {wanted} is there", remedy)


def _stable_links(root: Path, subsystem: str) -> dict[Path, str]:
    """Stable link of each device file, by its real path: by-id, or by-path where two alike share their id."""
    found: dict[Path, str] = {}
    if subsystem in _LINKS:
        for way in ("by-path", "by-id"):
            for link in sorted((root / _LINKS[subsystem] / way).glob("*")):
                found[link.resolve()] = f"/{link.relative_to(root)}"
    return found


def _usb_at(folder: Path) -> UsbDevice:
    return UsbDevice(
        ids=f"{text_of(folder / 'idVendor')}:{text_of(folder / 'idProduct')}".lower(),
        serial_number=text_of(folder / "serial"),
        manufacturer=text_of(folder / "manufacturer"),
        product=text_of(folder / "product"),
        folder=folder,
    )


def _by_number(path: Path) -> tuple[str, int]:
    match = re.fullmatch(r"(.*?)(\d*)", path.name)
    assert match is not None
    return match[1], int(match[2] or 0)
