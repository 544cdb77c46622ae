"""The factory behind ``pcsc``: badges at a PC/SC reader; needs the extra ``pcsc``."""

import random

from drivers.device import Clock
from drivers.devices.wire import WireDevice
from drivers.protocols import make_protocol
from drivers.transports.pcsc import PcscTransport
from drivers.url import Options, parse_url

PCSC_EXAMPLE = "pcsc://ACR122U, a part of the reader's name, or pcsc://any for the first reader"


def pcsc_device(url: str, *, name: str, clock: Clock, rng: random.Random) -> WireDevice:
    """``pcsc://any`` or ``pcsc://`` and a part of the reader's name."""
    parsed = parse_url(url, PCSC_EXAMPLE)
    options = Options(parsed, PCSC_EXAMPLE)
    protocol = make_protocol(options, "pcsc")
    options.finish()
    reader = "" if parsed.target == "any" else parsed.target
    return WireDevice(name, url, clock, rng, PcscTransport(reader), protocol)
