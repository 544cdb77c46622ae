"""Fixed UHF RFID readers: ``llrp://reader-7``."""

import random

from drivers.device import Clock
from drivers.devices import WireDevice
from drivers.protocols.llrp.options import Options as Inventory
from drivers.protocols.llrp.protocol import LlrpProtocol
from drivers.protocols.llrp.wire import PORT
from drivers.transports.tcp import TcpTransport
from drivers.url import Options, parse_url

EXAMPLE = "llrp://reader-7:5084?antennas=1,2&session=2&every=1"


def llrp_device(url: str, *, name: str, clock: Clock, rng: random.Random) -> WireDevice:
    """``llrp://host`` or ``llrp://host:port`` (5084 when it is left out).

    Options: ``antennas`` (1,2; all when left out), ``power`` (index into the reader's power table), ``mode`` (RF
    mode id), ``session`` (0 to 3), ``every`` (tags a report waits for), ``population`` (tags expected in the field),
    ``tid`` and ``user`` (words that are read of these memories of each tag; 6 are a whole chip number),
    ``keepalive`` and ``answer`` (seconds), ``timeout`` (seconds to wait for a connection).
    `DriverError` BAD_URL names everything that is wrong in the URL at once.
    """
    parsed = parse_url(url, EXAMPLE)
    options = Options(parsed, EXAMPLE)
    inventory = Inventory(
        antennas=_antennas(options),
        power=_optional(options, "power", "power" in parsed.raw),
        mode=_optional(options, "mode", "mode" in parsed.raw),
        session=options.integer("session", 2, 0, 3),
        every=options.integer("every", 1, 1, 0xFFFF),
        population=options.integer("population", 32, 1, 0xFFFF),
        tid=options.integer("tid", 0, 0, 32),
        user=options.integer("user", 0, 0, 256),
        keepalive=options.number("keepalive", 2.0, 0.1, 3600.0),
        answer=options.number("answer", 5.0, 0.1, 600.0),
    )
    timeout = options.number("timeout", 1.0, 0.1, 120.0)
    host, port = options.host_and_port(PORT)
    options.finish()
    return WireDevice(name, url, clock, rng, TcpTransport(host, port, timeout), LlrpProtocol(inventory))


def _antennas(options: Options) -> tuple[int, ...]:
    text = options.text("antennas", "")
    parts = text.split(",") if text else []
    if not all(part.isascii() and part.isdigit() and 1 <= int(part) <= 0xFFFF for part in parts):
        options.wrong("antennas", "must be a list of antenna numbers from 1, such as 1,2,4")
        return ()
    return tuple(dict.fromkeys(map(int, parts)))


def _optional(options: Options, name: str, given: bool) -> int | None:
    number = options.integer(name, 0, 0, 0xFFFF)
    return number if given else None
