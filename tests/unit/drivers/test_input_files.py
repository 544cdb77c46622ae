"""Device files: keyboards are grabbed, HID scanners are found by their report descriptor and switched on."""

import errno
import os
import random
from pathlib import Path
from typing import Any

import pytest

from drivers.devices.input_files import features, find_scanner, grab, open_scanner
from drivers.errors import DriverError, Reason
from drivers.protocols.evdev import CAPS_LED, EVENT, LED, EvdevProtocol
from drivers.protocols.hid_descriptor import applications, is_scanner
from drivers.protocols.keyboards import load_layout
from drivers.registry import open_device
from drivers.simulators.keystrokes import Typist
from drivers.transports.device_file import DeviceFileTransport

POS = bytes.fromhex("058c0902a101850209fe150026ff007508953f8102c0")
KEYBOARD = bytes.fromhex("05010906a101050719e029e71500250175019508810295017508810195067508150025650507190029658100c0")
VENDOR_AND_POS = bytes.fromhex("0600ff0901a101c0") + bytes.fromhex("0b02008c00a101c0")


def test_a_scanner_is_told_by_its_descriptor() -> None:
    assert applications(KEYBOARD) == [(1, 6)]
    assert applications(VENDOR_AND_POS) == [(0xFF00, 1), (0x8C, 2)]
    assert [is_scanner(one) for one in (POS, VENDOR_AND_POS, KEYBOARD, b"", POS[:4])] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_a_broken_descriptor_never_raises() -> None:
    rng = random.Random(4)
    for _ in range(2000):
        applications(rng.randbytes(rng.randint(0, 60)))
        applications(POS[: rng.randint(0, len(POS))] + b"\xfe" * rng.randint(0, 3))


def hidraw(folder: Path, name: str, ids: str, descriptor: bytes) -> None:
    device = folder / name / "device"
    device.mkdir(parents=True)
    (device / "report_descriptor").write_bytes(descriptor)
    vendor, product = ids.upper().split(":")
    (device / "uevent").write_text(f"DRIVER=hid-generic\nHID_ID=0003:0000{vendor}:0000{product}\nHID_NAME=x\n")


def test_the_scanner_is_found_among_other_devices_and_under_its_new_number(tmp_path: Path) -> None:
    hidraw(tmp_path, "hidraw0", "046d:c31c", KEYBOARD)
    hidraw(tmp_path, "hidraw2", "05e0:1300", POS)
    hidraw(tmp_path, "hidraw10", "0c2e:0b6a", POS)
    dev = Path("/dev")
    assert find_scanner("", sys=tmp_path, dev=dev) == "/dev/hidraw2"
    assert find_scanner("0c2e:0b6a", sys=tmp_path, dev=dev) == "/dev/hidraw10"
    (tmp_path / "hidraw10").rename(tmp_path / "hidraw1")
    assert find_scanner("0c2e:0b6a", sys=tmp_path, dev=dev) == "/dev/hidraw1"
    with pytest.raises(DriverError, match="no scanner in HID POS mode with USB ids 046d:c31c") as caught:
        find_scanner("046d:c31c", sys=tmp_path, dev=dev)  # a keyboard is none
    assert caught.value.reason is Reason.NOT_FOUND
    assert "USB HID POS" in caught.value.remedy


def test_two_of_one_model_are_told_apart_by_their_serial_number(tmp_path: Path) -> None:
    for number in (1, 2):
        hidraw(tmp_path, f"hidraw{number}", "0c2e:0b6a", POS)
        with (tmp_path / f"hidraw{number}/device/uevent").open("a") as uevent:
            uevent.write(f"HID_PHYS=usb-1\nHID_UNIQ=S {number}\n")
    assert find_scanner("0c2e:0b6a:s 2", sys=tmp_path) == "/dev/hidraw2"
    (tmp_path / "hidraw2").rename(tmp_path / "hidraw0")
    assert find_scanner("0c2e:0b6a:s 2", sys=tmp_path) == "/dev/hidraw0"
    with pytest.raises(DriverError, match="s 3"):
        find_scanner("0c2e:0b6a:s 3", sys=tmp_path)


class Kernel:
    """Answers the ioctls of hidraw and evdev as Linux does (linux/hidraw.h, linux/input.h)."""

    def __init__(self, descriptor: bytes = POS, vendor: int = 0x0C2E, caps: bool = False) -> None:
        self.descriptor, self.vendor, self.caps = descriptor, vendor, caps
        self.calls: list[tuple[int, Any]] = []

    def __call__(self, descriptor: int, request: int, argument: Any) -> Any:
        self.calls.append((request, bytes(argument) if isinstance(argument, bytes) else argument))
        kind, size = request >> 8 & 0xFF, request >> 16 & 0x3FFF
        if kind == ord("E"):
            return bytes([self.caps << 1]) + bytes(7)
        assert size == len(argument)
        if request & 0xFF == 1:
            return len(self.descriptor).to_bytes(4, "little")
        if request & 0xFF == 2:
            argument[4 : 4 + len(self.descriptor)] = self.descriptor
            return 0
        if request & 0xFF == 3:
            return (3).to_bytes(4, "little") + self.vendor.to_bytes(2, "little") + b"\x6a\x0b"
        return argument


