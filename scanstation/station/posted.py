"""Devices by the table of the station: by a URL, or as ``post:FORM`` one that posts its reads to the station itself."""

import random

from drivers.device import Clock, Device
from drivers.errors import DriverError, Reason
from drivers.protocols.json_formats import FORMATS
from drivers.pushed import PATIENCE, PushedReads
from drivers.registry import open_device
from scanstation.settings import DeviceSettings

POSTED = "post:"


def make_device(settings: DeviceSettings, clock: Clock, rng: random.Random) -> Device:
    """The device of a table; one that posts has the name of its token.  `DriverError` BAD_URL shows how to write it."""
    form = posted_form(settings)
    if form is None:
        return open_device(settings.url, name=settings.name, clock=clock, rng=rng)
    if form not in FORMATS:
        message = f"device URL {settings.url!r}: reads are posted as {', '.join(FORMATS)}"
        remedy = "write it like post:zebra, with the name of its token as the name of the device"
        raise DriverError(Reason.BAD_URL, message, remedy)
    return posted_device(settings.name, form, clock)


def posted_device(name: str, form: str, clock: Clock) -> PushedReads:
    """Whoever posts reads of this form to the station with one token."""
    return PushedReads(name=name, url=f"{POSTED}{form}", clock=clock, form=form, patience=PATIENCE)


def posted_form(settings: DeviceSettings) -> str | None:
    """The form in which a device posts to the station; None for one that has another URL."""
    return settings.url.removeprefix(POSTED) if settings.url.startswith(POSTED) else None
