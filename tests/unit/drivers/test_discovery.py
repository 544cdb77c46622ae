"""What is plugged in, on a machine made of files: the URL that survives replugging, and what fits the device."""

import asyncio
import os
import pty
import random
import tempfile
import tomllib
import tty
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest

from drivers import DriverError, Reason
from drivers.device import State
from drivers.devices import WireDevice
from drivers.devices.input_files import find_scanner
from drivers.discovery import Found, Kind, find_devices, load_profiles, to_paste
from drivers.protocols.lines import LineProtocol
from drivers.registry import open_device, schemes
from drivers.sysfs import find_port
from drivers.transports.serial import SerialTransport
from scanstation.settings import DeviceSettings

KEYS = ("serial", "keyboard", "hidraw", "camera", "name", "usb", "modes", "advice", "settings")
SHIPPED = Path(__file__).parents[3] / "config" / "devices"
POS = bytes.fromhex("058c0902a1018502150026ff0075080938953881020600ff c0".replace(" ", ""))
MOUSE = bytes.fromhex("05010902a1010901a100c0c0")
KEYBOARD_KEYS = "10000 0 0 0 7fffffffffffffff 7fffffff fffffffffffffffe"  # of a real keyboard, shortened


class Machine:
    """A tree with ``sys`` and ``dev`` as Linux and udev make it, device by device."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in ("sys/class/tty", "sys/class/input", "sys/class/hidraw", "sys/class/video4linux",
                       "sys/bus/usb/devices", "dev/input"):  # fmt: skip
            (root / folder).mkdir(parents=True)

    def usb(
        self, port: str, ids: str, product: str = "", maker: str = "", serial: str = "", interface: str = ""
    ) -> Path:
        folder = self.root / f"sys/devices/pci0000:00/0000:00:14.0/usb1/{port}"
        inner = folder / f"{port}:1.0"
        inner.mkdir(parents=True)
        vendor, _, number = ids.partition(":")
        words = {"idVendor": vendor, "idProduct": number, "product": product, "manufacturer": maker, "serial": serial}
        for name, text in words.items():
            if text:
                (folder / name).write_text(text + "\n")
        (inner / "bInterfaceClass").write_text(f"{interface or 'ff'}\n")
        self.link(self.root / "sys/bus/usb/devices" / port, folder)
        return inner

    def tty(self, name: str, inner: Path, by_id: str = "", by_path: str = "") -> Path:
        folder = inner / "tty" / name
        folder.mkdir(parents=True)
        self.link(folder / "device", inner)
        self.link(self.root / "sys/class/tty" / name, folder)
        return self.node(f"dev/{name}", "serial", by_id, by_path)

    def event(self, number: int, inner: Path, keys: str, by_id: str = "", name: str = "") -> Path:
        folder = inner / f"0003:1:1.0001/input/input{number}/event{number}"
        folder.mkdir(parents=True)
        (folder.parent / "capabilities").mkdir()
        (folder.parent / "capabilities/key").write_text(f"{keys}\n")
        (folder.parent / "name").write_text(f"{name}\n")
        self.link(self.root / f"sys/class/input/event{number}", folder)
        return self.node(f"dev/input/event{number}", "input", by_id)

    def hidraw(self, number: int, inner: Path, descriptor: bytes) -> Path:
        folder = inner / f"0003:1:1.0001/hidraw/hidraw{number}"
        folder.mkdir(parents=True)
        (folder.parents[1] / "report_descriptor").write_bytes(descriptor)
        vendor, product = ((inner.parent / name).read_text().strip().upper() for name in ("idVendor", "idProduct"))
        (folder.parents[1] / "uevent").write_text(f"HID_ID=0003:0000{vendor}:0000{product}\nHID_UNIQ=\n")
        self.link(folder / "device", folder.parents[1])
        self.link(self.root / f"sys/class/hidraw/hidraw{number}", folder)
        return self.node(f"dev/hidraw{number}", "", "")

    def video(self, number: int, inner: Path, index: int, name: str) -> Path:
        folder = inner / f"video4linux/video{number}"
        folder.mkdir(parents=True)
        (folder / "index").write_text(f"{index}\n")
        (folder / "name").write_text(f"{name}\n")
        self.link(self.root / f"sys/class/video4linux/video{number}", folder)
        return self.node(f"dev/video{number}", "v4l", "")

    def node(self, path: str, links: str, by_id: str = "", by_path: str = "") -> Path:
        node = self.root / path
        node.touch()
        for way, name in (("by-id", by_id), ("by-path", by_path)):
            if name:
                link = self.root / "dev" / links / way / name
                link.parent.mkdir(parents=True, exist_ok=True)
                self.link(link, node)
        return node

    def link(self, link: Path, target: Path) -> None:
        link.symlink_to(os.path.relpath(target, link.parent))

    def find(self) -> list[Found]:
        return find_devices(SHIPPED, root=self.root)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine")


def test_a_scanner_in_serial_mode_is_named_by_its_stable_link_with_the_options_that_fit(machine: Machine) -> None:
    inner = machine.usb("1-1", "0c2e:0b61", "Honeywell 4600", "Honeywell", "S1")
    machine.tty("ttyACM0", inner, by_id="usb-Honeywell_4600_S1-if00", by_path="pci-0000:00:14.0-usb-0:1:1.0")
    [found] = machine.find()
    assert (found.kind, found.name, found.usb, found.serial_number) == (
        Kind.SERIAL,
        "Honeywell 4600",
        "0c2e:0b61",
        "S1",
    )
    assert found.url == "serial:///dev/serial/by-id/usb-Honeywell_4600_S1-if00?protocol=lines&baud=115200"
    assert (found.path, found.known, found.permitted) == ("/dev/ttyACM0", True, True)
    assert "AIM" in found.advice
    device: Any = open_device(found.url, clock=lambda: 0, rng=random.Random(1))
    assert device.transport.port == "/dev/serial/by-id/usb-Honeywell_4600_S1-if00"


def test_two_alike_without_serial_number_are_told_apart_by_their_sockets(machine: Machine) -> None:
    for number in (0, 1):
        inner = machine.usb(f"1-{number}", "1a86:7523", "USB Serial")
        machine.tty(
            f"ttyUSB{number}",
            inner,
            by_id="usb-1a86_USB_Serial-if00-port0" if number else "",
            by_path=f"socket-{number}",
        )
    assert [found.url.partition("?")[0] for found in machine.find()] == [
        "serial:///dev/serial/by-path/socket-0",
        "serial:///dev/serial/by-id/usb-1a86_USB_Serial-if00-port0",
    ]


def test_without_links_the_serial_number_names_it_and_else_the_file(machine: Machine) -> None:
    machine.tty("ttyACM3", machine.usb("1-3", "1eab:0c06", "Newland", serial="N 7"))
    machine.tty("ttyACM4", machine.usb("1-4", "9999:0001"))
    first, second = machine.find()
    assert first.url == "serial://usb:1eab:0c06:N%207?protocol=lines&baud=9600"
    assert (second.name, second.url, second.known, second.advice) == (
        "/dev/ttyACM4", "serial:///dev/ttyACM4?protocol=lines", False, "",
    )  # fmt: skip


def test_consoles_and_uarts_with_nothing_behind_them_are_left_out(machine: Machine) -> None:
    for name, kind in (("ttyS0", "4"), ("ttyS1", "0"), ("tty1", None)):
        folder = machine.root / "sys/devices/platform/serial8250/tty" / name
        folder.mkdir(parents=True)
        if kind is not None:
            (folder / "type").write_text(f"{kind}\n")
            (folder / "device").mkdir()
        machine.link(machine.root / "sys/class/tty" / name, folder)
    assert [found.path for found in machine.find()] == ["/dev/ttyS0"]


def test_serial_ports_by_bluetooth_are_found_and_are_not_the_adapter(machine: Machine) -> None:
    adapter = machine.usb("1-3", "8087:0029", "Bluetooth Adapter", "Intel", "A1")
    machine.tty("rfcomm3", adapter / "bluetooth/hci0/hci0:12")
    (machine.root / "sys/class/tty/rfcomm3/address").write_text("00:80:98:0E:39:77\n")
    for name in ("rfcomm10", "rfcomm9"):  # bound, and not connected
        folder = machine.root / "sys/devices/virtual/tty" / name
        folder.mkdir(parents=True)
        machine.link(machine.root / "sys/class/tty" / name, folder)
    found = machine.find()
    assert [(one.name, one.url, one.usb) for one in found] == [
        ("Bluetooth 00:80:98:0E:39:77", "serial:///dev/rfcomm3?protocol=lines", ""),
        ("/dev/rfcomm9", "serial:///dev/rfcomm9?protocol=lines", ""),
        ("/dev/rfcomm10", "serial:///dev/rfcomm10?protocol=lines", ""),
    ]
    assert all("protocol=tsl" in one.advice for one in found)


def test_a_scanner_that_types_is_told_from_a_keyboard_of_a_person_and_from_a_mouse(machine: Machine) -> None:
    scanner = machine.usb("1-1", "05e0:1200", "Symbol Bar Code Scanner", "Symbol Technologies")
    machine.event(5, scanner, KEYBOARD_KEYS, by_id="usb-Symbol_Bar_Code_Scanner-event-kbd")
    machine.event(6, machine.usb("1-2", "046d:c31c", "USB Keyboard", "Logitech"), KEYBOARD_KEYS)
    machine.event(7, machine.usb("1-3", "046d:c077", "USB Mouse", "Logitech"), "70000 0 0 0 0")
    known, other = machine.find()
    assert known.url == "evdev:///dev/input/by-id/usb-Symbol_Bar_Code_Scanner-event-kbd"
    assert (known.kind, known.known, known.name) == (Kind.KEYBOARD, True, "Symbol Technologies Symbol Bar Code Scanner")
    assert "CDC" in known.advice
    assert (other.known, other.url) == (False, "evdev:///dev/input/event6")
    assert "only if it is a scanner" in other.advice


def test_hid_scanners_cameras_and_card_readers(machine: Machine) -> None:
    machine.hidraw(0, machine.usb("1-1", "0c2e:0b6a", "Xenon", "Honeywell"), POS)
    machine.hidraw(2, machine.usb("1-5", "0c2e:0b6a", "Xenon", "Honeywell", "S 2"), POS)
    machine.hidraw(1, machine.usb("1-2", "046d:c077", "Mouse"), MOUSE)
    camera = machine.usb("1-3", "046d:0825", "Webcam C270")
    machine.video(0, camera, 0, "C270")
    machine.video(1, camera, 1, "C270")
    machine.usb("1-4", "072f:2200", "ACR122U PICC Interface", "ACS", interface="0b")
    plugged_in = machine.find()
    for found in plugged_in:
        assert open_device(found.url, clock=lambda: 0, rng=random.Random(1)).url == found.url
    assert [(found.kind, found.name, found.url) for found in plugged_in] == [
        (Kind.HIDRAW, "Honeywell Xenon", "hidraw://0c2e:0b6a?port=1-1"),
        (Kind.HIDRAW, "Honeywell Xenon", "hidraw://0c2e:0b6a:S%202"),
        (Kind.CAMERA, "Webcam C270", "camera://0"),
        (Kind.CARD_READER, "ACS ACR122U PICC Interface", "pcsc://ACR122U%20PICC%20Interface"),
    ]


def where(machine: Machine, url: str) -> str:
    """The device file that a HID URL finds on this machine."""
    options = dict(part.split("=") for part in url.partition("?")[2].split("&") if part)
    ids = unquote(url.removeprefix("hidraw://").partition("?")[0])
    sys = machine.root / "sys/class/hidraw"
    return find_scanner(ids, options.get("port", ""), sys=sys, dev=Path("/dev"))


def test_two_hid_scanners_alike_are_told_apart_by_their_usb_sockets_also_under_other_numbers(machine: Machine) -> None:
    for number, port in enumerate(("1-1.4", "1-1.3", "1-2")):
        serial = "CLONE" if port == "1-2" else ""
        machine.hidraw(number, machine.usb(port, "05e0:1701", "Scanner", "Symbol", serial), POS)
    machine.hidraw(3, machine.usb("1-5", "05e0:1701", "Scanner", "Symbol", "CLONE"), POS)
    machine.hidraw(4, machine.usb("1-6", "0c2e:0b81", "Granit", "Honeywell", "AB/12 #3"), POS)
    before = {found.url: found.path for found in machine.find()}
    assert list(before) == [
        "hidraw://05e0:1701?port=1-1.4",
        "hidraw://05e0:1701?port=1-1.3",
        "hidraw://05e0:1701:CLONE?port=1-2",
        "hidraw://05e0:1701:CLONE?port=1-5",
        "hidraw://0c2e:0b81:AB/12%20%233",
    ]
    assert {url: where(machine, url) for url in before} == before
    entries = machine.root / "sys/class/hidraw"
    for new, old in (("hidraw9", "hidraw0"), ("hidraw0", "hidraw1"), ("hidraw1", "hidraw9")):
        (entries / old).rename(entries / new)  # as if both were plugged in again, in the other order
    assert [where(machine, url) for url in before] == [f"/dev/hidraw{number}" for number in (1, 0, 2, 3, 4)]
    (entries / "hidraw1").unlink()
    with pytest.raises(DriverError, match=r"with USB ids 05e0:1701 at USB port 1-1\.4"):
        where(machine, "hidraw://05e0:1701?port=1-1.4")


def test_a_known_scanner_in_a_mode_that_nobody_reads_says_what_to_do(machine: Machine) -> None:
    machine.usb("1-1", "05e0:1900", "SNAPI Imaging", "Symbol")
    machine.usb("1-2", "1d6b:0002", "xHCI Host Controller", "Linux")
    [found] = machine.find()
    assert (found.kind, found.url, found.name) == (Kind.UNREADABLE, "", "Symbol SNAPI Imaging")
    assert "SNAPI" in found.advice and "CDC" in found.advice


def test_a_device_that_this_user_may_not_open_is_told(machine: Machine) -> None:
    machine.tty("ttyACM0", machine.usb("1-1", "0c2e:0b61")).chmod(0)
    temporary = list(machine.root.parents).index(Path(tempfile.gettempdir()))
    for folder in (machine.root, *machine.root.parents[:temporary]):
        folder.chmod(folder.stat().st_mode | 0o055)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)  # root may open anything: look as nobody
    try:
        [found] = machine.find()
    finally:
        if root:
            os.seteuid(0)
    assert not found.permitted


@pytest.fixture
def terminal() -> Iterator[tuple[int, str]]:
    master, slave = pty.openpty()
    tty.setraw(slave)
    yield master, os.ttyname(slave)
    os.close(master)
    os.close(slave)


async def test_a_device_that_comes_back_under_another_name_is_found_by_its_serial_number(
    machine: Machine, terminal: tuple[int, str]
) -> None:
    """The file ttyACM0 goes and ttyACM7 comes; another device of the same kind takes the old name."""
    master, path = terminal
    first = machine.tty("ttyACM0", machine.usb("1-1", "0c2e:0b61", serial="S1"))
    first.unlink()
    first.symlink_to(path)
    transport = SerialTransport("usb:0c2e:0b61:s1", locate=lambda: find_port("0c2e:0b61:s1", machine.root))
    device = WireDevice("scanner", "serial:", lambda: 7, random.Random(1), transport, LineProtocol())
    reads = device.reads()

    async def one(code: bytes) -> bytes:
        os.write(master, code + b"\r")
        return (await anext(reads)).payload

    async with asyncio.timeout(20):
        assert await one(b"ONE") == b"ONE"
        await transport.close()  # as if the cable were pulled
        (machine.root / "sys/class/tty/ttyACM0").unlink()
        first.unlink()
        machine.tty("ttyACM7", machine.usb("1-2", "0c2e:0b61", serial="OTHER")).unlink()
        second = machine.tty("ttyACM9", machine.usb("1-5", "0c2e:0b61", serial="S1"))
        second.unlink()
        second.symlink_to(path)
        assert await one(b"TWO") == b"TWO"
    assert transport.port.endswith("ttyACM9")
    assert device.status.state is State.READY
    await device.close()


def test_what_is_found_can_be_pasted_into_the_settings(machine: Machine) -> None:
    machine.tty("ttyACM0", machine.usb("1-1", "0c2e:0b61", 'Say "\x1b[31m\u00fc\\\x7f"', "Honeywell", "S1"))
    machine.event(5, machine.usb("1-2", "05e0:1200", "Scanner", "Symbol"), KEYBOARD_KEYS)
    machine.event(6, machine.usb("1-3", "046d:c31c", "Keyboard", "Logitech"), KEYBOARD_KEYS)
    machine.usb("1-4", "05e0:1900", "SNAPI", "Symbol")
    text = to_paste(machine.find())
    devices = [DeviceSettings.model_validate(row) for row in tomllib.loads(text)["devices"]]
    assert [device.url.partition("?")[0] for device in devices] == [
        "serial://usb:0c2e:0b61:S1",
        "evdev:///dev/input/event5",
    ]
    assert devices[0].name == 'Honeywell Say " [31m\u00fc\\ " 1'
    assert '# url = "evdev:///dev/input/event6"' in text, "a person's keyboard is not taken away by pasting"
    assert "# Symbol SNAPI" in text


def test_a_port_that_is_not_there_says_how_to_find_out(machine: Machine) -> None:
    with pytest.raises(DriverError) as caught:
        find_port("0c2e:0b61", machine.root)
    assert caught.value.reason is Reason.NOT_FOUND
    assert "devices list" in caught.value.remedy


def test_a_machine_without_sys_lists_its_serial_ports(tmp_path: Path) -> None:
    ports = [
        SimpleNamespace(device="COM3", hwid="USB", vid=0x0C2E, pid=0x0B61, manufacturer="Honeywell", product="4600",
                        description="", serial_number="S1"),
        SimpleNamespace(device="COM1", hwid="n/a", vid=None, pid=None, manufacturer=None, product=None,
                        description="", serial_number=None),
    ]  # fmt: skip
    [found] = find_devices(SHIPPED, root=tmp_path, comports=lambda: ports)
    assert (found.name, found.url) == ("Honeywell 4600", "serial:COM3?protocol=lines&baud=115200")


def test_this_machine_can_be_asked() -> None:
    assert all(found.advice for found in find_devices(SHIPPED) if not found.url)


def test_shipped_profiles_are_right_and_exact_ones_come_first() -> None:
    profiles = load_profiles(SHIPPED)
    assert len(profiles) >= 12
    stars = [sum("*" in pattern for pattern in profile.usb) for profile in profiles]
    assert stars == sorted(stars)
    ids = [pattern for profile in profiles for pattern in profile.usb]
    assert len(ids) == len(set(ids))
    ways = {Kind.SERIAL: "serial:COM3", Kind.KEYBOARD: "evdev:/dev/input/event0", Kind.HIDRAW: "hidraw:any"}
    for profile in profiles:
        assert all(profile.fits(mode) for mode in profile.modes), profile.name
        for kind, options in profile.options.items():
            if ways[kind].partition(":")[0] in schemes():
                query = "&".join(f"{key}={value}" for key, value in options.items())
                open_device(f"{ways[kind]}?{query}", clock=lambda: 0, rng=random.Random(1))


def test_every_mistake_of_a_profile_is_told(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('usb = ["honeywell"]\nadvise = "x"\n[serial]\nbaud = 9600\n')
    with pytest.raises(DriverError) as caught:
        load_profiles(tmp_path)
    assert caught.value.reason is Reason.BAD_FILE
    assert str(caught.value).splitlines() == [
        "bad.toml: [serial] baud: 9600 is not text",
        "bad.toml: [] name: is missing; it is text",
        f"bad.toml: [] advise: unknown key (known here: {', '.join(KEYS)})",
        "bad.toml: [] usb: 'honeywell' is not vendor:product, such as 0c2e:0b6a or 0c2e:*",
    ]


def test_profiles_are_plain_toml() -> None:
    assert all(tomllib.loads(path.read_text("utf-8")) for path in SHIPPED.glob("*.toml"))


def test_how_a_scanner_gives_its_labels_is_pasted_with_it(tmp_path: Path) -> None:
    text = 'name = "Twin"\nusb = ["1234:*"]\n[settings]\nlabel_set = "set"\nreread_s = 0\n'
    (tmp_path / "twin.toml").write_text(text)
    [profile] = load_profiles(tmp_path)
    found = Found(kind=Kind.SERIAL, name="Twin", url="serial:/dev/x", known=True, settings=profile.settings)
    table = tomllib.loads(to_paste([found]))["devices"][0]
    assert table == {"name": "Twin 1", "url": "serial:/dev/x", "label_set": "set", "reread_s": 0}
    assert DeviceSettings.model_validate(table).label_set == "set"
    (tmp_path / "twin.toml").write_text(text.replace('"set"', '"all"'))
    with pytest.raises(DriverError, match="'all' is neither one nor set"):
        load_profiles(tmp_path)
