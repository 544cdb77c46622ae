"""Serial ports and profiles: the URL that survives replugging, with the options that fit the device."""

import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from drivers import DriverError, Reason
from drivers.discovery import list_ports, load_profiles
from drivers.registry import open_device

SHIPPED = Path(__file__).parents[3] / "config" / "devices"


def port(device: Path, **known: Any) -> SimpleNamespace:
    base: dict[str, Any] = {
        "device": str(device), "hwid": "USB", "vid": None, "pid": None, "manufacturer": None, "product": None,
        "description": "", "serial_number": None,
    }  # fmt: skip
    return SimpleNamespace(**{**base, **known})


def test_ports_come_with_their_stable_link_profile_and_url(tmp_path: Path) -> None:
    links = tmp_path / "by-id"
    links.mkdir()
    first, second, none = tmp_path / "ttyACM0", tmp_path / "ttyUSB0", tmp_path / "ttyS9"
    for device in (first, second, none):
        device.touch()
    (links / "usb-Honeywell 4600-if00").symlink_to(first)
    found = list_ports(
        SHIPPED,
        comports=lambda: [
            port(second, vid=0x0403, pid=0x6001),
            port(none, hwid="n/a"),
            port(first, vid=0x0C2E, pid=0x0B61, manufacturer="Honeywell", product="4600", serial_number="S1"),
        ],
        by_id=links,
    )
    assert [(item.name, item.usb, item.serial_number) for item in found] == [
        ("Honeywell 4600", "0c2e:0b61", "S1"),
        ("USB to RS-232 adapter", "0403:6001", ""),
    ]
    assert found[0].by_id == str(links / "usb-Honeywell 4600-if00")
    assert found[0].url == f"serial://{links}/usb-Honeywell%204600-if00?protocol=lines&baud=115200"
    assert found[1].url == f"serial://{second}?protocol=lines&baud=9600"
    assert "AIM" in found[0].advice
    for item in found:
        device: Any = open_device(item.url, clock=lambda: 0, rng=random.Random(1))
        assert device.transport.port in (item.by_id, item.path)


def test_a_port_that_nobody_knows_is_read_as_lines(tmp_path: Path) -> None:
    device = tmp_path / "ttyX"
    [found] = list_ports(SHIPPED, comports=lambda: [port(device, vid=0xFFFF, pid=1)], by_id=tmp_path / "none")
    assert (found.name, found.profile, found.advice) == (str(device), None, "")
    assert found.url == f"serial://{device}?protocol=lines"


def test_this_machine_can_be_asked() -> None:
    assert all(found.url.startswith("serial:///dev/") for found in list_ports(SHIPPED))


def test_shipped_profiles_are_right_and_exact_ones_come_first() -> None:
    profiles = load_profiles(SHIPPED)
    assert len(profiles) >= 5
    stars = [sum("*" in pattern for pattern in profile.usb) for profile in profiles]
    assert stars == sorted(stars)
    for profile in profiles:
        query = "&".join(f"{key}={value}" for key, value in profile.options.items())
        open_device(f"serial:x?{query}", clock=lambda: 0, rng=random.Random(1))


def test_every_mistake_of_a_profile_is_told(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('usb = ["honeywell"]\nadvise = "x"\n[options]\nbaud = 9600\n')
    with pytest.raises(DriverError) as caught:
        load_profiles(tmp_path)
    assert caught.value.reason is Reason.BAD_FILE
    assert str(caught.value).splitlines() == [
        "bad.toml: [] name: is missing; it is text",
        "bad.toml: [options] baud: 9600 is not text",
        "bad.toml: [] advise: unknown key (known here: options, name, usb, advice)",
        "bad.toml: [] usb: 'honeywell' is not vendor:product, such as 0c2e:0b6a or 0c2e:*",
    ]
