"""Whether each class of device can work here: on machines made of files, for a person in no group and for root."""

import importlib.util
import os
import random
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.errors import DriverError
from drivers.registry import open_device
from scanstation.settings import DeviceSettings, Settings
from scanstation.station.doctor import examine
from scanstation.station.doctor_check import Check
from scanstation.station.doctor_devices import Person, antenna_checks, device_checks, layout_checks
from scanstation.stock.model import Location
from scanstation.store.stock import open_stock

NOBODY = Person(root=False, groups=frozenset({"users"}))
MEMBER = Person(root=False, groups=frozenset({"dialout", "input"}))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine with nothing plugged in."""
    for folder in ("sys/class/tty", "sys/bus/usb/devices", "dev", "etc/udev/rules.d", "run/pcscd"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def checks(root: Path, person: Person, *devices: tuple[str, str]) -> dict[str, Check]:
    settings = Settings(devices=tuple(DeviceSettings(name=name, url=url) for name, url in devices))
    return {check.name: check for check in device_checks(settings, root=root, person=person)}


def plug(root: Path, name: str, ids: str) -> Path:
    """A USB scanner in serial mode."""
    folder = root / f"sys/devices/usb1/{name}"
    tty = folder / f"{name}:1.0/tty/{name}"
    (tty / "device").mkdir(parents=True)
    (folder / "idVendor").write_text(ids[:4])
    (folder / "idProduct").write_text(ids[5:])
    (root / "sys/class/tty" / name).symlink_to(os.path.relpath(tty, root / "sys/class/tty"))
    (root / "sys/bus/usb/devices" / name).symlink_to(os.path.relpath(folder, root / "sys/bus/usb/devices"))
    node = root / "dev" / name
    node.touch()
    return node


def test_with_nothing_plugged_in_the_groups_decide(root: Path) -> None:
    alone, member = checks(root, NOBODY), checks(root, MEMBER)
    assert not alone["serial ports"].ok and "not in group dialout" in alone["serial ports"].found
    assert alone["serial ports"].remedy == "sudo usermod -a -G dialout $USER, then sign in again"
    assert not alone["keyboard scanners"].ok and "-G input" in alone["keyboard scanners"].remedy
    assert member["serial ports"].ok and member["keyboard scanners"].ok
    assert all(check.ok for name, check in checks(root, Person(True, frozenset())).items() if name != "card readers")
    assert not any(check.essential for check in alone.values())


def test_hid_scanners_need_a_udev_rule(root: Path) -> None:
    rules = root / "etc/udev/rules.d/60-site.rules"
    rules.write_text('# SUBSYSTEM=="hidraw", MODE="0666"\nSUBSYSTEM=="tty", MODE="0666"\n')
    closed = checks(root, MEMBER)["HID scanners"]
    assert not closed.ok and "no udev rule" in closed.found and "60-scanstation.rules" in closed.remedy
    line = closed.remedy.split("'")[1]
    assert line == 'SUBSYSTEM=="hidraw", ATTRS{idVendor}=="0c2e", GROUP="input", MODE="0660"'
    rules.write_text(line + "\n")
    assert checks(root, MEMBER)["HID scanners"].ok, "the remedy cures it"


def test_a_port_that_may_not_be_opened_names_its_own_group(root: Path) -> None:
    node = plug(root, "ttyACM0", "0c2e:0b61")
    assert checks(root, NOBODY)["serial ports"].found == "1 plugged in"
    node.chmod(0)
    for folder in (root, *root.parents[: list(root.parents).index(Path(tempfile.gettempdir()))]):
        folder.chmod(folder.stat().st_mode | 0o055)
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)  # root may open anything: look as nobody
    try:
        closed = checks(root, NOBODY)["serial ports"]
    finally:
        os.seteuid(me)
    assert not closed.ok and closed.found == "1 plugged in, no access to /dev/ttyACM0"


def test_a_known_scanner_in_a_mode_that_nobody_reads(root: Path) -> None:
    folder = root / "sys/bus/usb/devices/1-1"
    folder.mkdir()
    for name, text in (("idVendor", "05e0"), ("idProduct", "1900"), ("product", "SNAPI Imaging Device")):
        (folder / name).write_text(text)
    found = checks(root, MEMBER)["SNAPI Imaging Device"]
    assert not found.ok and "CDC" in found.remedy


def test_card_readers_need_library_and_service(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(root))
    assert importlib.util.find_spec("smartcard"), "the extra pcsc is installed for tests"
    missing = checks(root, MEMBER)["card readers"]
    assert not missing.ok and missing.remedy == "sudo apt-get install -y pcscd"
    (root / "usr/sbin").mkdir(parents=True)
    (root / "usr/sbin/pcscd").touch()
    assert checks(root, MEMBER)["card readers"].remedy == "sudo systemctl start pcscd.socket"
    (root / "run/pcscd/pcscd.comm").touch()
    assert checks(root, MEMBER)["card readers"].ok
    monkeypatch.setitem(sys.modules, "smartcard", None)
    assert checks(root, MEMBER)["card readers"].remedy == "pip install 'scanstation[pcsc]'"


@pytest.fixture
def broker() -> Iterator[int]:
    """A port that answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=server.accept, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)


