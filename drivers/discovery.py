"""Which serial ports are there, what hangs on them, and the URL to use."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import quote

from drivers.toml_file import Problems, Table, load_toml

BY_ID = Path("/dev/serial/by-id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A well-known device: ``usb`` ids it has (``vendor:product`` in hex, ``*`` allowed) and the URL options to use."""

    name: str
    usb: tuple[str, ...]
    options: dict[str, str] = field(default_factory=dict)
    advice: str = ""

    def fits(self, usb: str) -> bool:
        """Whether a port with this USB id is such a device."""
        return any(fnmatchcase(usb, pattern) for pattern in self.usb)


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """A serial port.  ``url`` names it by its stable link where it has one, so that it survives replugging."""

    name: str
    path: str
    url: str
    by_id: str = ""
    usb: str = ""
    serial_number: str = ""
    profile: Profile | None = None

    @property
    def advice(self) -> str:
        """What a person should know about this device; "" when nothing is known."""
        return self.profile.advice if self.profile else ""


def list_ports(
    profiles: Path | None = None,
    *,
    comports: Callable[[], Iterable[Any]] | None = None,
    by_id: Path = BY_ID,
) -> list[Port]:
    """The serial ports that are plugged in, sorted by path.

    ``profiles`` is a folder of device profiles (`load_profiles`); ``comports`` and ``by_id`` are where ports and
    their stable links are looked up, by default pyserial's list and Linux's folder.
    """
    if comports is None:
        from serial.tools.list_ports import comports as all_ports

        comports = all_ports
    known = load_profiles(profiles) if profiles is not None else []
    links = _links(by_id)
    ports = [_port(info, known, links) for info in comports() if _is_there(info)]
    return sorted(ports, key=lambda port: port.path)


def load_profiles(folder: Path) -> list[Profile]:
    """The profiles in ``folder/*.toml``, the most exact first; `DriverError` BAD_FILE with all errors of a file."""
    profiles = [_profile(path) for path in sorted(folder.glob("*.toml"))]
    return sorted(profiles, key=lambda profile: sum("*" in pattern for pattern in profile.usb))


def _profile(path: Path) -> Profile:
    problems = Problems(path)
    table = Table("", load_toml(path), problems)
    options = table.table("options")
    profile = Profile(
        name=table.text("name"),
        usb=tuple(pattern.lower() for pattern in table.texts("usb")),
        options={key: options.text(key) for key in options.keys()},  # noqa: SIM118  (a table, not a dict)
        advice=table.text("advice", ""),
    )
    table.finish()
    for pattern in profile.usb:
        if len(pattern) < 6 or pattern[4] != ":":
            table.wrong("usb", f"{pattern!r} is not vendor:product, such as 0c2e:0b6a or 0c2e:*")
    problems.finish('a profile has name, usb = ["vvvv:pppp"], advice and a table [options] of texts')
    return profile


def _links(by_id: Path) -> dict[Path, str]:
    """Stable link of each port, by the port's real path."""
    try:
        return {link.resolve(): str(link) for link in sorted(by_id.iterdir())}
    except OSError:
        return {}


def _is_there(info: Any) -> bool:
    # ttyS0 to ttyS31 exist on every PC; pyserial knows of hardware behind them only when it has a hardware id
    return bool(info.hwid and info.hwid != "n/a")


def _port(info: Any, profiles: Sequence[Profile], links: dict[Path, str]) -> Port:
    usb = f"{info.vid:04x}:{info.pid:04x}" if info.vid is not None else ""
    profile = next((profile for profile in profiles if usb and profile.fits(usb)), None)
    by_id = links.get(Path(info.device).resolve(), "")
    options = {"protocol": "lines", **(profile.options if profile else {})}
    query = "&".join(f"{key}={quote(value, safe='')}" for key, value in options.items())
    said = " ".join(filter(None, (info.manufacturer, info.product)))
    return Port(
        name=said or (profile.name if profile else "") or info.description or info.device,
        path=info.device,
        url=f"serial://{quote(by_id or info.device)}?{query}",
        by_id=by_id,
        usb=usb,
        serial_number=info.serial_number or "",
        profile=profile,
    )
