"""Device URLs and the registry: every mistake is named at once, with a right example."""

import random
from typing import Any

import pytest

from drivers import DriverError, Reason
from drivers.devices import WireDevice
from drivers.registry import open_device, schemes
from drivers.transports.serial import SerialTransport
from drivers.transports.tcp import TcpServerTransport, TcpTransport
from drivers.url import Options, parse_url


def opened(url: str) -> Any:
    device = open_device(url, clock=lambda: 0, rng=random.Random(1))
    assert isinstance(device, WireDevice)
    return device.transport


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("serial:///dev/ttyACM0?protocol=lines", "/dev/ttyACM0"),
        ("serial:/dev/ttyACM0", "/dev/ttyACM0"),
        ("serial:COM3?baud=115200", "COM3"),
        ("serial://by-id/usb-Honeywell_4600-if00", "/dev/serial/by-id/usb-Honeywell_4600-if00"),
        ("serial:rfc2217://server:2217?baud=9600", "rfc2217://server:2217"),
        ("serial:socket://ann:s3cret@server:2217", "socket://ann:s3cret@server:2217"),
        ("serial:loop://", "loop://"),
        ("serial:///dev/serial/by-id/usb-a%20b", "/dev/serial/by-id/usb-a b"),
        ("SERIAL:///dev/ttyS0", "/dev/ttyS0"),
    ],
)
def test_serial_urls(url: str, port: str) -> None:
    transport = opened(url)
    assert isinstance(transport, SerialTransport)
    assert transport.port == port


def test_tcp_urls() -> None:
    client = opened("tcp://reader-7:9004")
    assert isinstance(client, TcpTransport)
    assert (client.host, client.port) == ("reader-7", 9004)
    six = opened("tcp://[::1]:9004")
    assert (six.host, six.port) == ("::1", 9004)
    server = opened("tcp://0.0.0.0:9004?listen=1")
    assert isinstance(server, TcpServerTransport)


@pytest.mark.parametrize(
    ("url", "words", "example"),
    [
        ("/dev/ttyACM0", "no scheme", "serial:///dev/ttyACM0"),
        (
            "morse:key",
            "no driver for morse: (there are camera, ",
            "serial:///dev/ttyACM0",
        ),
        ("serial:", "names no port", "serial:///dev/ttyACM0"),
        ("serial:x?baud", "'baud' is not name=value", "serial:///dev/ttyACM0"),
        ("serial:x?baud=9600&baud=1", "baud is given twice", "serial:///dev/ttyACM0"),
        ("serial:x?baud=fast", "option baud=fast must be a whole number from 50 to 4000000", "serial:///dev/ttyACM0"),
        ("serial:x?parity=both&bits=9", "option bits=9", "serial:///dev/ttyACM0"),
        ("serial:x?parity=both&bits=9", "option parity=both must be one of none, even, odd, mark, space", "serial:"),
        ("serial:x?colour=red", "unknown option colour (known here: protocol, ", "serial:///dev/ttyACM0"),
        ("serial:x?protocol=morse", "option protocol=morse must be one of lines", "serial:///dev/ttyACM0"),
        ("tcp://reader", "the port is missing", "tcp://192.168.0.20:9004"),
        ("tcp://reader:99999", "there is no port 99999", "tcp://192.168.0.20:9004"),
        ("tcp://:9004", "':9004' is not host:port", "tcp://192.168.0.20:9004"),
        ("tcp://a:1?listen=maybe", "option listen=maybe must be 1 or 0", "tcp://192.168.0.20:9004"),
        ("tcp://reader:0", "there is no port 0", "tcp://192.168.0.20:9004"),
        ("tcp://me@reader:1", "user and password do not go before 'reader:1'", "tcp://192.168.0.20:9004"),
        ("serial:ttyACM0", "'ttyACM0' is no port: a path such as /dev/ttyACM0", "serial:///dev/ttyACM0"),
        ("serial:usb:0c2e", "'usb:0c2e' is no port", "serial:///dev/ttyACM0"),
        ("serial:telnet://server:23", "pyserial knows no telnet://", "serial:///dev/ttyACM0"),
        ("serial:rfc2217://server", "the port is missing", "serial:///dev/ttyACM0"),
        ("serial:socket://server:70000", "there is no port 70000", "serial:///dev/ttyACM0"),
        ("serial:/dev/ttyS0?prefix=%2", "option prefix=%2 has a % without two hex digits", "serial:///dev/ttyACM0"),
        ("evdev:", "it names no device file", "evdev://by-id/"),
        ("evdev://usb-Scanner-event-kbd", "is no device file: by-id/usb-Scanner-event-kbd", "evdev://by-id/"),
        ("hidraw:scanner", "'scanner' is neither a file, nor vendor:product in hex, nor any", "hidraw:///dev/hidraw0"),
        ("llrp://reader:0", "there is no port 0", "llrp://reader-7:5084"),
        ("camera://http://cam:70000/", "the stream has a wrong address: Port out of range", "camera://0"),
        ("replay:", "names no capture", "replay:capture.jsonl"),
        ("null:?corrupt=2", "option corrupt=2 must be a number from 0.0 to 1.0", "null://"),
    ],
)
def test_a_bad_url_says_what_why_and_how(url: str, words: str, example: str) -> None:
    with pytest.raises(DriverError) as caught:
        open_device(url, clock=lambda: 0, rng=random.Random(1))
    assert caught.value.reason is Reason.BAD_URL
    assert repr(url) in str(caught.value)
    assert words in str(caught.value)
    assert example in caught.value.remedy