def test_a_broker_that_answers_and_one_that_does_not(root: Path, broker: int) -> None:
    there = checks(root, MEMBER, ("dock", f"mqtt://127.0.0.1:{broker}/readers/dock"))
    assert there[f"broker 127.0.0.1:{broker}"].ok and there["device dock"].ok
    away = checks(root, MEMBER, ("dock", "mqtt://127.0.0.1:9/readers/dock?user=ann&password=s3cret"))
    assert not away["broker 127.0.0.1:9"].ok and "mosquitto" in away["broker 127.0.0.1:9"].remedy
    assert "s3cret" not in repr(away)


def test_a_device_whose_url_is_wrong_is_essential(root: Path) -> None:
    found = checks(root, MEMBER, ("hand", "serial:///dev/ttyACM0?protocl=lines"), ("gate", "nothing://x"))
    assert not found["device hand"].ok and found["device hand"].essential
    assert "protocl" in found["device hand"].found and "write it like" in found["device hand"].remedy
    assert "no driver for nothing" in found["device gate"].found


def test_a_device_that_posts_has_a_form_and_is_opened_by_a_station_alone(root: Path) -> None:
    found = checks(root, MEMBER, ("dock", "post:zebra"), ("gate", "post:xml"))
    assert found["device dock"].ok
    assert not found["device gate"].ok and "reads are posted as json, impinj, zebra" in found["device gate"].found
    with pytest.raises(DriverError) as refused:
        open_device("post:zebra", clock=lambda: 0, rng=random.Random(1))
    assert "listen=1&format=zebra" in refused.value.remedy


def test_the_doctor_asks_about_every_class(tmp_path: Path) -> None:
    names = {check.name for check in examine(Settings(data_dir=tmp_path))}
    assert {"serial ports", "keyboard scanners", "HID scanners", "card readers"} <= names


def test_the_locations_of_fixed_antennas_must_be_in_the_stock_file(tmp_path: Path) -> None:
    dock = DeviceSettings(
        name="dock", url="llrp://reader-7", antennas={"1": "A-01", "2": "A-O1", "any": "9521141000005"}
    )
    shelf = DeviceSettings(name="shelf", url="llrp://reader-8", antennas={"any": "A-01"})
    settings = Settings(data_dir=tmp_path, devices=(dock, shelf))

    def found() -> dict[str, Check]:
        return {check.name: check for check in antenna_checks(settings)}

    none = found()["antennas of dock"]
    assert not none.ok and "there is no stock file" in none.found and not settings.stock_path.exists()
    with open_stock(settings.stock_path) as stock:
        stock.put_locations([Location(location="A-01", gln="9521141000005")])
    checks = found()
    assert checks["antennas of shelf"].ok
    wrong = checks["antennas of dock"]
    assert not wrong.ok and not wrong.essential
    assert wrong.found == (
        "antenna 2 of dock watches A-O1: the stock file has no such location; "
        "antenna any of dock watches 9521141000005: that is the GLN of A-01"
    )
    assert 'correct 2 = "A-O1" in the antennas of dock in station.toml' in wrong.remedy
    assert 'write any = "A-01"' in wrong.remedy
    settings.stock_path.write_bytes(b"no database at all, whatever its name says")
    assert "cannot be read" in found()["antennas of dock"].found


def test_a_station_without_fixed_antennas_asks_for_no_stock_file(tmp_path: Path) -> None:
    assert list(antenna_checks(Settings(data_dir=tmp_path))) == []


def test_a_keyboard_layout_that_loses_signs_says_which() -> None:
    settings = Settings.model_validate(
        {
            "wedge": {"repair": {"layout": "de"}},
            "devices": [
                {"name": "desk", "url": "null:", "repair": {"layout": "jp"}},
                {"name": "shelf", "url": "null:", "repair": {"layout": "gb"}},
            ],
        }
    )
    found = {check.name: check.found for check in layout_checks(settings)}
    assert list(found) == ["layout of keyboard wedge", "layout of desk"]
    assert "de does not always tell these: + = ` |" in found["layout of keyboard wedge"]
    assert "jp does not always tell these: ) + ` ~" in found["layout of desk"]
    assert list(layout_checks(Settings())) == []
