"""The factories behind the schemes ``serial``, ``tcp``, ``replay`` and ``null``."""

import random
import re
from functools import partial
from pathlib import Path

from drivers.device import Clock
from drivers.devices.wire import WireDevice
from drivers.protocols import make_protocol
from drivers.sysfs import find_port
from drivers.transports.base import Transport
from drivers.transports.null_modem import NullModem, Quality
from drivers.transports.replay import ReplayTransport
from drivers.transports.serial import LineSettings, SerialTransport
from drivers.transports.tcp import TcpServerTransport, TcpTransport
from drivers.url import Options, parse_url

SERIAL_EXAMPLE = "serial:///dev/ttyACM0?protocol=lines&baud=9600"
TCP_EXAMPLE = "tcp://192.168.0.20:9004?protocol=lines, or tcp://0.0.0.0:9004?listen=1 for a scanner that calls"
REPLAY_EXAMPLE = "replay:capture.jsonl?protocol=lines&speed=1"
NULL_EXAMPLE = "null://bench?protocol=lines&split=1"

_BY_ID = "/dev/serial/by-id/"
_BY_USB = re.compile(r"usb:([0-9a-f]{4}:[0-9a-f]{4}(?::.+)?)\Z", re.IGNORECASE)
_WINDOWS = re.compile(r"COM\d+\Z", re.IGNORECASE)
_PYSERIAL = ("rfc2217", "socket", "loop", "spy", "alt", "hwgrep", "cp2110")
_AT_HOST = ("rfc2217", "socket")
_BAUD = {"chainway": 115_200, "r200": 115_200, "thingmagic": 115_200, "pn532": 115_200, "uhfreader18": 57_600}
"""Speeds that readers have from the factory, by protocol; what scanners have is the usual 9600."""
_PARITY = {"none": "N", "even": "E", "odd": "O", "mark": "M", "space": "S"}
_STOP = {"1": 1.0, "1.5": 1.5, "2": 2.0}
_FLOW = {word: word for word in ("none", "rtscts", "xonxoff")}


def serial_device(url: str, *, name: str, clock: Clock, rng: random.Random) -> WireDevice:
    """``serial:///dev/ttyACM0``, ``serial://by-id/usb-...``, ``serial:COM3``, ``serial:rfc2217://host:2217``.

    ``serial://usb:0c2e:0b6a`` or ``serial://usb:0c2e:0b6a:SERIAL`` is the port of that USB device, whatever its name.

    Options: those of the protocol and ``baud bits parity stop flow``.
    """
    parsed = parse_url(url, SERIAL_EXAMPLE)
    options = Options(parsed, SERIAL_EXAMPLE)
    protocol = make_protocol(options)
    settings = LineSettings(
        baud=options.integer("baud", _BAUD.get(parsed.raw.get("protocol", ""), 9600), 50, 4_000_000),
        bits=options.integer("bits", 8, 5, 8),
        parity=options.choice("parity", "none", _PARITY),
        stop=options.choice("stop", "1", _STOP),
        flow=options.choice("flow", "none", _FLOW),
    )
    _check_port(parsed.target, options)
    options.finish()
    if by_usb := _BY_USB.match(parsed.target):
        locate = partial(find_port, by_usb[1])
        return WireDevice(name, url, clock, rng, SerialTransport(parsed.target, settings, locate), protocol)
    port = _BY_ID + parsed.target.removeprefix("by-id/") if parsed.target.startswith("by-id/") else parsed.target
    return WireDevice(name, url, clock, rng, SerialTransport(port, settings), protocol)


def _check_port(target: str, options: Options) -> None:
    """Note what is wrong with the name of a port: one that no port can have, or a URL that pyserial does not know."""
    scheme, is_url, address = target.partition("://")
    if not target:
        options.fault("it names no port")
    elif is_url and scheme not in _PYSERIAL:
        options.fault(f"pyserial knows no {scheme}:// (there are {', '.join(_PYSERIAL)})")
    elif scheme in _AT_HOST:
        options.address(address.rpartition("@")[2])
    elif not is_url and "/" not in target and not _BY_USB.match(target) and not _WINDOWS.match(target):
        options.fault(f"{target!r} is no port: a path such as /dev/{target}, by-id/..., or usb:vendor:product in hex")


def tcp_device(url: str, *, name: str, clock: Clock, rng: random.Random) -> WireDevice:
    """``tcp://host:port`` calls a reader; with ``?listen=1`` the scanner calls us at that address and port.

    Options: those of the protocol, ``listen``, and ``timeout`` (seconds to wait for a connection).
    """
    parsed = parse_url(url, TCP_EXAMPLE)
    options = Options(parsed, TCP_EXAMPLE)
    protocol = make_protocol(options)
    listen = options.flag("listen", False)
    timeout = options.number("timeout", 5.0 if listen else 1.0, 0.1, 120.0)
    host, port = options.host_and_port(None, lowest=0 if listen else 1)  # 0: a free one
    options.finish()
    transport: Transport = TcpServerTransport(host, port, timeout) if listen else TcpTransport(host, port, timeout)
    return WireDevice(name, url, clock, rng, transport, protocol)


def replay_device(url: str, *, name: str, clock: Clock, rng: random.Random) -> WireDevice:
    """``replay:capture.jsonl`` plays a capture once and ends.  Options: those of the protocol and ``speed``.

    ``speed=0`` plays without waiting.
    """
    parsed = parse_url(url, REPLAY_EXAMPLE)
    options = Options(parsed, REPLAY_EXAMPLE)
    protocol = make_protocol(options)
    speed = options.number("speed", 1.0, 0.0, 1_000_000.0)
    if not parsed.target:
        options.fault("it names no capture file")
    options.finish()
    return WireDevice(name, url, clock, rng, ReplayTransport(Path(parsed.target), speed), protocol)


def null_device(url: str, *, name: str, clock: Clock, rng: random.Random) -> WireDevice:
    """``null://`` makes a device on a `NullModem`; its other end is ``device.transport.peer``.

    Options: those of the protocol and ``delay split corrupt lose`` (see `Quality`).
    """
    options = Options(parse_url(url, NULL_EXAMPLE), NULL_EXAMPLE)
    protocol = make_protocol(options)
    quality = Quality(
        delay=options.number("delay", 0.0, 0.0, 60.0),
        split=options.flag("split", False),
        corrupt=options.number("corrupt", 0.0, 0.0, 1.0),
        lose=options.number("lose", 0.0, 0.0, 1.0),
    )
    options.finish()
    modem = NullModem(random.Random(rng.random()), quality)
    return WireDevice(name, url, clock, rng, modem.host, protocol)