@pytest.mark.parametrize(("vendor", "feature"), [(0x0C2E, b"\xfe\x01"), (0x23D0, b"\xfe\x01"), (0x05E0, None)])
def test_scanners_of_makers_that_want_it_get_their_feature_report(vendor: int, feature: bytes | None) -> None:
    kernel = Kernel(vendor=vendor)
    assert open_scanner(7, kernel) == b""
    sent = [argument for request, argument in kernel.calls if request & 0xFF == 6]
    assert sent == ([feature] if feature else [])
    assert features()["0c2e"] == b"\xfe\x01"


def test_a_hid_device_of_another_kind_is_refused_with_the_remedy() -> None:
    with pytest.raises(DriverError) as caught:
        open_scanner(7, Kernel(descriptor=KEYBOARD))
    assert caught.value.reason is Reason.PROTOCOL
    assert "evdev://" in caught.value.remedy


@pytest.mark.parametrize("caps", [False, True])
def test_a_keyboard_is_grabbed_and_its_caps_lock_is_known(caps: bool) -> None:
    kernel = Kernel(caps=caps)
    first = grab(7, kernel)
    assert kernel.calls[0] == (0x40044590, 1)  # EVIOCGRAB
    assert EVENT.unpack(first)[2:] == (LED, CAPS_LED, caps)
    protocol = EvdevProtocol(load_layout("us"))
    protocol.connected()
    # a scanner that looks at the light types against it; one that does not is read as the light says
    assert protocol.feed(first + Typist().line("a1")).frames[0].payload == (b"A1" if caps else b"a1")


async def test_what_cannot_be_grabbed_is_busy_or_no_keyboard(tmp_path: Path) -> None:
    file = tmp_path / "event0"
    file.write_bytes(b"")
    for number, reason in ((errno.EBUSY, Reason.BUSY), (errno.ENOTTY, Reason.PROTOCOL)):

        def refuse(descriptor: int, number: int = number) -> bytes:
            raise OSError(number, os.strerror(number))

        transport = DeviceFileTransport("keyboard", lambda: str(file), refuse)
        with pytest.raises(DriverError) as caught:
            await transport.open()
        assert (caught.value.reason, bool(caught.value.remedy)) == (reason, True)
    transport = DeviceFileTransport("HID scanner", lambda: str(tmp_path), open_scanner, writable=True)
    with pytest.raises(DriverError, match="is a directory") as caught:
        await transport.open()
    assert (caught.value.reason, "no such device" in caught.value.remedy) == (Reason.PROTOCOL, True)
    transport = DeviceFileTransport("keyboard", lambda: str(tmp_path / "none"), grab)
    with pytest.raises(DriverError) as caught:
        await transport.open()
    assert caught.value.reason is Reason.NOT_FOUND


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("evdev:", "names no device file"),
        ("evdev://by-id/x?layout=klingon", "must be one of be, ch, .*, us, uk"),
        ("hidraw://scanner", "neither a file, nor vendor:product"),
        ("hidraw://any?layout=us", "unknown option layout"),
        ("hidraw://0c2e:0b6a?port=left", "'left' is no USB socket such as 1-1.4"),
        ("hidraw:///dev/hidraw0?port=1-1", "goes with vendor:product or any"),
        ("pcsc://any?x=1", "unknown option x"),
        ("tcp://h:1?protocol=keyence&trigger=never", "must be one of sensor, once, always"),
    ],
)
def test_bad_urls_say_what_is_wrong(url: str, words: str) -> None:
    with pytest.raises(DriverError, match=words):
        open_device(url, clock=lambda: 0, rng=random.Random(1))


@pytest.mark.parametrize("target", ["0c2e:0b81:AB/12%20%233", "0c2e:0b81:AB%2F12%20%233", "0C2E:0b81:/"])
def test_a_serial_number_with_a_slash_is_no_path(target: str) -> None:
    device = open_device(f"hidraw://{target}", clock=lambda: 0, rng=random.Random(1))
    with pytest.raises(DriverError, match="no scanner in HID POS mode with USB ids 0c2e:0b81:"):
        device.transport._locate()  # type: ignore[attr-defined]


def test_by_id_names_are_looked_up_in_the_folder_of_the_system() -> None:
    device = open_device("evdev://by-id/usb-A_B-event-kbd?layout=de", clock=lambda: 0, rng=random.Random(1))
    assert device.transport._locate() == "/dev/input/by-id/usb-A_B-event-kbd"  # type: ignore[attr-defined]
