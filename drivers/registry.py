"""Open any device by URL.  The scheme names a factory, found by entry point group ``scanstation.drivers``.

A package of its own can add a scheme: ``[project.entry-points."scanstation.drivers"] mine = "package.module:factory"``
with ``factory(url: str, *, name: str, clock: Clock, rng: random.Random) -> Device``.
"""

import random
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, cast

from drivers.device import Clock, Device
from drivers.errors import DriverError, Reason
from drivers.url import masked, parse_url

GROUP = "scanstation.drivers"
EXAMPLE = "serial:///dev/ttyACM0?protocol=lines"
_MEANT = {
    "rtsp": "camera://rtsp://dock-3/stream",
    "rtsps": "camera://rtsps://dock-3/stream",
    "post": "http://0.0.0.0:8081/reads?listen=1&format=zebra&token=SECRET (post:zebra stands in station.toml alone)",
    "mqtts": "mqtt://broker/readers/dock?format=impinj&tls=1",
}
"""Schemes that others use -> how the device is written here."""


class DeviceFactory(Protocol):
    """Makes a device from a URL without touching the wire; `DriverError` BAD_URL for what the URL says wrong."""

    def __call__(self, url: str, *, name: str, clock: Clock, rng: random.Random) -> Device:
        """Make the device."""


def schemes() -> tuple[str, ...]:
    """The URL schemes that can be opened, sorted."""
    return tuple(sorted({entry.name for entry in entry_points(group=GROUP)}))


def open_device(url: str, *, name: str | None = None, clock: Clock, rng: random.Random) -> Device:
    """The device that ``url`` names; ``name`` is what its reads are marked with, the URL when not given.

    Nothing is connected yet: that begins with `Device.reads`.  Raises `DriverError`: BAD_URL with a right example,
    MISSING_LIBRARY when the driver needs a package that is not installed.
    """
    scheme = parse_url(url, EXAMPLE).scheme
    entry = _find(scheme, url)
    try:
        factory = cast(DeviceFactory, entry.load())
    except ImportError as error:
        remedy = f"install the package {error.name}" if error.name else "install scanstation anew"
        raise DriverError(Reason.MISSING_LIBRARY, f"{scheme}: cannot be opened: {error}", remedy) from error
    return factory(url, name=name or url, clock=clock, rng=rng)


def _find(scheme: str, url: str) -> EntryPoint:
    for entry in entry_points(group=GROUP, name=scheme):
        return entry
    known = ", ".join(schemes())
    raise DriverError(
        Reason.BAD_URL,
        f"device URL {masked(url)!r}: no driver for {scheme}: (there are {known})",
        f"write it like {_MEANT.get(scheme, EXAMPLE)}",
    )