@pytest.mark.parametrize(
    ("url", "mistakes"),
    [
        (
            "serial:?baud=x&flow=up&flow=down&colour",
            ["baud=x", "flow=up", "flow is given twice", "'colour'", "no port"],
        ),
        ("tcp://:1?protocol=morse&listen=2&x=1", ["protocol=morse", "listen=2", "':1' is not", "unknown option x"]),
        ("llrp://?antennas=0&session=9&power=high", ["antennas", "session=9", "power=high", "'' is not host:port"]),
        ("mqtt://b:99999/?format=xml&password=p", ["format=xml", "password needs", "no port 99999", "no topic"]),
        ("https://r:0/a b?token=t&user=u&verify=2", ["token and user=", "verify=2", "no port 0", "no path of HTTP"]),
        ("http://0.0.0.0:x/?listen=1&silence=no", ["silence=no", "'0.0.0.0:x' is not host:port"]),
        ("evdev://?layout=klingon&end=never", ["layout=klingon", "end=never", "no device file"]),
        ("hidraw://any2?layout=us", ["neither a file", "unknown option layout"]),
        ("pcsc://any?baud=9600&protocol=morse", ["protocol=morse", "unknown option baud"]),
        ("replay:?speed=-1&loop=1", ["speed=-1", "unknown option loop", "no capture file"]),
        ("null:?lose=2&delay=x", ["lose=2", "delay=x"]),
        ("camera://front?fps=x&zoom=2", ["fps=x", "unknown option zoom", "names no camera"]),
        ("camera://rtsp://:554/x#fps=x&zoom=2", ["fps=x", "unknown option zoom", "names no host"]),
    ],
)
def test_everything_that_is_wrong_is_told_at_once(url: str, mistakes: list[str]) -> None:
    with pytest.raises(DriverError) as caught:
        open_device(url, clock=lambda: 0, rng=random.Random(1))
    assert caught.value.reason is Reason.BAD_URL and caught.value.final
    for mistake in mistakes:
        assert mistake in str(caught.value)


def test_a_password_in_a_wrong_place_is_not_told() -> None:
    for url in ("tcp://ann:s3cret@reader:1?listen=x", "llrp://ann:s3cret@[reader", "serial:rfc2217://ann:s3cret@host"):
        with pytest.raises(DriverError) as caught:
            open_device(url, clock=lambda: 0, rng=random.Random(1))
        assert "s3cret" not in str(caught.value)


def test_every_scheme_of_the_design_is_there() -> None:
    assert {"serial", "tcp", "replay", "null", "llrp", "camera"} <= set(schemes())


def test_a_device_is_named_by_its_url_unless_told_otherwise() -> None:
    assert open_device("null://", clock=lambda: 0, rng=random.Random(1)).name == "null://"
    assert open_device("null://", name="desk", clock=lambda: 0, rng=random.Random(1)).name == "desk"


def test_option_values_are_percent_encoded() -> None:
    options = Options(parse_url("x:y?prefix=%02%FF&name=a%20b+c", "x:y"), "x:y")
    assert options.octets("prefix", b"") == b"\x02\xff"
    assert options.text("name", "") == "a b+c"
    options.finish()
