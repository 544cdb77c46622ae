"""Do the locations exist to which fixed antennas are bound?  A tag that came to an unknown one counts nowhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from scanstation.settings import DeviceSettings
from scanstation.stock.model import Location


class Places(Protocol):
    """Where locations are looked up."""

    def location(self, location: str) -> Location | None:
        """The location of this code, else the only one of this GLN."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongPlace:
    """An antenna that is bound to what is no location: ``message`` says what and where, ``remedy`` how to mend it."""

    device: str
    message: str
    remedy: str


def wrong_places(device: DeviceSettings, places: Places) -> Iterator[WrongPlace]:
    """The antennas of a device whose location the stock file does not have."""
    for antenna, code in device.antennas.items():
        found = places.location(code)
        if found is not None and found.location == code:
            continue
        where = f"antenna {antenna} of {device.name} watches {code}"
        line = f'{antenna} = "{{}}" in the antennas of {device.name} in station.toml'
        if found is not None:
            message, remedy = f"{where}: that is the GLN of {found.location}", f"write {line.format(found.location)}"
        else:
            message = f"{where}: the stock file has no such location"
            remedy = f"correct {line.format(code)}, or import the location: scanstation stock import locations FILE"
        yield WrongPlace(device=device.name, message=message, remedy=remedy)
